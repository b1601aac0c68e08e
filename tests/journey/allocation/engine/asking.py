"""Short ways to ask the engine: lines, stock, and a plan that has been proved."""

from collections.abc import Sequence
from typing import Any

from dinghuo.journey.allocation.rules.engine import plan, prepared
from dinghuo.journey.allocation.rules.problem import Demand, Network, Plan, Policy, Problem, Share, Stock, Strategy
from dinghuo.journey.allocation.rules.replay import replayed

TODAY = 740000
NOWHERE = Network()
SHARE_OUT = Strategy.REDISTRIBUTE


def wants(line_id: int, units: int, **rest: Any) -> Demand:
    """A line of an order and customer of its own, entered in the order of the ids, for product 1."""
    known: dict[str, Any] = {"order_id": line_id, "customer_id": line_id, "product_id": 1, "entered": line_id}
    return Demand(line_id=line_id, wanted=units, **(known | rest))


def holds(line_id: int, units: int, confirmed: int, **rest: Any) -> Demand:
    """A line that has units confirmed already, in warehouse 1 without a lot."""
    places = (Share(1, 0, confirmed),) if confirmed else ()
    return wants(line_id, units, confirmed=confirmed, places=places, **rest)


def lies(units: int, warehouse: int = 1, lot: int = 0, product: int = 1, **rest: Any) -> Stock:
    """Free units of a level."""
    return Stock(warehouse_id=warehouse, product_id=product, lot_id=lot, free=units, **rest)


def planned(policy: Policy, demands: Sequence[Demand], stock: Sequence[Stock], network: Network = NOWHERE, **rest: Any) -> Plan:
    """The plan, after its invariants, its input turned around and a second run have been looked at."""
    ready = prepared(policy, network)
    problem = Problem(TODAY, demands, stock, **rest)
    found = plan(ready, problem)
    assert found.broken == ()
    assert replayed(ready, problem, found) == ()
    return found


def given(found: Plan) -> list[int]:
    """Units by line, in order of the line ids."""
    return [decision.given for decision in found.decisions]


def free(found: Plan) -> int:
    """Units that nobody got."""
    return sum(stock.free for stock in found.left)


def places(found: Plan, line_id: int) -> dict[tuple[int, int], int]:
    """Units of a line by warehouse and lot."""
    decision = next(one for one in found.decisions if one.line_id == line_id)
    return {(share.warehouse_id, share.lot_id): share.units for share in decision.shares}


def reasons(found: Plan) -> list[str]:
    """The reason of each line, in order of the line ids."""
    return [decision.reason.name for decision in found.decisions]


# Base case of the catalogue: 100 units, three lines entered in this order.
BASE = [wants(1, 60), wants(2, 50), wants(3, 40)]
HUNDRED = [lies(100)]
