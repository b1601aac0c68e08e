"""A client that knows nothing but the OpenAPI document can do the whole journey."""

import inspect
import json
import re
from collections import Counter
from dataclasses import dataclass, field, is_dataclass
from typing import Any, get_args, get_type_hints

import pytest
from django.core.cache import cache
from django.test import Client

from dinghuo.reference.models import Company
from tests.api.callers import Answer, answer_of
from tests.api.callers import a_user as a_member
from tests.api.document import ROOT, described, document, faults
from tests.api.test_rights import operations

PASSWORD = "a long enough secret"


@dataclass
class Generated:
    """A client made of the document alone: operations by their id, checked on the way out and on the way in."""

    shown: Any
    token: str = ""
    client: Client = field(default_factory=Client)

    def __call__(self, operation_id: str, body: Any = None, **parameters: Any) -> Any:
        """Call an operation and return its reply; fails on whatever the document does not say."""
        (operation,) = [one for one in described(self.shown) if one.details["operationId"] == operation_id]
        details = operation.details
        places = {item["name"]: item["in"] for item in details["parameters"]}
        assert set(parameters) <= set(places), (operation_id, parameters)
        lacking = [item["name"] for item in details["parameters"] if item["required"] and item["name"] not in parameters]
        assert not lacking, (operation_id, lacking)
        path = re.sub(r"{(\w+)}", lambda found: str(parameters[found[1]]), operation.path)
        query = {name: value for name, value in parameters.items() if places[name] == "query"}
        headers = {name: str(value) for name, value in parameters.items() if places[name] == "header"}
        if "security" in details:
            headers["Authorization"] = f"Bearer {self.token}"
        if "requestBody" in details:
            schema = details["requestBody"]["content"]["application/json"]["schema"]
            assert faults(body, schema, self.shown) == []
        sent = "" if body is None else json.dumps(body)
        address = f"{path}?{'&'.join(f'{name}={value}' for name, value in query.items())}"
        answer: Answer = answer_of(self.client.generic(operation.method, address, sent, "application/json", headers=headers))
        assert answer.status < 300, (operation_id, answer.status, answer.raw)
        assert faults(answer.body, operation.schema_of(answer.status), self.shown) == []
        return answer.body


@pytest.fixture
def anybody(wholesaler: Company) -> Generated:
    """A client that has read the document."""
    cache.clear()
    return Generated(json.loads(Client().get(f"{ROOT}/openapi.json").content))


def signed_in(client: Generated, company: Company, *roles: str, customer_id: int | None = None) -> Generated:
    user = a_member(company, *roles, customer_id=customer_id, password=PASSWORD)
    made = client("createToken", {"username": user.username, "password": PASSWORD, "company": company.code})
    return Generated(client.shown, made["token"])


def test_a_client_made_of_the_document_does_the_whole_journey(wholesaler: Company, anybody: Generated) -> None:
    staff = signed_in(anybody, wholesaler, "admin")
    assert staff("getMe")["company"] == wholesaler.code
    customer = staff("createCustomer", {"code": "C-100", "name": "Lotus", "country": "CN", "credit_limit": "1000"})
    for code in ("P-100", "P-200"):
        plain = {"name": code, "list_price": "10", "standard_cost": "6", "tax_rate": "0.13"}
        staff("createProduct", {"code": code, **plain})
    goods = [{"product": code, "quantity": "50", "unit_cost": "6"} for code in ("P-100", "P-200")]
    staff("receiveStock", {"lines": goods})

    # The document's own example, then an amendment of what it made, while that is a draft.
    create = next(one for one in described(anybody.shown) if one.details["operationId"] == "createOrder").details
    example = create["requestBody"]["content"]["application/json"]["examples"]["order"]["value"]
    order = staff("createOrder", {**example, "submit": False}, **{"Idempotency-Key": "one"})
    change = {"reason": "less", "lines": [{"line_id": order["lines"][0]["id"], "quantity": "30"}]}
    staff("amendOrder", change, order_id=order["id"], **{"If-Match": f'"{order["version"]}"'})
    assert staff("submitOrder", order_id=order["id"])["state"] == "released"

    (shipment,) = staff("listShipments", order_id=order["id"])["items"]
    left = staff("dispatchShipment", shipment_id=shipment["id"])
    staff("deliverShipment", shipment_id=shipment["id"])
    (invoice,) = staff("listInvoices", order_id=order["id"])["items"]
    staff("takePayment", {"customer": "C-100", "amount": invoice["open_amount"], "invoice_ids": [invoice["id"]]})
    assert staff("listReceivables", customer="C-100", open="true")["items"] == []
    line = left["lines"][0]["id"]
    returned = staff("createReturn", {"customer": "C-100", "lines": [{"shipment_line_id": line, "quantity": "1"}]})
    credit = staff("draftCreditNote", return_id=returned["id"])
    assert staff("postInvoice", invoice_id=credit["id"])["number"]

    portal = signed_in(anybody, wholesaler, "customer", customer_id=customer["id"])
    said = portal("leaveFeedback", {"rating": 5, "comment": "Well done."}, order_id=order["id"])
    staff("answerFeedback", {"answer": "Thank you."}, feedback_id=said["id"])
    (seen,) = portal("listOrders")["items"]
    assert (seen["id"], seen["state"]) == (order["id"], "completed")
    assert staff("listEvents", limit=200)["items"][-1]["kind"] == "FeedbackAnswered"


def test_every_operation_has_an_id_of_its_own_a_schema_for_every_reply_and_its_rights() -> None:
    operations = list(described(document()))
    ids = [one.details["operationId"] for one in operations]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch("[a-z]+([A-Z][a-z]+)*", name) for name in ids)
    for one in operations:
        statuses = {int(status) for status in one.details["responses"]}
        problems = {one.schema_of(status)["$ref"] for status in statuses if status >= 400}
        assert problems == {"#/components/schemas/Problem"}, one
        assert all(one.schema_of(status) for status in statuses), one
        assert {401, 422, 500} <= statuses, one
        is_public = one.details["operationId"] in {"createToken", "answerWithToken"}
        assert ("security" in one.details) == (not is_public), one
        takes_key = "Idempotency-Key" in {item["name"] for item in one.details["parameters"]}
        assert takes_key == (one.method != "GET" and not is_public), one
        assert one.details["x-permissions"], one
    assert document()["components"]["securitySchemes"]["BearerToken"] == {"type": "http", "scheme": "bearer"}


def test_the_examples_fit_their_schemas() -> None:
    found = 0
    for one in described(document()):
        content = one.details.get("requestBody", {}).get("content", {}).get("application/json", {})
        for example in content.get("examples", {}).values():
            assert faults(example["value"], content["schema"], document()) == []
            found += 1
    assert found


@pytest.mark.parametrize(
    ("value", "is_told"),
    [
        ({"rating": 5}, False),
        ({"rating": 6}, True),
        ({"rating": "5"}, True),
        ({"rating": True}, True),
        ({"rating": 5, "comment": "a" * 2_001}, True),
        ({"rating": 5, "coment": ""}, True),
        ({}, True),
        ([], True),
    ],
)
def test_the_checker_tells_what_does_not_fit(value: Any, is_told: bool) -> None:
    assert bool(faults(value, {"$ref": "#/components/schemas/FeedbackAsked"}, document())) == is_told


def test_the_docs_page_needs_nothing_that_the_content_policy_forbids(db: None) -> None:
    page = Client().get(f"{ROOT}/docs")
    html = page.content.decode()
    assert page.status_code == 200
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
    scripts = re.findall(r"<script([^>]*)>", html)
    assert scripts
    assert all('src="/static/' in script or 'type="application/json"' in script for script in scripts)
    assert not re.search(r"<style|\son\w+=|\sstyle=|https?://", html)
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', html):
        assert Client().get(address).status_code == 200, address


def schemas_in(asked: Any, seen: set[Any]) -> set[Any]:
    """The classes that a type is made of, itself among them."""
    if asked in seen:
        return seen
    parts = [*get_args(asked), *getattr(asked, "__pydantic_generic_metadata__", {}).get("args", ())]
    if isinstance(asked, type) and (is_dataclass(asked) or hasattr(asked, "model_fields")):
        seen.add(asked)
        parts += get_type_hints(asked).values()
    for part in parts:
        if isinstance(part, type) or get_args(part):
            schemas_in(part, seen)
    return seen


def test_no_two_schemas_share_a_name() -> None:
    # The document knows schemas by their names alone: of two with one name, the second takes the place of the first.
    seen: set[Any] = set()
    for _call, operation in operations():
        for asked in get_type_hints(inspect.unwrap(operation.view_func)).values():
            schemas_in(asked, seen)
    names = Counter(schema.__name__ for schema in seen)
    assert len(names) > 150
    assert [name for name, count in names.items() if count > 1] == []
