"""`dinghuo source brunel`: small days written by the test, the published day where it is at hand, and files that are wrong."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dinghuo import cli
from dinghuo.exchange.brunel import read_day
from dinghuo.exchange.online_retail.errors import FileRefused
from tests.exchange.brunel.files import REAL_FOLDER, checked, order, rate, write_day

needs_the_real_folder = pytest.mark.skipif(
    not REAL_FOLDER.is_dir(), reason="the public data set is not beside the project (../shared/data/allocation_brunel)"
)


def sourced(folder: Path, target: Path, *options: str) -> dict[str, Any]:
    """The account of a day, as the command writes it."""
    assert cli.main(["source", "brunel", str(folder), "--json", str(target), *options]) == 0
    account: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
    return account


def test_a_day_is_served_at_least_cost_and_every_amount_adds_up(tmp_path: Path) -> None:
    orders = [order("1", "tea"), order("2", "tea", customer="C2", weight="0.5"), order("3", "tea", units=7, weight="50")]
    account = sourced(write_day(tmp_path, orders), tmp_path / "out.json")
    # A alone serves C1, for 0.5 a unit; B serves C2 for 0.25. Freight is the weight, or the least charge of 3.
    assert {row["order"]: row["plant"] for row in account["served"]} == {"1": "A", "2": "B", "3": "A"}
    assert account["cost"] == {"freight": "58.0000", "warehouse": "11.0000", "total": "69.0000"}
    checked(tmp_path, account, keeps_carrier=False)


def test_every_reason_is_the_true_one(tmp_path: Path) -> None:
    orders = [
        order("unknown", "jug"),
        order("bound", "cup"),
        order("no lane", "pot"),
        order("no service", "bag", service="DTP"),
        order("too heavy", "bag", weight="100"),
        *(order(f"many {each}", "bag", units=each) for each in (1, 2, 3)),
    ]
    account = sourced(write_day(tmp_path, orders), tmp_path / "out.json")
    assert {row["order"]: row["reason"] for row in account["unserved"]} == {
        "unknown": "no_site_has_product",
        "bound": "sites_bound_to_others",
        "no lane": "no_lane_from_sites",
        "no service": "no_lane_with_service",
        "too heavy": "no_weight_bracket",
        "many 1": "capacity_exhausted",
    }
    assert account["proofs"] == [{"plants": ["A"], "measure": "shipments", "capacity": 2, "wanted": 3, "orders_explained": 1}]
    checked(tmp_path, account, keeps_carrier=False)


def test_an_order_that_keeps_its_carrier_needs_a_lane_of_it(tmp_path: Path) -> None:
    write_day(tmp_path, [order("1", "bag", carrier="K2"), order("2", "bag")])
    assert sourced(tmp_path, tmp_path / "any.json")["orders_served"] == 2
    account = sourced(tmp_path, tmp_path / "kept.json", "--keep-carrier")
    assert {row["order"]: row["reason"] for row in account["unserved"]} == {"1": "no_lane_of_carrier"}
    checked(tmp_path, account, keeps_carrier=True)


def test_goods_that_the_customer_has_fetched_cost_no_freight(tmp_path: Path) -> None:
    account = sourced(write_day(tmp_path, [order("1", "pot", service="CRF")]), tmp_path / "out.json")
    assert account["served"] == [
        {"order": "1", "plant": "D", "port": "", "carrier": "", "units": 10, "freight": "0.0000", "warehouse": "1.0000"}
    ]


def test_the_cheapest_rate_that_covers_the_weight_is_taken(tmp_path: Path) -> None:
    rates = [rate("P1", price="2"), rate("P1", carrier="K2", price="0.8"), rate("P1", carrier="K3", price="0.1", most="4.99")]
    account = sourced(write_day(tmp_path, [order("1", "bag", weight="5")], FreightRates=rates), tmp_path / "out.json")
    assert [(row["carrier"], row["freight"]) for row in account["served"]] == [("K2", "4.0000")]


def test_units_come_before_cost_and_orders_before_units(tmp_path: Path) -> None:
    orders = [order("small", "bag", units=1), order("large", "bag", units=9), order("middle", "bag", units=5)]
    account = sourced(write_day(tmp_path, orders), tmp_path / "out.json")
    assert {row["order"] for row in account["served"]} == {"large", "middle"}
    assert (account["greedy"]["orders_served"], account["greedy"]["units_served"]) == (2, 10)


@pytest.mark.parametrize(
    ("name", "rows", "sentence"),
    [
        ("WhCosts", ["A,0.5", "B,0.25"], "WhCosts.csv: D ships from a port but is not here."),
        (
            "WhCapacities",
            ["A,2", "B,5", "D,five"],
            "WhCapacities.csv, row 4, column Daily Capacity: 'five' is not a number from 0 up.",
        ),
        (
            "WhCapacities",
            ["A,2.5", "B,5", "D,5"],
            "WhCapacities.csv, row 2, column Daily Capacity: 2.5 is not a whole number from 0 up.",
        ),
        ("WhCosts", ["A,-1", "B,1", "D,1"], "WhCosts.csv, row 2, column Cost/unit: '-1' is not a number from 0 up."),
        (
            "WhCosts",
            ["A,1e999999999", "B,1", "D,1"],
            "WhCosts.csv, row 2, column Cost/unit: '1e999999999' is not a number from 0 up.",
        ),
        ("PlantPorts", ["A,P1,P2"], "PlantPorts.csv, row 2: has more or fewer fields than the header."),
        ("VmiCustomers", ["B,"], "VmiCustomers.csv, row 2, column Customers: there is no value."),
        (
            "OrderList_sample",
            [order("1", "tea"), order("1", "tea")],
            "OrderList_sample.csv, column Order ID: an order is named twice.",
        ),
        (
            "OrderList_sample",
            [order("1", "tea"), order("2", "tea").replace("2013-05-26", "2013-05-27")],
            "OrderList_sample.csv, column Order Date: the orders are of more than one day.",
        ),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_the_place(tmp_path: Path, name: str, rows: list[str], sentence: str) -> None:
    write_day(tmp_path, [order("1", "tea")])
    write_day(tmp_path, [order("1", "tea")], **{name: rows}) if name != "OrderList_sample" else write_day(tmp_path, rows)
    with pytest.raises(FileRefused) as refusal:
        read_day(tmp_path)
    assert refusal.value.message == sentence


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_day(tmp_path, [order("1", "tea")])
    (tmp_path / "WhCosts.csv").write_bytes(b"WH,Cost/unit\nA,\xff\n")
    assert cli.main(["source", "brunel", str(tmp_path)]) == 2
    (tmp_path / "WhCosts.csv").unlink()
    assert cli.main(["source", "brunel", str(tmp_path)]) == 2
    refusals = capsys.readouterr().err
    assert "WhCosts.csv: is not CSV in UTF-8." in refusals
    assert "WhCosts.csv: cannot be read: No such file or directory." in refusals


@pytest.mark.parametrize("option", ["--seconds=soon", "--seed=-1", "--seconds=1e9"])
def test_an_option_that_is_no_number_is_refused(tmp_path: Path, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["source", "brunel", str(tmp_path), option])
    assert ended.value.code == 2
    assert "is not a whole number from 0 up" in capsys.readouterr().err


def test_the_command_needs_no_database_and_prints_for_people(tmp_path: Path) -> None:
    write_day(tmp_path, [order("1", "bag"), order("2", "jug")])
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[3]), "DATABASE_URL": "host=nowhere.invalid"}
    command = [sys.executable, "-m", "dinghuo", "source", "brunel", str(tmp_path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert lines[:3] == [
        "orders  1 of 2 served, 1 not",
        "units   10 of 20",
        "cost    freight 5.0000, warehouse 5.0000, total 10.0000",
    ]
    assert "not     1 no_site_has_product: no plant makes the product" in lines


@needs_the_real_folder
@pytest.mark.parametrize(
    ("options", "orders", "units", "total", "reasons"),
    [
        ([], 1582, 9_025_853, "4739531.6254", {"capacity_exhausted": 1243}),
        (["--keep-carrier"], 1209, 8_607_104, "4546588.9188", {"capacity_exhausted": 1213, "no_weight_bracket": 403}),
    ],
)
def test_the_published_day_is_served_as_far_as_it_can_be(
    tmp_path: Path, options: list[str], orders: int, units: int, total: str, reasons: dict[str, int]
) -> None:
    account = sourced(REAL_FOLDER, tmp_path / "out.json", *options)
    assert (account["orders_served"], account["units_served"], account["cost"]["total"]) == (orders, units, total)
    assert account["unserved_by_reason"] == reasons
    assert account["proven"]
    assert account["greedy"]["orders_served"] <= orders
    checked(REAL_FOLDER, account, keeps_carrier=bool(options))
    again = sourced(REAL_FOLDER, tmp_path / "again.json", *options)
    assert again["served"] == account["served"]
