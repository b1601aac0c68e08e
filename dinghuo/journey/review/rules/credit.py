"""Credit: what a customer owes and has on order, against what was agreed. Amounts are in company currency, tax included."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dinghuo.journey.review.rules.facts import Case, CreditFacts
from dinghuo.journey.review.rules.kinds import Figures, Parameters

ZERO = Decimal(0)
DOCUMENTS = ("open_orders", "open_deliveries", "unaudited_invoices", "receivables")


def buckets(credit: CreditFacts, used: Decimal, until: date | None = None) -> Figures:
    """A customer's exposure by bucket; with `until`, open orders that leave later do not count."""
    open_orders = sum(
        (amount for day, amount in zip(credit.order_days, credit.order_amounts, strict=True) if until is None or day <= until),
        used,
    )
    return {
        "open_orders": open_orders,
        "delivered_not_billed": credit.delivered_not_billed,
        "billed_not_posted": credit.billed_not_posted,
        "open_receivables": credit.receivables,
        "unapplied_payments": credit.unapplied,
    }


def exposure_of(figures: Mapping[str, Any]) -> Decimal:
    """The sum of an exposure's buckets (E1.1)."""
    return (
        Decimal(figures["open_orders"])
        + Decimal(figures["delivered_not_billed"])
        + Decimal(figures["billed_not_posted"])
        + Decimal(figures["open_receivables"])
        - Decimal(figures["unapplied_payments"])
    )


def credit_figures(case: Case, parameters: Parameters) -> Figures:
    """Exposure by buckets and this order, against the customer's limit (E1.2, E1.3 with a horizon, E1.4 with a utilisation)."""
    if case.credit is None:
        return {"order": case.order.amount_new, "total": case.order.amount_new, "credit_limit": None}
    horizon = parameters.get("horizon_days")
    until = None if horizon is None else case.today + timedelta(days=horizon)
    figures = buckets(case.credit, case.used, until)
    exposure = exposure_of(figures)
    figures |= {"exposure": exposure, "order": case.order.amount_new, "total": exposure + case.order.amount_new}
    if "utilisation" in parameters and case.order.credit_limit is not None:
        figures["allowed"] = case.order.credit_limit * Decimal(parameters["utilisation"])
    return figures | {"credit_limit": case.order.credit_limit}


def exceeds_limit(figures: Mapping[str, Any], parameters: Parameters) -> bool:
    """Exposure and order are more than the limit, or than the share of it that may be used; no limit means not checked."""
    if figures["credit_limit"] is None:
        return False
    total = exposure_of(figures) + Decimal(figures["order"])
    return total > Decimal(figures["credit_limit"]) * Decimal(parameters.get("utilisation", 1))


def document_figures(case: Case, parameters: Parameters) -> Figures:
    """The totals of the classes of documents that count, and this order, less the limit (E1.5, the formula of U8)."""
    figures: Figures = {"order": case.order.amount_new, "credit_limit": case.order.credit_limit}
    if case.credit is None:
        return figures
    open_orders = case.credit.open_orders + case.used + (case.credit.unreleased if parameters["counts_drafts"] else ZERO)
    totals = {
        "open_orders": open_orders,
        "open_deliveries": case.credit.delivered_not_billed,
        "unaudited_invoices": case.credit.billed_not_posted,
        "receivables": case.credit.receivables - case.credit.unapplied,
    }
    counted = {name: totals[name] for name in parameters["classes"]}
    return figures | counted | {"total": sum(counted.values(), case.order.amount_new)}


def documents_exceed_limit(figures: Mapping[str, Any], parameters: Parameters) -> bool:
    """The chosen documents and this order are more than the limit."""
    if figures["credit_limit"] is None:
        return False
    total = sum((Decimal(figures[name]) for name in parameters["classes"]), Decimal(figures["order"]))
    return total - Decimal(figures["credit_limit"]) > 0


def oldest_item_figures(case: Case, parameters: Parameters) -> Figures:
    """The oldest undisputed item above the tolerance; without one, the oldest of all (E1.6)."""
    credit = case.credit
    items = [
        ((case.today - day).days, largest)
        for day, largest in (zip(credit.due_days, credit.due_largest, strict=True) if credit else ())
    ]
    above = [item for item in items if item[1] > Decimal(parameters["tolerance"])]
    days_late, amount = max(above or items, default=(0, ZERO))
    return {"days_late": days_late, "amount": amount}


def has_old_item(figures: Mapping[str, Any], parameters: Parameters) -> bool:
    """An item above the tolerance is later than the days allowed."""
    return figures["days_late"] > parameters["days"] and Decimal(figures["amount"]) > Decimal(parameters["tolerance"])


def overdue_figures(case: Case, parameters: Parameters) -> Figures:
    """How much of what is owed is more than some days late (E1.7)."""
    if case.credit is None:
        return {"overdue": ZERO, "owed": ZERO, "share": ZERO}
    overdue = sum(
        (
            amount
            for day, amount in zip(case.credit.due_days, case.credit.due_amounts, strict=True)
            if (case.today - day).days > parameters["days"]
        ),
        ZERO,
    )
    owed = case.credit.receivables
    return {"overdue": overdue, "owed": owed, "share": round(overdue / owed, 4) if owed > 0 else ZERO}


def too_much_is_overdue(figures: Mapping[str, Any], parameters: Parameters) -> bool:
    """The overdue share is above the one allowed."""
    return (
        Decimal(figures["overdue"]) > Decimal(figures["owed"]) * Decimal(parameters["share_max"]) and Decimal(figures["owed"]) > 0
    )


def order_maximum_figures(case: Case, parameters: Parameters) -> Figures:
    """This order against the most that one order may come to: the customer's own maximum, else the rule's (E1.8)."""
    own = case.order.order_maximum
    rule = None if parameters["maximum"] is None else Decimal(parameters["maximum"])
    return {"order": case.order.amount_gross, "maximum": rule if own is None else own}


def exceeds_maximum(figures: Mapping[str, Any], _parameters: Parameters) -> bool:
    """The order is more than the maximum, if there is one."""
    return figures["maximum"] is not None and Decimal(figures["order"]) > Decimal(figures["maximum"])


def first_order_figures(case: Case, parameters: Parameters) -> Figures:
    """This order of a customer with so many released before, against the cap for a first one (E1.9)."""
    return {"order": case.order.amount_gross, "earlier_orders": case.order.earlier_orders, "maximum": parameters["maximum"]}


def exceeds_first_order_cap(figures: Mapping[str, Any], parameters: Parameters) -> bool:
    """A new customer's order is above the cap."""
    return figures["earlier_orders"] == 0 and Decimal(figures["order"]) > Decimal(parameters["maximum"])


def terms_figures(case: Case, _parameters: Parameters) -> Figures:
    """The order's payment terms and cash discount beside the customer's own (E1.10)."""
    return {
        "terms_days": case.order.payment_terms_days,
        "customer_terms_days": case.order.customer_terms_days,
        "cash_discount": case.order.cash_discount_rate,
        "cash_discount_days": case.order.cash_discount_days,
        "customer_cash_discount": case.order.customer_cash_discount_rate,
        "customer_cash_discount_days": case.order.customer_cash_discount_days,
    }


def terms_are_better(figures: Mapping[str, Any], parameters: Parameters) -> bool:
    """The order gives more days to pay than the customer has, beyond those allowed on top, or a better cash discount."""
    more_days = figures["terms_days"] > figures["customer_terms_days"] + parameters["days_more_max"]
    more_discount = "cash_discount" in figures and cash_discount_is_better(figures)
    return bool(
        (more_days and parameters.get("checks_days", True)) or (more_discount and parameters.get("checks_cash_discount", True))
    )


def cash_discount_is_better(figures: Mapping[str, Any]) -> bool:
    """More may be deducted than the customer may, or as much for longer."""
    rate, own = Decimal(figures["cash_discount"]), Decimal(figures["customer_cash_discount"])
    return rate > own or (rate == own > 0 and figures["cash_discount_days"] > figures["customer_cash_discount_days"])


def account_figures(case: Case, _parameters: Parameters) -> Figures:
    """The expiry of the limit, the status of the account and its dunning level (E1.11)."""
    return {
        "today": case.today.isoformat(),
        "limit_expires_on": case.order.limit_expires_on.isoformat() if case.order.limit_expires_on else None,
        "account_status": case.order.account_status,
        "dunning_level": case.order.dunning_level,
    }


def account_is_shut(figures: Mapping[str, Any], parameters: Parameters) -> bool:
    """The limit has expired, the status is one that stops orders, or the customer was dunned so often."""
    expires = figures["limit_expires_on"]
    return (
        (expires is not None and expires < figures["today"])
        or figures["account_status"] in parameters["statuses"]
        or figures["dunning_level"] >= parameters["dunning_level"]
    )


def pool_figures(case: Case, _parameters: Parameters) -> Figures:
    """The exposure of a whole group and of this member, against both limits (E1.12)."""
    own = case.credit.exposure + case.used if case.credit else ZERO
    group = sum((member.exposure for member in case.pool), case.pool_used)
    return {
        "group_exposure": group,
        "group_limit": case.order.group_limit,
        "own_exposure": own,
        "credit_limit": case.order.credit_limit,
        "order": case.order.amount_new,
        "total": group + case.order.amount_new,
    }


def pool_is_exhausted(figures: Mapping[str, Any], _parameters: Parameters) -> bool:
    """The group's exposure with this order is above the group's limit, or the member's above its own."""
    order = Decimal(figures["order"])
    group_limit, own_limit = figures["group_limit"], figures["credit_limit"]
    over_group = group_limit is not None and Decimal(figures["group_exposure"]) + order > Decimal(group_limit)
    return over_group or (own_limit is not None and Decimal(figures["own_exposure"]) + order > Decimal(own_limit))


def paid_in_advance(case: Case) -> Decimal:
    """What unapplied payments name this order as what they are for, by its number or the customer's PO number (E1.17)."""
    if case.credit is None:
        return ZERO
    names = {case.order.number, case.order.customer_po} - {""}
    return sum((amount for name, amount in zip(case.credit.paid_for, case.credit.paid_amounts, strict=True) if name in names), ZERO)
