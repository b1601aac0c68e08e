"""What codes are called: states, kinds of events, reasons. The one dictionary between programs' words and people's."""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from dinghuo.reference.models import Unit

# States and kinds, of orders, shipments, invoices and what else has them.
CODES: Final[Mapping[str, StrOrPromise]] = {
    "draft": _("Draft"),
    "submitted": _("Submitted"),
    "held": _("On hold"),
    "released": _("Released"),
    "completed": _("Completed"),
    "rejected": _("Rejected"),
    "cancelled": _("Cancelled"),
    "notice": _("Shipping notice"),
    "dispatched": _("On the road"),
    "delivered": _("Delivered"),
    "posted": _("Posted"),
    "dropped": _("Dropped"),
    "open": _("Open"),
    "closed": _("Closed"),
    "invoice": _("Invoice"),
    "credit_note": _("Credit note"),
    "cash": _("Cash"),
    "bank_transfer": _("Bank transfer"),
    "card": _("Card"),
    "cheque": _("Cheque"),
    "pass": _("Passed"),
    "warn": _("Warning"),
    "hold": _("Hold"),
    "reject": _("Reject"),
    "postage": _("Postage"),
    "fee": _("Fee"),
    "manual": _("Manual line"),
    "voucher": _("Voucher"),
    "discount": _("Discount"),
    "sample": _("Sample"),
    "current": _("not due yet"),
    "1-30": _("1 to 30 days"),
    "31-60": _("31 to 60 days"),
    "61-90": _("61 to 90 days"),
    "over-90": _("over 90 days"),
    "admin": _("Administrator"),
    "sales": _("Sales"),
    "credit": _("Credit control"),
    "warehouse": _("Warehouse"),
    "finance": _("Finance"),
    "auditor": _("Auditor"),
    "customer": _("Customer"),
    "page": _("entered on a page"),
    "api": _("sent by a program"),
    "import": _("imported"),
}

# The colours of states: neutral before, blue in work, yellow where a person is needed, green when done, red when refused.
SHADES: Final[Mapping[str, str]] = {
    "draft": "secondary",
    "submitted": "blue",
    "held": "yellow",
    "released": "azure",
    "completed": "green",
    "rejected": "red",
    "cancelled": "secondary",
    "notice": "blue",
    "dispatched": "azure",
    "delivered": "green",
    "posted": "green",
    "warn": "yellow",
    "hold": "yellow",
    "reject": "red",
    "pass": "green",
    "open": "yellow",
}

EVENTS: Final[Mapping[str, StrOrPromise]] = {
    "OrderEntered": _("Order entered"),
    "OrderSubmitted": _("Order submitted for review"),
    "OrderAmended": _("Order amended"),
    "OrderCancelled": _("Order cancelled"),
    "OrderReleased": _("Order released"),
    "OrderHeld": _("Order put on hold"),
    "OrderRejected": _("Order rejected"),
    "HoldLifted": _("Hold lifted"),
    "OrderCompleted": _("Order completed"),
    "StockReceived": _("Stock received"),
    "StockAdjusted": _("Stock adjusted"),
    "StockAllocated": _("Stock allocated"),
    "LineShort": _("A line waits for stock"),
    "AllocationGivenBack": _("Allocated stock given back"),
    "ShipmentNoticed": _("Shipping notice made"),
    "ShipmentDispatched": _("Goods dispatched"),
    "ShipmentDelivered": _("Goods delivered"),
    "ShipmentCancelled": _("Shipping notice cancelled"),
    "GoodsReturned": _("Goods returned"),
    "InvoiceDrafted": _("Invoice drafted"),
    "InvoicePosted": _("Invoice posted"),
    "CreditNoteDrafted": _("Credit note drafted"),
    "CreditNotePosted": _("Credit note posted"),
    "PaymentTaken": _("Payment received"),
    "PaymentApplied": _("Payment applied"),
    "PromiseMade": _("Delivery promised"),
    "CustomerNotified": _("Customer notified"),
    "FeedbackLeft": _("Customer left feedback"),
    "FeedbackAnswered": _("Feedback answered"),
}

# Why something was not done. What stands in %(...)s is taken from the refusal's facts.
REFUSALS: Final[Mapping[str, StrOrPromise]] = {
    "not_found": _("There is no such document."),
    "malformed": _("Something in the form is not as it should be."),
    "refused": _("That is not possible."),
}

RULES: Final[Mapping[str, StrOrPromise]] = {
    "customer": _("Customer"),
    "products": _("Products"),
    "quantities": _("Quantities"),
    "prices": _("Prices"),
    "credit": _("Credit"),
}

# What a rule of the review looked at, with its figures, by kind and whether it was broken.
FINDINGS: Final[Mapping[tuple[str, bool], StrOrPromise]] = {
    ("customer", False): _("The customer may be supplied."),
    ("customer", True): _("The customer is blocked."),
    ("products", False): _("Every product may be sold."),
    ("products", True): _("%(blocked_products)s of %(lines)s lines name a product that is blocked."),
    ("quantities", False): _("The largest quantity, %(largest_quantity)s, is within %(quantity_max)s."),
    ("quantities", True): _("The largest quantity, %(largest_quantity)s, is above %(quantity_max)s."),
    ("prices", False): _("No price is further than %(deviation_max)s from the agreed one; the furthest is %(deviation)s away."),
    ("prices", True): _("The price of line %(line)s is %(deviation)s away from the agreed one; %(deviation_max)s is allowed."),
    ("credit", False): _(
        "Open orders %(open_orders)s + receivables %(open_receivables)s − payments not applied %(unapplied_payments)s"
        " + this order %(order)s = %(total)s; the limit is %(credit_limit)s."
    ),
    ("credit", True): _(
        "Open orders %(open_orders)s + receivables %(open_receivables)s − payments not applied %(unapplied_payments)s"
        " + this order %(order)s = %(total)s, more than the limit of %(credit_limit)s."
    ),
}
SHARES: Final = frozenset({"deviation", "deviation_max"})
FRACTION: Final = re.compile(r"-?[0-9]+\.[0-9]+")


class _Readable(dict[str, Any]):
    """Facts to fill a sentence with, written for people; one that is missing shows as a dash instead of failing the page."""

    def __missing__(self, key: str) -> str:
        return "–"


def _readable(facts: Mapping[str, Any]) -> _Readable:
    return _Readable({name: _written(name, fact) for name, fact in facts.items()})


def _written(name: str, fact: Any) -> str:
    if fact is None:
        return "–"
    text = str(fact)
    if not FRACTION.fullmatch(text):
        return of(text) if name == "state" else text
    number = Decimal(text) * 100 if name in SHARES else Decimal(text)
    grouped = f"{number:,f}".rstrip("0").rstrip(".")
    return f"{grouped} %" if name in SHARES else grouped


def of(code: str) -> str:
    """The word for a code; one without a word is shown as it is, its underscores as spaces."""
    return str(CODES.get(code) or code.replace("_", " "))


def shade(state: str) -> str:
    """The colour of a state's badge."""
    return SHADES.get(state, "secondary")


def event(kind: str, facts: Mapping[str, Any]) -> str:
    """An event of the journal in words."""
    return str(EVENTS.get(kind) or kind) % _readable(facts)


def refusal(code: str, facts: Mapping[str, Any]) -> str:
    """A refusal in one sentence."""
    sentence = REFUSALS.get(code)
    return of(code).capitalize() if sentence is None else str(sentence) % _readable(facts)


def finding(kind: str, outcome: str, inputs: Mapping[str, Any]) -> str:
    """What a review rule found, with the figures that it compared."""
    sentence = FINDINGS.get((kind, outcome != "pass"))
    return "" if sentence is None else str(sentence) % _readable(inputs)


def rule(kind: str) -> str:
    """What a kind of review rule is called."""
    return str(RULES.get(kind) or of(kind))


@cache
def _unit_names() -> dict[str, tuple[str, str]]:
    return {unit.code: (unit.name, unit.name_zh) for unit in Unit.objects.all()}


def unit(code: str) -> str:
    """A unit of measure by its name in the reader's language."""
    name, name_zh = _unit_names().get(code, (code, code))
    return name_zh if language().startswith("zh") else name


def language() -> str:
    """The language that the running request is answered in."""
    return get_language() or "en"
