"""The seven files as a test writes them, and an account of them that shares no code with the reader."""

import csv
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

REAL_FOLDER = Path(__file__).parents[3].parent / "shared" / "data" / "allocation_brunel"

HEADERS = {
    "OrderList_sample": "Order ID,Order Date,Origin Port,Carrier,TPT,Service Level,Ship ahead day count,Ship Late Day count,"
    "Customer,Product ID,Plant Code,Destination Port,Unit quantity,Weight",
    "FreightRates": "Carrier,orig_port_cd,dest_port_cd,minm_wgh_qty,max_wgh_qty,svc_cd,minimum cost,rate,mode_dsc,tpt_day_cnt,"
    "Carrier type",
    "PlantPorts": "Plant Code,Port",
    "ProductsPerPlant": "Plant Code,Product ID",
    "VmiCustomers": "Plant Code,Customers",
    "WhCapacities": "Plant ID,Daily Capacity",
    "WhCosts": "WH,Cost/unit",
}


def order(
    number: str,
    product: str,
    *,
    customer: str = "C1",
    service: str = "DTD",
    units: int = 10,
    weight: str = "5",
    carrier: str = "K1",
) -> str:
    """A row of the orders."""
    return f"{number},2013-05-26,P1,{carrier},1,{service},0,0,{customer},{product},A,Z,{units},{weight}"


def rate(
    port: str,
    *,
    carrier: str = "K1",
    least: str = "0",
    most: str = "99.99",
    service: str = "DTD",
    minimum: str = "3",
    price: str = "1",
) -> str:
    """A row of the rates."""
    return f"{carrier},{port},Z,{least},{most},{service},{minimum},{price},AIR,1,T"


def write_day(folder: Path, orders: list[str], **rows: list[str]) -> Path:
    """Write a small day: plants A (port P1), B (port P2, for C2 alone) and D (port P3, from which no lane leads) all make `tea`."""
    contents = {
        "OrderList_sample": orders,
        "FreightRates": [rate("P1"), rate("P2", price="2")],
        "PlantPorts": ["A,P1", "B,P2", "D,P3"],
        "ProductsPerPlant": ["A,tea", "B,tea", "D,tea", "B,cup", "D,pot", "A,bag"],
        "VmiCustomers": ["B,C2"],
        "WhCapacities": ["A,2", "B,5", "D,5"],
        "WhCosts": ["A,0.5", "B,0.25", "D,0.1"],
    } | rows
    for name, lines in contents.items():
        (folder / f"{name}.csv").write_text("\n".join([HEADERS[name], *lines, ""]), encoding="utf-8")
    return folder


def table(folder: Path, name: str) -> list[dict[str, str]]:
    """The rows of a file as they are."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def checked(folder: Path, account: dict[str, Any], *, keeps_carrier: bool) -> None:
    """Hold an account to the raw files: every limit kept, every amount recomputed, every order accounted for once."""
    orders = {row["Order ID"]: row for row in table(folder, "OrderList_sample")}
    assert {row["order"] for row in account["served"]} | {row["order"] for row in account["unserved"]} == set(orders)
    assert len(account["served"]) + len(account["unserved"]) == len(orders)
    capacity = {row["Plant ID"]: int(row["Daily Capacity"]) for row in table(folder, "WhCapacities")}
    for plant, sent in Counter(row["plant"] for row in account["served"]).items():
        assert sent <= capacity[plant], plant
    unit_cost = {row["WH"]: Decimal(row["Cost/unit"]) for row in table(folder, "WhCosts")}
    freight, warehouse, units = Decimal(0), Decimal(0), 0
    for row in account["served"]:
        placed = orders[row["order"]]
        price = cheapest(folder, placed, row["plant"], keeps_carrier=keeps_carrier)
        assert price is not None, row
        assert abs(Decimal(row["freight"]) - price) < Decimal("0.001")
        freight += price
        warehouse += unit_cost[row["plant"]] * int(placed["Unit quantity"])
        units += int(placed["Unit quantity"])
    assert account["units_served"] == units
    for kind, money in (("freight", freight), ("warehouse", warehouse), ("total", freight + warehouse)):
        assert abs(Decimal(account["cost"][kind]) - money) < Decimal("0.001"), kind
    for row in account["unserved"]:
        check_reason(folder, orders[row["order"]], row, keeps_carrier=keeps_carrier)


TABLES: dict[tuple[object, ...], Any] = {}


def network(folder: Path) -> Any:
    """What every check looks up, read once."""
    if (folder, "network") not in TABLES:
        makers, ports, bound, lanes = defaultdict(set), defaultdict(set), defaultdict(set), defaultdict(list)
        for row in table(folder, "ProductsPerPlant"):
            makers[row["Product ID"]].add(row["Plant Code"])
        for row in table(folder, "PlantPorts"):
            ports[row["Plant Code"]].add(row["Port"])
        for row in table(folder, "VmiCustomers"):
            bound[row["Plant Code"]].add(row["Customers"])
        for row in table(folder, "FreightRates"):
            lanes[row["orig_port_cd"], row["dest_port_cd"]].append(row)
        TABLES[folder, "network"] = (makers, ports, bound, lanes)
    return TABLES[folder, "network"]


def cheapest(folder: Path, placed: dict[str, str], plant: str, *, keeps_carrier: bool) -> Decimal | None:
    """What the freight of an order from a plant costs at least; None when it cannot come from there."""
    makers, ports, bound, lanes = network(folder)
    if plant not in makers[placed["Product ID"]] or (bound[plant] and placed["Customer"] not in bound[plant]) or not ports[plant]:
        return None
    if placed["Service Level"] == "CRF":
        return Decimal(0)
    weight = Decimal(placed["Weight"])
    prices = [
        max(Decimal(lane["minimum cost"]), Decimal(lane["rate"]) * weight)
        for port in ports[plant]
        for lane in lanes[port, placed["Destination Port"]]
        if lane["svc_cd"] == placed["Service Level"]
        and Decimal(lane["minm_wgh_qty"]) <= weight <= Decimal(lane["max_wgh_qty"])
        and (not keeps_carrier or lane["Carrier"] == placed["Carrier"])
    ]
    return min(prices, default=None)


def check_reason(folder: Path, placed: dict[str, str], row: dict[str, Any], *, keeps_carrier: bool) -> None:
    """Hold the reason of an order that is not served to the raw files."""
    makers = network(folder)[0]
    possible = {
        plant for plant in makers[placed["Product ID"]] if cheapest(folder, placed, plant, keeps_carrier=keeps_carrier) is not None
    }
    assert (row["reason"] == "capacity_exhausted") == bool(possible), row
    if not possible:
        assert set(row["obstacles"]) == set(makers[placed["Product ID"]])
        return
    plants = set(row["proof"]["plants"])
    assert possible <= plants
    key = (folder, "wanted", keeps_carrier, tuple(sorted(plants)))
    if key not in TABLES:
        TABLES[key] = wanted_only_of(folder, plants, keeps_carrier=keeps_carrier)
    capacity = {each["Plant ID"]: int(each["Daily Capacity"]) for each in table(folder, "WhCapacities")}
    assert row["proof"]["capacity"] == sum(capacity[plant] for plant in plants) < row["proof"]["wanted"] == TABLES[key]


def wanted_only_of(folder: Path, plants: set[str], *, keeps_carrier: bool) -> int:
    """How many orders can come from some plants and from no other."""
    makers = network(folder)[0]
    count = 0
    for placed in table(folder, "OrderList_sample"):
        possible = {
            plant
            for plant in makers[placed["Product ID"]]
            if cheapest(folder, placed, plant, keeps_carrier=keeps_carrier) is not None
        }
        count += bool(possible) and possible <= plants
    return count
