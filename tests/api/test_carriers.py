"""Carriers, labels and tracking over the API: connected with secrets that are told nobody, asked for, and followed."""

import pytest

from dinghuo.journey.shipping import booking
from dinghuo.journey.shipping.operations.bookings import claim_labels
from dinghuo.kernel import tenancy
from dinghuo.reference.companies import act_now
from dinghuo.reference.models import Company
from tests.api.callers import Caller, a_caller, a_wholesaler
from tests.api.goods import a_customer, a_product, a_shipment, an_order

SECRET = "wp-4711-checkword"


def a_notice(admin: Caller, address: str = "Main St 7") -> dict[str, str | int]:
    """A shipment that has not left, with its carrier's code."""
    customer, product = a_customer(admin), a_product(admin, "100", weight_kg="2")
    where = {"ship_to_address": address, "ship_to_city": "60311 Frankfurt", "ship_to_country": "DE"}
    order = an_order(admin, customer["code"], product["code"], "3", **where)
    notice: dict[str, str | int] = a_shipment(admin, order["id"])
    return notice


def connected(admin: Caller, carrier: object, protocol: str = "own_fleet", **more: object) -> dict[str, object]:
    """A connection of a carrier."""
    made: dict[str, object] = admin.post("/carrier-connections", {"carrier": carrier, "protocol": protocol, **more}).ok()
    return made


def test_a_connection_masks_its_secrets_and_keeps_them_through_a_change(wholesaler: Company, admin: Caller) -> None:
    notice = a_notice(admin)
    made = connected(admin, notice["carrier"], "sf_express", settings={"partner_id": "P"}, secrets={"checkword": SECRET})
    changed = connected(admin, notice["carrier"], "sf_express", settings={"partner_id": "Q"}, base_url="https://sf.example/")
    assert made["id"] == changed["id"]
    assert (changed["base_url"], changed["settings"]) == ("https://sf.example", {"partner_id": "Q"})
    for answer in (admin.get("/carrier-connections"), admin.get("/events")):
        assert SECRET.encode() not in answer.raw
    assert admin.post("/labels", {"shipment_ids": [notice["id"]]}).ok()["done"] == 1
    (claimed,) = claim_labels(act=act_now(wholesaler), count=9)
    assert claimed.secrets == {"checkword": SECRET}
    for body in ({"protocol": "sf_express"}, {"protocol": "pigeon"}, {"protocol": "track17", "secrets": {"token": ""}}):
        assert admin.post("/carrier-connections", {"carrier": notice["carrier"], **body}).status in {201, 422}
    assert admin.post("/carrier-connections", {"carrier": "NOBODY", "protocol": "own_fleet"}).body["code"] == "unknown_carrier"


def test_a_label_is_asked_for_made_and_followed_to_the_door(wholesaler: Company, admin: Caller) -> None:
    notice = a_notice(admin)
    assert admin.post("/labels", {"shipment_ids": [notice["id"]]}).ok()["results"][0]["code"] == "carrier_not_connected"
    connected(admin, notice["carrier"])
    key = admin.post("/labels", {"shipment_ids": [notice["id"]]}, Idempotency_Key="once").ok()["results"][0]["document_id"]
    assert admin.post("/labels", {"shipment_ids": [notice["id"]]}, Idempotency_Key="once").ok()["results"][0]["document_id"] == key
    assert [row["id"] for row in admin.get("/labels?queue=true").ok()["items"]] == [key]
    assert booking.work_labels(lambda: act_now(wholesaler)) == 1
    label = admin.get(f"/labels/{key}").ok()
    assert (label["state"], label["tracking_number"]) == ("booked", notice["number"])
    assert admin.get("/labels?queue=true").ok()["items"] == []
    assert admin.get(f"/labels/{key}/file").status == 404

    way = [("picked_up", "2026-03-02T08:00:00Z"), ("delivered", "2026-03-03T08:00:00Z"), ("", "2026-03-02T09:00:00+08:00")]
    events = [
        {"carrier": notice["carrier"], "tracking_number": notice["number"], "status": status, "occurred_at": at, "external_ref": at}
        for status, at in way
    ]
    assert admin.post("/tracking-events", {"events": events}).ok()["done"] == 3
    told = admin.get(f"/shipments/{notice['id']}/tracking").ok()
    assert (told["status"], told["tracking_number"]) == ("delivered", notice["number"])
    assert admin.get(f"/shipments/{notice['id']}").ok()["state"] == "delivered"
    lost = {**events[0], "tracking_number": "LOST"}
    assert admin.post("/tracking-events", {"events": [lost]}).ok()["results"][0]["facts"] == {"kept": True}
    assert [row["tracking_number"] for row in admin.get("/tracking-events/unclaimed").ok()["items"]] == ["LOST"]
    wrong = admin.post("/tracking-events", {"events": [lost, {**lost, "carrier": "NOBODY"}]})
    assert (wrong.status, wrong.body["facts"]["line"]) == (422, 2)


def test_a_waiting_label_is_handed_to_another_carrier_or_given_up(wholesaler: Company, admin: Caller) -> None:
    notice = a_notice(admin)
    connected(admin, notice["carrier"])
    admin.post("/carriers", {"code": "OWN2", "name": "Own", "base_price": "50"}).ok()
    key = admin.post("/labels", {"shipment_ids": [notice["id"]]}).ok()["results"][0]["document_id"]
    assert admin.post(f"/labels/{key}/carrier", {"carrier": "OWN2"}).body["code"] == "carrier_not_connected"
    assert admin.get(f"/labels/{key}").ok()["state"] == "waiting"
    connected(admin, "OWN2")
    new = admin.post(f"/labels/{key}/carrier", {"carrier": "OWN2"}).ok()
    assert (new["state"], new["carrier"]) == ("waiting", "OWN2")
    assert admin.get(f"/labels/{key}").ok()["state"] == "given_up"
    assert admin.post(f"/labels/{new['id']}/retry").ok()["state"] == "waiting"
    assert admin.post(f"/labels/{new['id']}/decide", {}).body["code"] == "not_in_doubt"
    assert admin.post(f"/labels/{new['id']}/cancel").body["code"] == "not_booked"
    assert admin.post(f"/labels/{new['id']}/give-up").ok()["state"] == "given_up"


def test_a_customer_sees_where_its_goods_are_and_not_what_the_carrier_sent(wholesaler: Company, admin: Caller) -> None:
    notice = a_notice(admin)
    admin.post(f"/shipments/{notice['id']}/tracking-number", {"tracking_number": "N1"}).ok()
    event = {"carrier": notice["carrier"], "tracking_number": "N1", "status": "in_transit", "external_ref": "r"}
    admin.post("/tracking-events", {"events": [{**event, "occurred_at": "2026-03-02T08:00:00Z"}]}).ok()
    order = admin.get(f"/orders/{notice['order_id']}").ok()
    portal = a_caller(wholesaler, "customer", customer_id=order["customer_id"])
    told = portal.get(f"/shipments/{notice['id']}/tracking").ok()
    assert told["status"] == "in_transit"
    assert all(row["raw"] == {} for row in told["events"])
    assert any(row["raw"] for row in admin.get(f"/shipments/{notice['id']}/tracking").ok()["events"])


@pytest.mark.parametrize("call", ["GET", "GET file", "POST retry", "POST give-up", "POST cancel", "POST decide", "POST carrier"])
def test_another_companys_label_and_a_missing_one_answer_alike(wholesaler: Company, admin: Caller, call: str) -> None:
    notice = a_notice(admin)
    connected(admin, notice["carrier"])
    key = admin.post("/labels", {"shipment_ids": [notice["id"]]}).ok()["results"][0]["document_id"]
    with a_wholesaler() as other:
        stranger = a_caller(other, "admin")
        stranger.post("/carriers", {"code": "THEIRS", "name": "Theirs"}).ok()
    method, _, deed = call.partition(" ")
    body = {"carrier": "THEIRS"} if deed == "carrier" else {}
    paths = [f"/labels/{each}{f'/{deed}' if deed else ''}" for each in (key, 4_611_686_018_427_387_904)]
    with tenancy.acting_for(None):
        answers = [stranger.call(method, path, body if method == "POST" else None) for path in paths]
    assert [answer.status for answer in answers] == [404, 404]
    assert answers[0].raw == answers[1].raw
