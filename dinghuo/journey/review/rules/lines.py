"""What each line must be like: its price, margin, quantity and product. Quantities are in stock units."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from dinghuo.journey.review.rules.facts import Case, LineFacts
from dinghuo.journey.review.rules.kinds import Figures, Parameters

ZERO = Decimal(0)


def price_of_line(line: LineFacts, _case: Case, _parameters: Parameters) -> Figures | None:
    """A price beside the agreed one, and how far it is from it as a share (E2.1)."""
    agreed = line.agreed_price
    deviation = round(abs(line.unit_price - agreed) / agreed, 4) if agreed else ZERO
    return {"price": line.unit_price, "agreed": agreed, "deviation": deviation}


def price_is_off(figures: Mapping[str, Any], parameters: Parameters) -> bool:
    """The price is further from the agreed one than the share allowed."""
    return Decimal(figures.get("deviation", 0)) > Decimal(parameters["deviation_max"])


def margin_of_line(line: LineFacts, case: Case, _parameters: Parameters) -> Figures | None:
    """What a line earns, as a share of its net after its part of the order's discount; cost includes inbound freight (E2.2)."""
    goods = case.order.goods_net
    part = case.order.discount_net * line.amount_net / goods if goods > 0 else ZERO
    net, cost = line.amount_net - part, line.unit_cost * line.ordered
    if net <= 0:
        return {"net": net, "cost": cost, "margin": Decimal(-1), "short_of": Decimal(1)}
    margin = round((net - cost) / net, 4)
    return {"net": net, "cost": cost, "margin": margin, "short_of": -margin}


def margin_is_low(figures: Mapping[str, Any], parameters: Parameters) -> bool:
    """The margin is below the floor."""
    return "margin" in figures and Decimal(figures["margin"]) < Decimal(parameters["margin_min"])


def quantity_of_line(line: LineFacts, _case: Case, _parameters: Parameters) -> Figures | None:
    """A line's quantity."""
    return {"largest_quantity": line.ordered}


def quantity_is_huge(figures: Mapping[str, Any], parameters: Parameters) -> bool:
    """The quantity is above the most that is plausible: beyond it, a zero too many is likelier than a sale."""
    return Decimal(figures.get("largest_quantity", 0)) > Decimal(parameters["quantity_max"])


def minimum_of_line(line: LineFacts, _case: Case, _parameters: Parameters) -> Figures | None:
    """A quantity below the product's minimum, with that minimum as the quantity suggested (E2.4)."""
    if line.minimum_quantity is None:
        return None
    short = max(line.minimum_quantity - line.ordered, ZERO)
    return {"quantity": line.ordered, "minimum": line.minimum_quantity, "short_of": short, "suggested": line.minimum_quantity}


def is_below_minimum_quantity(figures: Mapping[str, Any], _parameters: Parameters) -> bool:
    """The quantity is less than the product's minimum."""
    return "minimum" in figures and Decimal(figures["quantity"]) < Decimal(figures["minimum"])


def case_of_line(line: LineFacts, _case: Case, _parameters: Parameters) -> Figures | None:
    """What a quantity leaves over whole cases, with the nearest whole ones below and above (E2.5)."""
    pack = line.case_quantity
    if pack == 1:
        return None
    over = line.ordered % pack
    down = line.ordered - over
    return {"quantity": line.ordered, "case": pack, "over": over, "down": down, "up": down + pack if over else down}


def breaks_a_case(figures: Mapping[str, Any], _parameters: Parameters) -> bool:
    """The quantity is not a whole number of cases."""
    return "case" in figures and Decimal(figures["quantity"]) % Decimal(figures["case"]) != 0


def usual_of_line(line: LineFacts, case: Case, _parameters: Parameters) -> Figures | None:
    """A quantity beside the median of what the customer ordered of the product before, and beside what anybody orders (E2.6)."""
    known = (case.history or {}).get(line.line_id)
    everybody = (case.of_product or {}).get(line.product_id)
    if (known is None or known.median <= 0) and everybody is None:
        return None
    figures: Figures = {"quantity": line.ordered, "median": None, "orders": 0, "times": ZERO}
    if known is not None and known.median > 0:
        figures |= {"median": known.median, "orders": known.orders, "times": round(line.ordered / known.median, 1)}
    return figures if everybody is None else figures | {"p99": everybody.p99, "lines_before": everybody.lines}


def quantity_is_unusual(figures: Mapping[str, Any], parameters: Parameters) -> bool:
    """The quantity is so many times the median of enough orders, or above what nearly every line of the product asks for."""
    return above_median(figures, parameters) or above_everybody(figures, parameters)


def above_median(figures: Mapping[str, Any], parameters: Parameters) -> bool:
    """The quantity is more than so many times the median of enough of the customer's orders."""
    if figures.get("median") is None or figures["orders"] < parameters["orders_min"]:
        return False
    return Decimal(figures["quantity"]) > Decimal(parameters["times_max"]) * Decimal(figures["median"])


def above_everybody(figures: Mapping[str, Any], parameters: Parameters) -> bool:
    """The quantity is more than so many times the 99th percentile of enough lines of the product."""
    times = parameters.get("p99_times")
    if times is None or "p99" not in figures or figures["lines_before"] < parameters["p99_lines_min"]:
        return False
    return Decimal(figures["quantity"]) > Decimal(times) * Decimal(figures["p99"])


def block_of_line(line: LineFacts, case: Case, _parameters: Parameters) -> Figures | None:
    """Whether a product is blocked, not on sale yet, or discontinued with too little left (E2.11)."""
    reason = None
    if line.is_blocked:
        reason = "blocked"
    elif line.sold_from is not None and line.sold_from > case.today:
        reason = "not_on_sale_yet"
    elif line.discontinued_on is not None and line.discontinued_on <= case.today and runs_out(line, case):
        reason = "discontinued"
    return {"product": line.product, "because": reason, "blocked_products": 0 if reason is None else 1}


def runs_out(line: LineFacts, case: Case) -> bool:
    """Whether less is free of a line's product than it asks for; where stock was not looked at, nothing is."""
    supply = (case.supply or {}).get(line.line_id)
    return supply is None or supply.available < line.ordered


def product_is_blocked(figures: Mapping[str, Any], _parameters: Parameters) -> bool:
    """The product may not be sold."""
    return figures.get("because") is not None


def listing_of_line(line: LineFacts, case: Case, _parameters: Parameters) -> Figures | None:
    """Whether the customer's assortment allows a product: a deny list comes first, an allow list must name it (E2.11)."""
    known = (case.listing or {}).get(line.line_id)
    if known is None:
        return None
    denied = known.is_denied or (known.has_allow_list and not known.is_allowed)
    return {"product": line.product, "is_denied": denied, "outside": 1 if denied else 0}


def is_outside_assortment(figures: Mapping[str, Any], _parameters: Parameters) -> bool:
    """The product is not for this customer."""
    return bool(figures.get("is_denied"))


def supply_of_line(line: LineFacts, case: Case, _parameters: Parameters) -> Figures | None:
    """A quantity beside what is free of the product now (E2.13)."""
    known = (case.supply or {}).get(line.line_id)
    available = known.available if known else ZERO
    return {"quantity": line.ordered, "available": available, "short": max(line.ordered - available, ZERO)}


def is_short(figures: Mapping[str, Any], _parameters: Parameters) -> bool:
    """Less is free than the line asks for."""
    return "available" in figures and Decimal(figures["quantity"]) > Decimal(figures["available"])
