"""The demo company's goods: bought in, given to orders, sent, delivered, counted and taken back."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from dinghuo.demo.chance import roll, stream
from dinghuo.demo.people import RETURN_REASONS
from dinghuo.demo.story import Story
from dinghuo.journey.allocation.models import StockLevel
from dinghuo.journey.allocation.operations import adjust_stock, expect_supply, receive_expected, receive_stock
from dinghuo.journey.allocation.rules import Adjustment, Receipt, Supply
from dinghuo.journey.shipping.models import Shipment, ShipmentLine, ShipmentState
from dinghuo.journey.shipping.operations import deliver_shipments, dispatch_shipments, take_back_goods
from dinghuo.journey.shipping.rules import ReturnDraft, ReturnLineDraft
from dinghuo.kernel import sql
from dinghuo.reference.models import Role

OPENING_DAYS: Final = 36
COVERED_DAYS: Final = 25
BUYING_WEEKDAYS: Final = frozenset({0, 3})
# These products' supplier has failed lately; what was ordered since comes after the history's end.
TROUBLED: Final = frozenset({"TEA-006", "SNK-014", "GRO-009", "DRK-021", "HOM-004", "ELE-002", "CLN-013"})
TROUBLED_DAYS: Final = 34
LATE_DISPATCH: Final = 0.06
LATE_ARRIVAL: Final = 0.05
RETURNED_SHARE: Final = 0.04


@dataclass(frozen=True, slots=True)
class Position:
    """What a warehouse has and will have of a product, in stock units; negative where orders wait for more."""

    warehouse_id: int
    product_id: int
    position: Decimal


def open_stock(story: Story) -> None:
    """Receive what lies in the warehouses before the first order."""
    receipts = [
        Receipt(warehouse_id, product_id, in_cases(story, product_id, sold * OPENING_DAYS), story.costs[product_id])
        for (warehouse_id, product_id), sold in sorted(story.sold_a_day.items())
    ]
    act = story.act(story.first, "07:00", Role.WAREHOUSE)
    receive_stock(act=act, receipts=receipts, reason="期初库存 opening stock", external_ref="demo-opening", is_generated=True)


def receive_due(story: Story, day: date) -> None:
    """Receive what suppliers deliver today."""
    if story.is_working_day(day):
        receive_expected(act=story.act(day, "08:00", Role.WAREHOUSE))


def buy(story: Story, day: date) -> None:
    """Order from suppliers what brings each product up to the days it has to last, twice a week."""
    if day.weekday() not in BUYING_WEEKDAYS:
        return
    rows = sql.rows("demo/stock_position", Position, company_id=story.company_id)
    positions = {(row.warehouse_id, row.product_id): row.position for row in rows}
    codes = {product_id: code for code, product_id in story.product_ids.items()}
    supplies = []
    for (warehouse_id, product_id), sold in sorted(story.sold_a_day.items()):
        # Buyers guess: the same product is bought too short in one week and too long in another.
        guess = Decimal(str(round(0.85 + 0.5 * roll(story.seed, "guess", codes[product_id], day.isocalendar().week), 3)))
        wanted = sold * COVERED_DAYS * guess + story.cases[product_id]
        missing = wanted - positions.get((warehouse_id, product_id), Decimal(0))
        quantity = in_cases(story, product_id, missing) if missing > 0 else Decimal(0)
        if quantity:
            arrival = arrival_of(story, codes[product_id], day)
            reference = f"PO-{day:%Y%m%d}-{codes[product_id][:3]}"
            supplies.append(Supply(warehouse_id, product_id, quantity, story.costs[product_id], arrival, reference, True))
    if supplies:
        expect_supply(act=story.act(day, "08:30", Role.WAREHOUSE), supplies=supplies)


def arrival_of(story: Story, code: str, day: date) -> date:
    """When goods ordered today arrive: in 4 to 11 days, from a troubled supplier after the history's end."""
    if code in TROUBLED and day > story.last - timedelta(days=TROUBLED_DAYS):
        return story.last + timedelta(days=3 + int(9 * roll(story.seed, "trouble", code)))
    return day + timedelta(days=4 + int(8 * roll(story.seed, "lead", code, day)))


def in_cases(story: Story, product_id: int, units: Decimal) -> Decimal:
    """A quantity rounded up to whole cases, one at least."""
    case = story.cases[product_id]
    return Decimal(max(math.ceil(units / case), 1) * case)


def dispatch(story: Story, day: date) -> None:
    """Send what is planned for today or before; a few notices miss the lorry and go a day later."""
    if not story.is_working_day(day):
        return
    notices = Shipment.objects.filter(company_id=story.company_id, state=ShipmentState.NOTICE, planned_on__lte=day)
    going = [
        key
        for key, number, planned_on in notices.order_by("id").values_list("id", "number", "planned_on")
        if planned_on < day or roll(story.seed, "lorry", number) >= LATE_DISPATCH
    ]
    if going:
        dispatch_shipments(act=story.act(day, "17:00", Role.WAREHOUSE), shipment_ids=going)


def deliver(story: Story, day: date) -> None:
    """Deliver what is expected by today; a few shipments arrive a day or two late."""
    road = Shipment.objects.filter(company_id=story.company_id, state=ShipmentState.DISPATCHED, expected_on__lte=day)
    arrived = []
    for key, number, expected_on in road.order_by("id").values_list("id", "number", "expected_on"):
        luck = roll(story.seed, "road", number)
        late = 2 if luck < LATE_ARRIVAL / 3 else 1 if luck < LATE_ARRIVAL else 0
        if expected_on + timedelta(days=late) <= day:
            arrived.append(key)
    if arrived:
        deliver_shipments(act=story.act(day, "11:00"), shipment_ids=arrived)


def take_back(story: Story, day: date) -> None:
    """Take back part of a few shipments, three days after they arrived."""
    arrived = Shipment.objects.filter(company_id=story.company_id, delivered_on=day - timedelta(days=3))
    numbers = dict(arrived.order_by("id").values_list("id", "number"))
    chosen = [key for key, number in numbers.items() if roll(story.seed, "return", number) < RETURNED_SHARE]
    drafts = [draft for key in chosen if (draft := return_of(story, key, numbers[key]))]
    if drafts:
        take_back_goods(act=story.act(day, "14:00", Role.WAREHOUSE), returns=drafts)


def return_of(story: Story, shipment_id: int, number: str) -> ReturnDraft | None:
    """What comes back of one shipment: some of one or two lines, not all of it fit to be sold again."""
    chance = stream(story.seed, "return", number)
    lines = ShipmentLine.objects.filter(company_id=story.company_id, shipment_id=shipment_id).select_related(
        "shipment__order", "allocation__order_line"
    )
    chosen = list(lines.order_by("id"))[: chance.randint(1, 2)]
    if not chosen:
        return None
    reason = chance.choice(RETURN_REASONS)
    shipment = chosen[0].shipment
    return ReturnDraft(
        customer_id=shipment.order.customer_id,
        warehouse_id=shipment.warehouse_id,
        lines=[return_line(line, Decimal(str(round(chance.uniform(0.1, 0.5), 2))), reason) for line in chosen],
        order_id=shipment.order_id,
        reason=reason,
        external_ref=f"demo-return-{number}",
    )


def return_line(line: ShipmentLine, part: Decimal, reason: str) -> ReturnLineDraft:
    """A part of one shipment line coming back, at least one unit; broken goods are not stocked again."""
    sold = line.allocation.order_line
    return ReturnLineDraft(
        product_id=sold.product_id,
        quantity=max((line.quantity * part).to_integral_value(), Decimal(1)),
        unit_price=sold.unit_price,
        tax_rate=sold.tax_rate,
        shipment_line_id=line.id,
        restock=reason != RETURN_REASONS[0],
    )


def count_stock(story: Story, day: date) -> None:
    """Count a dozen places on the first working days of a month, and correct by a unit or two."""
    if day.day != 3:
        return
    chance = stream(story.seed, "count", day)
    levels = list(StockLevel.objects.filter(company_id=story.company_id, on_hand__gt=10).order_by("product_id", "warehouse_id"))
    counted = chance.sample(levels, min(12, len(levels)))
    adjustments = [Adjustment(level.warehouse_id, level.product_id, Decimal(chance.choice((-2, -1, -1, 1)))) for level in counted]
    if adjustments:
        adjust_stock(
            act=story.act(day, "16:00", Role.WAREHOUSE), adjustments=adjustments, reason="月度盘点 monthly count", is_generated=True
        )
