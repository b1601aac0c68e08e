"""What lay in stock on any day is the sum of what had moved by then; today's is what lies there."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dinghuo.journey.allocation.models import StockLevel
from dinghuo.journey.allocation.operations import adjust_stock, receive_stock
from dinghuo.journey.allocation.operations.settings import set_stock_settings
from dinghuo.journey.allocation.operations.transfers import receive_transfer, send_transfer
from dinghuo.journey.allocation.rules import Adjustment, Receipt
from dinghuo.journey.allocation.rules.keeping import Setting, TransferDraft, TransferLineDraft
from dinghuo.journey.allocation.stock_api import Balance, Move, StockSetting
from dinghuo.kernel import sql
from tests.builders import TODAY, a_product
from tests.journey.allocation.conftest import Room


@dataclass(frozen=True)
class Step:
    """Something that happens some days after the first: goods come, go, or change their warehouse."""

    days: int
    kind: str
    quantity: int


STEPS = st.lists(
    st.builds(Step, days=st.integers(0, 3), kind=st.sampled_from(["in", "out", "move"]), quantity=st.integers(1, 9)), max_size=8
)


def balances(room: Room, on: date) -> dict[str, tuple[Decimal, Decimal]]:
    wanted = {"after": 0, "count": 100, "warehouse": None, "product": room.product.code}
    found = sql.rows("allocation/balances_after", Balance, company_id=room.company.id, balance_on=on, **wanted)
    return {row.warehouse: (row.on_hand, row.cost_amount) for row in found}


def levels(room: Room) -> dict[str, tuple[Decimal, Decimal]]:
    found = StockLevel.objects.filter(product=room.product, on_hand__gt=0).select_related("warehouse")
    return {level.warehouse.code: (level.on_hand, level.cost_amount) for level in found}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_the_balance_of_every_day_is_what_lay_there_when_it_ended(room_of_many: Room, steps: list[Step]) -> None:
    room = room_of_many.with_product(a_product(room_of_many.company))
    branch = room.other_warehouse()
    day, ended = TODAY, defaultdict[date, dict[str, tuple[Decimal, Decimal]]](dict)
    for step in steps:
        day += timedelta(days=step.days)
        act = replace(room.act, on=day)
        here = (room.warehouse.id, room.product.id)
        if step.kind == "in":
            receive_stock(act=act, receipts=[Receipt(*here, Decimal(step.quantity), Decimal("1.37"))])
        elif step.kind == "out":
            adjust_stock(act=act, adjustments=[Adjustment(*here, Decimal(-step.quantity))], reason="broken")
        else:
            lines = [TransferLineDraft(room.product.id, Decimal(step.quantity))]
            (outcome,) = send_transfer(act=act, draft=TransferDraft(room.warehouse.id, branch.id, lines, day))
            if outcome.done and step.quantity % 2:
                receive_transfer(act=act, transfer_id=outcome.document_id or 0)
        ended[day] = levels(room)
    for on, lay in ended.items():
        assert balances(room, on) == lay
    assert balances(room, day) == levels(room)
    assert balances(room, TODAY - timedelta(days=1)) == {}


def test_a_receipt_of_last_week_was_there_last_week(room: Room) -> None:
    last_week = TODAY - timedelta(days=7)
    receive_stock(
        act=room.act,
        receipts=[Receipt(room.warehouse.id, room.product.id, Decimal(5), Decimal(1))],
        received_on=last_week,
    )
    assert balances(room, last_week) == {room.warehouse.code: (Decimal(5), Decimal(5))}
    assert balances(room, last_week - timedelta(days=1)) == {}


def test_the_history_names_each_document_and_what_it_moved(room: Room) -> None:
    receive_stock(act=room.act, receipts=[Receipt(room.warehouse.id, room.product.id, Decimal(5), Decimal(1))], reason="first")
    adjust_stock(act=room.act, adjustments=[Adjustment(room.warehouse.id, room.product.id, Decimal(-2))], reason="broken")
    wanted = {"before": 2**62, "count": 100, "warehouse": None, "product": None, "lot_id": None}
    found = sql.rows("allocation/moves_before", Move, company_id=room.company.id, **wanted)
    assert [(row.kind, row.reason, row.quantity, row.cost_amount) for row in found] == [
        ("adjustment", "broken", Decimal(-2), Decimal(-2)),
        ("receipt", "first", Decimal(5), Decimal(5)),
    ]


def test_a_setting_replaces_the_one_before_and_a_wrong_one_is_refused(room: Room) -> None:
    place = (room.warehouse.id, room.product.id)
    outcomes = set_stock_settings(
        act=room.act,
        settings=[Setting(*place, Decimal(5), "A"), Setting(*place, Decimal(-1)), Setting(-1, place[1], Decimal(1))],
    )
    assert [row.code for row in outcomes] == ["done", "malformed", "unknown_warehouse"]
    set_stock_settings(act=room.act, settings=[Setting(*place, Decimal(7), "B")])
    wanted = {"after": 0, "count": 9, "warehouse": None, "product": None}
    (found,) = sql.rows("allocation/settings_after", StockSetting, company_id=room.company.id, **wanted)
    assert (found.safety_quantity, found.zone) == (Decimal(7), "B")
