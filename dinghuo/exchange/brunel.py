"""The Supply Chain Logistics Problem of Brunel University as a sourcing problem: one day's orders, plants, ports and rates.

Seven CSV files in one folder. An order is one product and ships from one plant in full. What the publisher says and what is our
reading of it stands in docs/rules/sourcing.md.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from dinghuo.exchange.online_retail.errors import FileRefused, shown
from dinghuo.journey.allocation.sourcing.explanation import Reason
from dinghuo.journey.allocation.sourcing.problem import Goal, Line, Option, Problem, Site

ORDERS, RATES, PORTS = "OrderList_sample.csv", "FreightRates.csv", "PlantPorts.csv"
PRODUCTS, BOUND, CAPACITIES, COSTS = "ProductsPerPlant.csv", "VmiCustomers.csv", "WhCapacities.csv", "WhCosts.csv"
# Freight that the customer refers to a carrier of its own: it pays it, and no lane of ours is needed.
CUSTOMERS_FREIGHT = "CRF"
ROWS_MAX = 1_000_000
DIGITS_MAX = 30
NUMBER_MAX = 10**12


@dataclass(frozen=True, slots=True)
class Order:
    """An order of the day: weight in kilograms, service DTD, DTP or CRF."""

    id: str
    placed_on: str
    customer: str
    product: str
    destination: str
    service: str
    carrier: str
    units: int
    weight: Decimal


@dataclass(frozen=True, slots=True)
class Rate:
    """A carrier's price on a lane for weights from and to, both included: so much a kilogram, and a least charge."""

    carrier: str
    weight_min: Decimal
    weight_max: Decimal
    minimum: Decimal
    rate: Decimal
    days: int

    def price(self, weight: Decimal) -> Decimal:
        """What the carrier asks for a weight."""
        return max(self.minimum, self.rate * weight)


Lane = tuple[str, str, str]
"""From port, to port, service."""


@dataclass(frozen=True)
class Network:
    """The plants: what each makes, where its goods leave, for whom alone it works, what it can do in a day and asks for a unit."""

    ports: Mapping[str, Sequence[str]]
    makers: Mapping[str, Sequence[str]]
    bound: Mapping[str, frozenset[str]]
    capacities: Mapping[str, int]
    costs: Mapping[str, Decimal]
    rates: Mapping[Lane, Sequence[Rate]]


@dataclass(frozen=True, slots=True)
class Route:
    """How an order would leave a plant; port and carrier are empty where the customer's own carrier collects."""

    port: str
    carrier: str
    freight: Decimal


@dataclass(frozen=True)
class Day:
    """The day as a sourcing problem; a line's id is its order's place in the file, from 0."""

    orders: Sequence[Order]
    problem: Problem
    routes: Mapping[tuple[int, str], Route]
    obstacles: Mapping[int, Mapping[str, Reason]] = field(default_factory=dict)


def read_day(folder: Path, *, keeps_carrier: bool = False) -> Day:
    """Read the seven files; with `keeps_carrier` an order leaves only with the carrier that it names.

    Raises FileRefused for a missing file or column, a number that is none, or a plant without capacity or cost.
    """
    orders, network = read_orders(folder), read_network(folder)
    routes: dict[tuple[int, str], Route] = {}
    obstacles: dict[int, dict[str, Reason]] = defaultdict(dict)
    for place, order in enumerate(orders):
        for plant in network.makers.get(order.product, ()):
            found = route_or_obstacle(network, order, plant, keeps_carrier=keeps_carrier)
            if isinstance(found, Route):
                routes[place, plant] = found
            else:
                obstacles[place][plant] = found
    problem = Problem(
        lines=[Line(place, place, order.product, order.units, is_whole=True) for place, order in enumerate(orders)],
        sites=[Site(plant, shipments_max=most) for plant, most in network.capacities.items()],
        options=[Option(place, plant, handling=network.costs[plant]) for place, plant in routes],
        shipment_costs={trip: route.freight for trip, route in routes.items()},
        goals=(Goal.LINES, Goal.UNITS, Goal.COST),
    )
    return Day(orders, problem, routes, obstacles)


def route_or_obstacle(network: Network, order: Order, plant: str, *, keeps_carrier: bool) -> Route | Reason:
    """The cheapest way for an order to leave a plant, or the first thing that stands in its way."""
    if plant in network.bound and order.customer not in network.bound[plant]:
        return Reason.SITES_BOUND_TO_OTHERS
    ports = network.ports.get(plant, ())
    if ports and order.service == CUSTOMERS_FREIGHT:
        return Route("", "", Decimal(0))
    lanes = {lane: rates for lane, rates in network.rates.items() if lane[0] in ports and lane[1] == order.destination}
    if not lanes:
        return Reason.NO_LANE_FROM_SITES
    serving = [(lane[0], rate) for lane, rates in lanes.items() if lane[2] == order.service for rate in rates]
    if not serving:
        return Reason.NO_LANE_WITH_SERVICE
    carried = [(port, rate) for port, rate in serving if not keeps_carrier or rate.carrier == order.carrier]
    if not carried:
        return Reason.NO_LANE_OF_CARRIER
    fitting = [(port, rate) for port, rate in carried if rate.weight_min <= order.weight <= rate.weight_max]
    if not fitting:
        return Reason.NO_WEIGHT_BRACKET
    price, _, port, carrier = min((rate.price(order.weight), rate.days, port, rate.carrier) for port, rate in fitting)
    return Route(port, carrier, price)


def read_orders(folder: Path) -> Sequence[Order]:
    """Read the orders; raises FileRefused for an order named twice or a second day, as capacities are of one."""
    rows = [
        Order(
            id=row.text("Order ID"),
            placed_on=row.text("Order Date"),
            customer=row.text("Customer"),
            product=row.text("Product ID"),
            destination=row.text("Destination Port"),
            service=row.text("Service Level"),
            carrier=row.text("Carrier"),
            units=row.count("Unit quantity", least=1),
            weight=row.number("Weight"),
        )
        for row in records(folder / ORDERS)
    ]
    if len({order.id for order in rows}) < len(rows):
        raise FileRefused(ORDERS, "an order is named twice", column="Order ID")
    if len({order.placed_on for order in rows}) > 1:
        raise FileRefused(ORDERS, "the orders are of more than one day", column="Order Date")
    return rows


def read_network(folder: Path) -> Network:
    """Read the plants and the rates; raises FileRefused for a plant that ships but has no capacity or cost."""
    capacities = {row.text("Plant ID"): row.count("Daily Capacity") for row in records(folder / CAPACITIES)}
    costs = {row.text("WH"): row.number("Cost/unit") for row in records(folder / COSTS)}
    ports = grouped(folder / PORTS, "Plant Code", "Port")
    for plant in ports:
        if plant not in capacities or plant not in costs:
            raise FileRefused(CAPACITIES if plant in costs else COSTS, f"{plant} ships from a port but is not here")
    rates: dict[Lane, list[Rate]] = defaultdict(list)
    for row in records(folder / RATES):
        lane = (row.text("orig_port_cd"), row.text("dest_port_cd"), row.text("svc_cd"))
        rates[lane].append(
            Rate(
                carrier=row.text("Carrier"),
                weight_min=row.number("minm_wgh_qty"),
                weight_max=row.number("max_wgh_qty"),
                minimum=row.number("minimum cost"),
                rate=row.number("rate"),
                days=row.count("tpt_day_cnt"),
            )
        )
    bound = {plant: frozenset(customers) for plant, customers in grouped(folder / BOUND, "Plant Code", "Customers").items()}
    return Network(ports, grouped(folder / PRODUCTS, "Product ID", "Plant Code"), bound, capacities, costs, rates)


@dataclass(frozen=True, slots=True)
class Record:
    """A row of a file that knows its place, so that a refusal can name it."""

    file: str
    row: int
    values: Mapping[str, str]

    def text(self, column: str) -> str:
        """A value that must be there, without the blanks around it."""
        value = (self.values.get(column) or "").strip()
        if not value:
            raise FileRefused(self.file, "there is no value", row=self.row, column=column)
        return value

    def number(self, column: str) -> Decimal:
        """A number that is not negative."""
        value = self.text(column)
        try:
            number = Decimal(value) if len(value) <= DIGITS_MAX else Decimal("NaN")
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or not 0 <= number <= NUMBER_MAX:
            raise FileRefused(self.file, f"{shown(value)} is not a number from 0 up", row=self.row, column=column)
        return number

    def count(self, column: str, *, least: int = 0) -> int:
        """A whole number, at least so many."""
        number = self.number(column)
        if number != number.to_integral_value() or number < least:
            raise FileRefused(self.file, f"{number} is not a whole number from {least} up", row=self.row, column=column)
        return int(number)


def grouped(path: Path, key: str, value: str) -> Mapping[str, Sequence[str]]:
    """The values of one column by those of another, each once, as the file has them."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for row in records(path):
        found[row.text(key)][row.text(value)] = None
    return {group: tuple(members) for group, members in found.items()}


def records(path: Path) -> Iterator[Record]:
    """The rows of one file; raises FileRefused when it is not there or is no UTF-8 text with a header and even rows."""
    try:
        yield from rows_of(path)
    except OSError as fault:
        raise FileRefused(path.name, f"cannot be read: {fault.strerror or 'no such file'}") from fault
    except (UnicodeDecodeError, csv.Error) as fault:
        raise FileRefused(path.name, "is not CSV in UTF-8") from fault


def rows_of(path: Path) -> Iterator[Record]:
    """Read a file row by row; the header is row 1."""
    with path.open(encoding="utf-8-sig", newline="") as source:
        reader = csv.DictReader(source, strict=True)
        for number, values in enumerate(reader, 2):
            if None in values or None in values.values():
                raise FileRefused(path.name, "has more or fewer fields than the header", row=number)
            if number > ROWS_MAX:
                raise FileRefused(path.name, f"has more than {ROWS_MAX} rows", row=number)
            yield Record(path.name, number, values)
