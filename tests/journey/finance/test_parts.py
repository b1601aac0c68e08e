"""Whatever parts a line is billed in, and however money is cut, the sums are exact."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dinghuo.journey.finance.models import SalesInvoiceLine
from dinghuo.journey.finance.operations import draft_invoices, drop_drafts
from dinghuo.journey.finance.rules import Debt, Money, shares
from dinghuo.journey.ordering.models import SalesOrderLine
from dinghuo.kernel import tenancy
from tests.builders import a_company, an_act
from tests.journey.finance.goods import sold

PARTS = st.lists(st.decimals("0.001", "40", places=3), min_size=2, max_size=5)
PRICES = st.decimals("0", "99", places=6)
RATES = st.sampled_from(["0", "0.0300", "0.0600", "0.0900", "0.1300", "0.1999"])
FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@FEW
@given(parts=PARTS, price=PRICES, rate=RATES, rounding=st.sampled_from(["half_up", "half_even"]), data=st.data())
def test_what_is_billed_in_parts_adds_up_to_the_line(
    db: None, parts: list[Decimal], price: Decimal, rate: str, rounding: str, data: st.DataObject
) -> None:
    company = a_company(rounding=rounding)
    with tenancy.acting_for(company.id):
        act = an_act(company)
        made = sold(act, [(str(part),) for part in parts], price=str(price), rate=rate)
        order = data.draw(st.permutations(made.shipment_ids))
        drafts = [draft_invoices(act=act, shipment_ids=[key])[0].document_id or 0 for key in order]
        dropped = data.draw(st.sets(st.sampled_from(drafts), min_size=1))
        drop_drafts(act=act, invoice_ids=sorted(dropped))
        draft_invoices(act=act)
        line = SalesOrderLine.objects.get(pk=made.line_ids[0])
        billed = SalesInvoiceLine.objects.exclude(invoice__state="dropped").filter(invoice__order_id=made.order_id)
        assert line.invoiced == line.ordered == sum(row.quantity for row in billed)
        assert sum(row.amount_net for row in billed) == line.amount_net
        assert sum(row.amount_tax for row in billed) == line.amount_tax


def settled_by_hand(moneys: Sequence[Money], debts: Sequence[Debt]) -> dict[tuple[int, int], int]:
    """Cent for cent: named invoices first, in their order; then each cent to the oldest due of its customer."""
    left = {debt.invoice_id: int(debt.open) for debt in debts}
    found: dict[tuple[int, int], int] = {}
    for is_named in (True, False):
        for money in moneys:
            if bool(money.invoice_ids) is not is_named:
                continue
            theirs = [debt for debt in debts if debt.customer_id == money.customer_id]
            oldest = [debt.invoice_id for debt in sorted(theirs, key=lambda debt: (debt.due_on, debt.invoice_id))]
            for _ in range(int(money.amount)):
                target = next((key for key in (money.invoice_ids or oldest) if left[key] > 0), None)
                if target is not None:
                    left[target] -= 1
                    found[money.source, target] = found.get((money.source, target), 0) + 1
    return found


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_money_is_shared_as_a_patient_clerk_would_share_it(data: st.DataObject) -> None:
    size = data.draw(st.integers(0, 6))
    debts = [
        Debt(
            key, "posted", data.draw(st.integers(1, 2)), None, key, date(2026, 1, 1),
            date(2026, 1, 1) + timedelta(data.draw(st.integers(0, 3))),
            Decimal(data.draw(st.integers(-5, 9))),
        )
        for key in range(1, size + 1)
    ]  # fmt: skip
    moneys = []
    for source in range(data.draw(st.integers(0, 6))):
        customer = data.draw(st.integers(1, 2))
        theirs = [debt.invoice_id for debt in debts if debt.customer_id == customer]
        named = data.draw(st.lists(st.sampled_from(theirs), unique=True)) if theirs else []
        moneys.append(Money(source, customer, Decimal(data.draw(st.integers(1, 12))), date(2026, 1, 1), named))
    found: dict[tuple[int, int], int] = {}
    for share in shares(moneys, debts):
        assert share.amount > 0
        found[share.source, share.debt.invoice_id] = int(share.amount)
    assert found == settled_by_hand(moneys, debts)
