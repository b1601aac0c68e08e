"""The whole way over the API, in a wholesaler's words."""

from decimal import Decimal
from typing import Any

from dinghuo.reference.models import Company
from tests.api.callers import Caller, a_caller


def the_shop(admin: Caller) -> None:
    """A customer, two products and stock of one of them."""
    admin.post("/customers", {"code": "C1", "name": "Lotus", "country": "CN", "credit_limit": "5000"}).ok()
    for code in ("P1", "P2"):
        asked = {"code": code, "name": code, "list_price": "10.00", "standard_cost": "6", "tax_rate": "0.13"}
        admin.post("/products", asked).ok()
    admin.post("/stock/receipts", {"lines": [{"product": "P1", "quantity": "100", "unit_cost": "6"}]}).ok()


def an_order(admin: Caller, *lines: tuple[str, str], **given: Any) -> Any:
    """An order of the customer, handed to review."""
    asked = {"customer": "C1", "submit": True, "lines": [{"product": code, "quantity": units} for code, units in lines]}
    return admin.post("/orders", {**asked, **given}).ok()


def test_an_order_travels_from_entry_to_cash_and_back(wholesaler: Company, admin: Caller) -> None:
    the_shop(admin)
    order = an_order(admin, ("P1", "40"), ("P2", "5"), charges=[{"kind": "postage", "unit_price": "12.50"}])
    assert (order["state"], order["amount_net"], order["amount_gross"]) == ("released", "462.50", "521.00")

    # The conveyor has gone on: what is there is allocated and noticed, the rest waits.
    at = f"/orders/{order['id']}"
    lines = admin.get(at).ok()["lines"]
    assert [(line["allocated"], line["short"]) for line in lines] == [("40", "0"), ("0", "5")]
    (shipment,) = admin.get(f"/shipments?order_id={order['id']}").ok()["items"]

    left = admin.post(f"/shipments/{shipment['id']}/dispatch").ok()
    assert (left["state"], left["lines"][0]["quantity"]) == ("dispatched", "40")
    assert admin.post(f"/shipments/{shipment['id']}/deliver").ok()["state"] == "delivered"

    (invoice,) = admin.get(f"/invoices?order_id={order['id']}").ok()["items"]
    assert (invoice["state"], invoice["amount_net"]) == ("posted", "412.50")
    asked = {"customer": "C1", "amount": invoice["open_amount"], "invoice_ids": [invoice["id"]]}
    paid = admin.post("/payments", asked).ok()
    assert (paid["applied"], paid["unapplied"]) == (invoice["open_amount"], "0.00")
    assert admin.get("/receivables?customer=C1&open=true").ok()["items"] == []
    assert [line["paid"] for line in admin.get(at).ok()["lines"]] == ["40", "0"]

    back = {"customer": "C1", "reason": "broken", "lines": [{"shipment_line_id": left["lines"][0]["id"], "quantity": "3"}]}
    returned = admin.post("/returns", back).ok()
    assert (returned["order_id"], returned["lines"][0]["unit_price"]) == (order["id"], "10")
    credit = admin.post(f"/returns/{returned['id']}/credit").ok()
    assert (credit["kind"], Decimal(credit["amount_net"])) == ("credit_note", Decimal(-30))
    assert admin.post(f"/invoices/{credit['id']}/post").ok()["state"] == "posted"

    portal = a_caller(wholesaler, "customer", customer_id=order["customer_id"])
    said = portal.post(f"{at}/feedback", {"rating": 2, "comment": "Three were broken."}).ok()
    assert admin.post(f"/feedback/{said['id']}/answer", {"answer": "We are sorry."}).ok()["answered_at"] is not None

    kinds = [event["kind"] for event in admin.get(f"{at}/timeline").ok()["items"]]
    journey = ["OrderEntered", "OrderReleased", "StockAllocated", "ShipmentDispatched", "InvoicePosted", "GoodsReturned"]
    assert [kind for kind in kinds if kind in journey] == journey


def test_an_order_beyond_its_limit_is_held_until_a_person_releases_it(wholesaler: Company, admin: Caller) -> None:
    the_shop(admin)
    order = an_order(admin, ("P1", "999"))
    assert order["state"] == "held"
    findings = admin.get(f"/orders/{order['id']}/reviews").ok()["items"]
    (credit,) = [finding for finding in findings if finding["finding"] == "hold"]
    assert (credit["rule"], credit["inputs"]["credit_limit"]) == ("credit", "5000.000")
    why = {"reason_code": "paid", "reason": "Paid in advance"}
    own = admin.post(f"/orders/{order['id']}/release", why)
    assert (own.status, own.body["code"]) == (409, "four_eyes"), "who entered an order does not release it"
    reviewer = a_caller(wholesaler, "credit")
    released = reviewer.post(f"/orders/{order['id']}/release", why).ok()
    assert (released["state"], released["waits_for"]) == ("released", [])
    again = reviewer.post(f"/orders/{order['id']}/release", why)
    assert (again.status, again.body["code"]) == (409, "not_held")


def test_lines_of_a_set_are_entered_and_shown_and_one_that_cannot_be_is_refused(wholesaler: Company, admin: Caller) -> None:
    the_shop(admin)
    parts = [("P1", "20", "2"), ("P2", "10", "1")]
    lines = [{"product": code, "quantity": units, "kit": "desk", "per_set": each} for code, units, each in parts]
    shown = admin.post("/orders", {"customer": "C1", "lines": lines}).ok()
    assert [(line["kit"], line["per_set"]) for line in shown["lines"]] == [("desk", "2"), ("desk", "1")]
    refused = admin.post("/orders", {"customer": "C1", "lines": [{**lines[0], "quantity": "21"}]})
    assert (refused.status, refused.body["code"]) == (422, "malformed")
