"""The bench at its smallest: it compares like with like, and says so when it does not."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections

from dinghuo.bench import ageing, floor, journey, place, report
from dinghuo.bench.counting import growing
from dinghuo.bench.race import PRODUCT
from dinghuo.bench.rows import Left, differences
from dinghuo.bench.run import FLOORS, Findings, Plan, as_data, as_text, bench
from dinghuo.bench.scarcity import STATEMENTS, Scarcity, as_lines, scarcity
from dinghuo.bench.world import make_world
from dinghuo.commands import bench as command
from dinghuo.kernel import sql
from dinghuo.web import databases

TINY = Plan(
    rounds=1,
    orders=2,
    set_rounds=1,
    lines=(1, 3),
    warm_up=0,
    reviews=((3, 2), (1, 30)),
    bank_payments=40,
    events=300,
    aged_items=400,
)


@pytest.fixture(scope="module")
def where(database_addresses: dict[str, str]) -> place.Place:
    """The tests' own database, which goes with the tests."""
    return place.Place("tests", database_addresses["application"], is_own=False)


@pytest.fixture(scope="module")
def found(where: place.Place, django_db_setup: None, django_db_blocker: Any) -> Iterator[Findings]:
    """What one tiny bench found."""
    with django_db_blocker.unblock():
        yield bench(where, TINY, lambda _: None)
        connections.close_all()


def test_the_product_and_both_floors_leave_the_same_rows(found: Findings) -> None:
    assert list(found.differences) == []


def test_the_journey_leaves_rows_in_the_tables_of_every_stage(found: Findings) -> None:
    written = {
        "sales_order_line", "review_finding", "allocation", "shipment_line", "carrier_booking", "package", "tracking_event",
        "stock_move", "sales_invoice_line", "receivable", "payment_application", "journal_line", "promise", "notification", "event",
    }  # fmt: skip
    assert written - found.rows.keys() == set()


def test_no_operation_sends_more_statements_for_more_or_longer_orders(found: Findings) -> None:
    assert growing(found.counts) == []


def test_every_operation_of_the_journey_is_counted(found: Findings) -> None:
    expected = {"enter_orders", *(name for steps in journey.STAGES.values() for name in steps)}
    assert set(report.counts_by_operation(found.counts)["submit_orders"].values()) == {3}
    assert {name for name, counts in report.counts_by_operation(found.counts).items() if min(counts.values()) > 0} == expected


def test_the_report_holds_each_size_with_its_ratios(found: Findings, where: place.Place, committed: None) -> None:
    data = json.loads(json.dumps(as_data(where, TINY, found)))
    for races in (data["single"], data["sets"]):
        assert list(races) == ["1", "3"]
        measured = found.single if races is data["single"] else found.sets
        for lines, figures in races.items():
            # Computed anew from the seconds, so that it holds however loaded the machine was.
            ms = {way: times.journey_ms() for way, times in measured[int(lines)].items()}
            assert figures["ratio_to_by_hand"] == round(ms[PRODUCT] / ms["by_hand"], 2)
            assert figures["ratio_to_one_call"] == round(ms[PRODUCT] / ms["one_call"], 2)
            assert all(figures[way]["orders_per_second"] == round(1000 / ms[way], 1) for way in (PRODUCT, *FLOORS))
    assert data["machine"]["processors"] >= 1
    assert int(data["server"]["server_version"].partition(".")[0]) >= 16
    assert any(line.startswith("post_invoices") for line in as_text(TINY, found))


def test_review_by_itself_is_measured_with_fifteen_rules_in_a_fixed_number_of_statements(found: Findings) -> None:
    assert [(row.orders, row.lines) for row in found.reviews] == [(3, 2), (1, 30)]
    assert {row.rules for row in found.reviews} == {15}
    assert len({row.statements for row in found.reviews}) == 1
    for row, figures in zip(found.reviews, report.review_figures(found.reviews), strict=True):
        assert figures["ratio_to_by_hand"] == round(row.seconds / row.by_hand_seconds, 2)
    assert any(line.startswith("3 x 2") for line in as_text(TINY, found))


def test_carriers_events_told_twice_and_shuffled_are_all_there_once(found: Findings) -> None:
    intake = found.intake
    assert (intake.told, intake.different, intake.rows, intake.lost, intake.doubled) == (300, 150, 150, 0, 0)
    assert intake.delivered == 6


def test_every_hand_made_statement_has_its_place_in_a_stage() -> None:
    files = {path.stem for path in (Path(sql.PACKAGE) / "bench" / "sql").glob("*.sql")}
    assert files - STATEMENTS - ageing.STATEMENTS == {name for names in floor.STAGES.values() for name in names}
    assert floor.STAGES.keys() == journey.STAGES.keys()


def test_a_row_too_few_and_a_cent_too_much_are_told() -> None:
    ours: Left = {"event": {"rows": 2, "kind OrderReleased": 2}, "payment": {"rows": 1, "sum of amount": "10.01"}}
    theirs: Left = {"event": {"rows": 1, "kind OrderReleased": 1}, "payment": {"rows": 1, "sum of amount": "10.00"}}
    assert differences(ours, ours) == []
    assert len(differences(ours, theirs)) == 3
    assert len(differences(ours, {})) == 4


def test_an_operation_that_asks_for_each_order_is_told() -> None:
    counts = {(1, 5): {"pay": 2, "post": 3}, (30, 5): {"pay": 31, "post": 3}}
    assert growing(counts) == ["pay"]


def test_a_database_of_its_own_is_dropped_afterwards(database_addresses: dict[str, str], committed: None) -> None:
    before = dict(connections["default"].settings_dict)
    superuser, application, owner = (database_addresses[role] for role in ("superuser", "application", "owner"))
    with place.somewhere(superuser, application, owner) as own:
        assert own.is_own
        make_world("bench-own")
        assert databases_named(superuser, own.database) == 1
    assert databases_named(superuser, own.database) == 0
    assert connections["default"].settings_dict["NAME"] == before["NAME"]


def databases_named(address: str, name: str) -> int:
    with psycopg.connect(address) as session:
        return len(session.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchall())


def test_the_command_measures_where_it_may_not_make_a_database(
    database_addresses: dict[str, str], committed: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_addresses["owner"])
    monkeypatch.setenv(databases.OWNER_ADDRESS, database_addresses["owner"])
    monkeypatch.setenv(databases.APPLICATION_ADDRESS, database_addresses["application"])
    monkeypatch.setattr(command, "Plan", lambda rounds, orders, events: Plan(rounds, orders, 1, (1,), 0, ((2, 1),), events=events))

    assert command.run(argparse.Namespace(json=True, rounds=1, orders=2, lines=0, events=100)) == 0

    printed = capsys.readouterr()
    assert json.loads(printed.out)["differences"] == []
    assert "no right to make a database" in printed.err


def test_scarce_stock_is_measured_and_nothing_fails(committed: None) -> None:
    small = Scarcity(lines=400, products=40, warehouses=2, batch_lines=400, beside=3, workers=4, hot_products=25, hot_orders=8)
    found = scarcity(small, lambda _: None)
    assert (found["default_run"]["lines"], found["heavy_run"]["lines"]) == (400, 400)
    assert all(0 < found[name]["bytes_a_line"] < 200 for name in ("default_run", "heavy_run"))
    assert found["batch"]["state"] == "posted"
    assert found["batch"]["orders_beside"] >= 1
    assert found["hot_products"]["faults"] == 0
    assert len(as_lines(found)) == 5


def test_the_ageing_that_is_measured_comes_to_what_is_owed(found: Findings) -> None:
    assert found.ageing["items"] == TINY.aged_items
    today, *past = found.ageing["days"]
    assert today["customers"] > 0
    assert {day["owed"] for day in past} != {today["owed"]}
    assert any(line.startswith("Ageing of a day over 400") for line in as_text(TINY, found))
