"""A company's own waiting lines, sourced on real stock: the best plan, the greedy one, why lines stay short; nothing is written."""

import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dinghuo.cli import parser
from dinghuo.commands import source
from dinghuo.commands.source import read_tariffs
from dinghuo.exchange.online_retail.errors import FileRefused
from dinghuo.journey.allocation.models import Allocation
from dinghuo.journey.allocation.operations import allocate_orders
from dinghuo.journey.allocation.sourcing.explanation import Reason
from dinghuo.journey.allocation.sourcing_orders import Limits, Simulated, Tariff, TariffsWrong, reached, simulate
from dinghuo.reference.models import Customer, Product, Warehouse
from tests.builders import a_customer, a_product, a_released_order, a_warehouse, some_stock
from tests.journey.allocation.conftest import Room, room

__all__ = ["room"]


def tariff(warehouse: Warehouse, shipment: int, *, kg: int = 0, unit: int = 0, country: str = "") -> Tariff:
    return Tariff(warehouse.code, country, Decimal(shipment), Decimal(kg), Decimal(unit))


def simulated(room: Room, tariffs: Sequence[Tariff], capacities: dict[str, int] | None = None) -> Simulated:
    return simulate(company_id=room.company.id, order_ids=None, tariffs=tariffs, limits=Limits(capacities=capacities))


def an_order(room: Room, *lines: tuple[Product, int], customer: Customer | None = None) -> int:
    return a_released_order(room.act, customer or room.customer, room.warehouse, list(lines))


def test_two_shipments_give_way_to_one_that_costs_less(room: Room) -> None:
    tea, cup, far = room.product, a_product(room.company), a_warehouse(room.company, priority=9)
    room.stock(10)
    some_stock(room.act, far, tea, 5)
    some_stock(room.act, far, cup, 5)
    order_id = an_order(room, (tea, 5), (cup, 4))
    found = simulated(room, [tariff(room.warehouse, 20), tariff(far, 20, unit=1)])
    assert {(line, site): units for (line, site), units in found.found.plan.items()} == {
        (line.id, far.code): int(line.wanted) for line in found.lines
    }
    assert {line.order_id for line in found.lines} == {order_id}
    best = reached(found, found.found.plan)
    assert (best.units, best.shipments, best.cost.total) == (Decimal(9), 1, Decimal(29))
    assert found.short == []


def test_what_the_best_plan_saves_is_told_beside_the_greedy_one(room: Room) -> None:
    # The first order takes the near stock that the second needs more: the far warehouse is dear for the second alone.
    abroad = a_customer(room.company, country_id="DE")
    far = a_warehouse(room.company, priority=9)
    room.stock(5)
    some_stock(room.act, far, room.product, 5)
    an_order(room, (room.product, 5))
    an_order(room, (room.product, 5), customer=abroad)
    found = simulated(room, [tariff(room.warehouse, 10), tariff(far, 12), tariff(far, 90, country="DE")])
    assert (reached(found, found.found.start).cost.total, reached(found, found.found.plan).cost.total) == (
        Decimal(100),
        Decimal(22),
    )
    assert found.saved == 78


def test_freight_is_by_weight_and_quantities_may_have_decimals(room: Room) -> None:
    Product.objects.filter(id=room.product.id).update(weight_kg=Decimal("0.4"))
    room.stock("2.5")
    room.order("1.5")
    found = simulated(room, [tariff(room.warehouse, 1, kg=10)])
    best = reached(found, found.found.plan)
    assert (best.units, best.cost.freight, best.cost.total) == (Decimal("1.5"), Decimal(6), Decimal(7))


def test_lines_that_stay_short_say_why(room: Room) -> None:
    nowhere, scarce = a_product(room.company), a_product(room.company)
    abroad = a_customer(room.company, country_id="DE")
    room.stock(5)
    some_stock(room.act, room.warehouse, scarce, 3)
    an_order(room, (nowhere, 1), (scarce, 4))
    an_order(room, (room.product, 2), customer=abroad)
    found = simulated(room, [tariff(room.warehouse, 1, country="CN")])
    products = {line.id: line.product_id for line in found.lines}
    assert {products[short.line]: (short.reason, short.missing) for short in found.short} == {
        nowhere.id: (Reason.NO_SITE_HAS_PRODUCT, 1),
        scarce.id: (Reason.STOCK_EXHAUSTED, 1),
        room.product.id: (Reason.NO_LANE_FROM_SITES, 2),
    }


def test_a_warehouse_makes_no_more_shipments_than_it_can(room: Room) -> None:
    room.stock(50)
    for _ in range(3):
        room.order(4)
    found = simulated(room, [tariff(room.warehouse, 1)], capacities={room.warehouse.code: 2})
    assert reached(found, found.found.plan).shipments == 2
    assert [short.reason for short in found.short] == [Reason.CAPACITY_EXHAUSTED]


def test_stock_that_was_given_and_warehouses_that_rest_are_left_out(room: Room) -> None:
    room.stock(6)
    closed = a_warehouse(room.company, is_active=False)
    some_stock(room.act, closed, room.product, 50)
    allocate_orders(act=room.act, order_ids=[room.order(4)])
    room.order(9)
    found = simulated(room, [tariff(room.warehouse, 1)])
    assert reached(found, found.found.plan).units == 2


def test_nothing_is_written_and_three_statements_read_it_all(room: Room) -> None:
    room.stock(50)
    for _ in range(5):
        room.order(3, 4)
    with CaptureQueriesContext(connection) as captured:
        simulated(room, [tariff(room.warehouse, 1)])
    assert len(captured) == 3
    assert not Allocation.objects.exists()


def test_tariffs_that_cannot_be_used_are_refused(room: Room) -> None:
    for tariffs, sentence in (
        ([], "There is no tariff."),
        ([Tariff("ELSEWHERE", "", Decimal(1))], "There is no active warehouse ELSEWHERE."),
        ([tariff(room.warehouse, 1), tariff(room.warehouse, 2)], f"{room.warehouse.code} has two tariffs for every other country."),
    ):
        with pytest.raises(TariffsWrong) as refusal:
            simulated(room, tariffs)
        assert refusal.value.message == sentence
    with pytest.raises(TariffsWrong):
        simulated(room, [tariff(room.warehouse, 1)], capacities={"ELSEWHERE": 1})


def test_a_file_of_tariffs_is_read_and_a_wrong_one_refused_with_the_place(tmp_path: Path) -> None:
    path = tmp_path / "tariffs.csv"
    path.write_text("warehouse,country,shipment_cost,kg_cost,unit_cost\nW1,,10,0.5,\nW1,de,12,,1\n", encoding="utf-8")
    assert read_tariffs(path) == [
        Tariff("W1", "", Decimal(10), Decimal("0.5")),
        Tariff("W1", "DE", Decimal(12), Decimal(0), Decimal(1)),
    ]
    for text, sentence in (
        ("warehouse,cost\n", "tariffs.csv, row 1: the header is not warehouse,country,shipment_cost,kg_cost,unit_cost."),
        (
            "warehouse,country,shipment_cost,kg_cost,unit_cost\nW1,,-1,,\n",
            "tariffs.csv, row 2, column shipment_cost: '-1' is not a cost from 0 up.",
        ),
        (
            "warehouse,country,shipment_cost,kg_cost,unit_cost\nW1\n",
            "tariffs.csv, row 2: has more or fewer fields than the header.",
        ),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(FileRefused) as refusal:
            read_tariffs(path)
        assert refusal.value.message == sentence
    with pytest.raises(FileRefused):
        read_tariffs(tmp_path / "absent.csv")


def test_the_command_prints_what_is_saved_and_writes_the_rest(
    room: Room, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room.stock(5)
    room.order(4)
    room.order(3)
    tariffs, target = tmp_path / "tariffs.csv", tmp_path / "out.json"
    tariffs.write_text(f"warehouse,country,shipment_cost,kg_cost,unit_cost\n{room.warehouse.code},,10,,1\n", encoding="utf-8")
    asked = ["source", "orders", "--company", room.company.code, "--tariffs", str(tariffs), "--json", str(target)]
    assert source.run(parser().parse_args(asked)) == 0
    assert capsys.readouterr().out.splitlines() == [
        "best    5 units in 2 shipments, cost 25.000",
        "greedy  5 units in 2 shipments, cost 25.000",
        "result  saves 0.000; the best there is",
        "short   1 lines stock_exhausted",
    ]
    assert json.loads(target.read_text(encoding="utf-8"))["best"]["cost"] == "25.000"
