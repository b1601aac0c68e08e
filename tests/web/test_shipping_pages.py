"""A shipment's page and the queue of labels: what waits, why, and what a person can do about it."""

from datetime import timedelta
from typing import Any

import pytest

from dinghuo.journey.shipping.models import Shipment, ShippingLabel
from dinghuo.journey.shipping.operations import (
    ConnectionDraft,
    connect_carrier,
    name_tracking_number,
    order_labels,
    record_events,
)
from dinghuo.journey.shipping.tracking_states import SeenEvent
from tests.web.site import CANARY, Goods, Site, read


@pytest.fixture
def notice(site: Site, goods: Goods) -> Shipment:
    """A notice whose carrier is our own fleet, with an address to go to."""
    with site.acting():
        shipment = Shipment.objects.get(order_id=goods.noticed)
        type(shipment.order).objects.filter(id=goods.noticed).update(ship_to_address="Main St 7", ship_to_city="Yiwu")
        Shipment.objects.filter(id=shipment.id).update(weight_kg=3)
        connect_carrier(act=site.shop.act, draft=ConnectionDraft(shipment.carrier_id, "own_fleet", "", {}, {}))
    return shipment


def put(site: Site, label_id: int, **values: Any) -> None:
    """Put a label as a carrier's answer would have left it."""
    with site.acting():
        ShippingLabel.objects.filter(id=label_id).update(**values)


def label_of(site: Site, shipment: Shipment) -> ShippingLabel:
    with site.acting():
        return ShippingLabel.objects.filter(shipment=shipment.id).order_by("-id")[0]


def test_the_page_of_a_shipment_tells_its_way_and_what_the_carrier_said(site: Site, notice: Shipment) -> None:
    with site.acting():
        act = site.shop.act
        name_tracking_number(act=act, shipment_id=notice.id, tracking_number="N1")
        plain: dict[str, Any] = {"occurred_at": act.at, "carrier_id": notice.carrier_id, "tracking_number": "N1"}
        later = act.on + timedelta(days=20)
        record_events(
            act=act,
            seen=[
                SeenEvent(**plain, status="announced", external_ref="a", code="X1", text=CANARY, estimated_on=later),
                SeenEvent(**plain, status="", external_ref="b", code="ODD-7"),
            ],
        )
    page = site.clients["warehouse"].get(f"/shipping/{notice.id}/")
    shown = read(page).text
    assert "Announced to the carrier" in shown
    assert "Unknown code" in shown
    assert "ODD-7" in shown
    assert CANARY.split("<")[1].split(">")[0] in shown
    assert b"<img src=x" not in page.content


def test_a_label_is_asked_for_and_given_up_from_the_page(site: Site, notice: Shipment) -> None:
    client = site.clients["warehouse"]
    empty = read(client.get("/shipping/labels/")).text
    assert "No label waits for a carrier." in empty
    assert client.post(f"/shipping/{notice.id}/label/").status_code == 302
    label = label_of(site, notice)
    assert label.state == "waiting"
    assert notice.number in read(client.get("/shipping/labels/")).text
    client.post(f"/shipping/labels/{label.id}/retry/")
    client.post(f"/shipping/labels/{label.id}/give-up/")
    assert label_of(site, notice).state == "given_up"
    refused = client.post(f"/shipping/labels/{label.id}/give-up/", follow=True).content.decode()
    assert "This label is not in the queue" in refused


def test_a_doubt_is_settled_on_the_page(site: Site, notice: Shipment) -> None:
    client = site.clients["warehouse"]
    with site.acting():
        order_labels(act=site.shop.act, shipment_ids=[notice.id])
    label = label_of(site, notice)
    put(site, label.id, state="sent", problem="must_be_decided")
    queue = read(client.get("/shipping/labels/")).text
    assert "The carrier cannot be asked whether it made this label" in queue
    assert client.post(f"/shipping/labels/{label.id}/decide/", {"tracking_number": "a b"}).status_code == 422
    client.post(f"/shipping/labels/{label.id}/decide/", {"tracking_number": "0034"})
    assert (label_of(site, notice).state, label_of(site, notice).tracking_number) == ("booked", "0034")
    client.post(f"/shipping/labels/{label.id}/cancel/")
    assert label_of(site, notice).state == "cancelling"


def test_a_refused_label_is_handed_to_another_carrier(site: Site, notice: Shipment) -> None:
    client = site.clients["warehouse"]
    with site.acting():
        order_labels(act=site.shop.act, shipment_ids=[notice.id])
    label = label_of(site, notice)
    put(site, label.id, state="refused", problem="carrier_refuses", problem_text="地址超区")
    assert "the carrier refuses: 地址超区" in read(client.get(f"/shipping/{notice.id}/")).text
    for wrong in ("", "x", "999999999"):
        client.post(f"/shipping/labels/{label.id}/carrier/", {"carrier": wrong})
    assert label_of(site, notice).id == label.id
    client.post(f"/shipping/labels/{label.id}/carrier/", {"carrier": str(notice.carrier_id)})
    assert label_of(site, notice).id != label.id


def test_a_label_is_printed_as_its_carrier_made_it(site: Site, notice: Shipment) -> None:
    client = site.clients["warehouse"]
    with site.acting():
        order_labels(act=site.shop.act, shipment_ids=[notice.id])
    label = label_of(site, notice)
    assert client.get(f"/shipping/labels/{label.id}/file/").status_code == 404
    for body, kind, ending in ((b"%PDF-1.4", "application/pdf", "pdf"), (b"^XA^XZ", "application/octet-stream", "zpl")):
        put(site, label.id, label=body, label_format=ending)
        response = client.get(f"/shipping/labels/{label.id}/file/")
        assert (response.content, response["Content-Type"]) == (body, kind)
        assert response["Content-Disposition"].endswith(f'.{ending}"')


def test_an_event_without_a_shipment_is_shown(site: Site, notice: Shipment) -> None:
    with site.acting():
        stray = SeenEvent(notice.carrier_id, "LOST-77", "in_transit", site.shop.act.at, "r", text="Hamburg")
        record_events(act=site.shop.act, seen=[stray])
    shown = read(site.clients["warehouse"].get("/shipping/labels/")).text
    assert "LOST-77" in shown
    assert "Hamburg" in shown


def test_who_may_only_look_is_shown_no_buttons_on_labels(site: Site, notice: Shipment) -> None:
    with site.acting():
        order_labels(act=site.shop.act, shipment_ids=[notice.id])
    page = read(site.clients["auditor"].get(f"/shipping/{notice.id}/")).text
    assert "Give up" not in page
    assert "Give up" in read(site.clients["warehouse"].get(f"/shipping/{notice.id}/")).text
