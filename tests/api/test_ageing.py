"""Ageing over the API: figures of a day and their documents, by the page."""

from decimal import Decimal

from dinghuo.reference.models import Company
from tests.api.callers import Caller, a_caller, a_wholesaler
from tests.api.goods import a_shop


def test_the_ageing_comes_to_its_documents_page_by_page(wholesaler: Company, admin: Caller) -> None:
    for _shop in range(2):
        a_shop(wholesaler, admin)
    found = admin.get("/receivables/ageing").ok()
    assert sum(Decimal(row["balance"]) for row in found["customers"]) == Decimal(found["balance"])
    for column, amount in found["ages"].items():
        sign = -1 if column in {"credit_notes", "unapplied"} else 1
        items, cursor = [], ""
        while True:
            page = admin.get(f"/receivables/ageing/items?column={column}&limit=1{cursor}").ok()
            items += page["items"]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert sign * sum(Decimal(item["open_amount"]) for item in items) == Decimal(amount), column
        assert len({item["document_id"] for item in items}) == len(items)
    assert any(Decimal(amount) for amount in found["ages"].values())


def test_a_past_day_and_a_customer_narrow_the_ageing(wholesaler: Company, admin: Caller) -> None:
    own = a_shop(wholesaler, admin)
    a_shop(wholesaler, admin)
    assert admin.get("/receivables/ageing?on=2000-01-01").ok()["customers"] == []
    rows = admin.get(f"/receivables/ageing?customer={own.customer}").ok()["customers"]
    assert [row["customer"] for row in rows] == [own.customer]
    assert admin.get("/receivables/ageing?customer=NOBODY").ok()["customers"] == []
    assert admin.get("/receivables/ageing/items?cursor=999999999999999999").ok()["items"] == []
    assert admin.get("/receivables/ageing?on=soon").status == 422
    assert admin.get("/receivables/ageing/items?column=old").status == 422


def test_another_company_sees_nothing_of_it(wholesaler: Company, admin: Caller) -> None:
    own = a_shop(wholesaler, admin)
    with a_wholesaler() as other:
        stranger = a_caller(other, "admin")
        assert stranger.get(f"/receivables/ageing?customer={own.customer}").ok()["customers"] == []
        assert stranger.get("/receivables/ageing/items").ok()["items"] == []
