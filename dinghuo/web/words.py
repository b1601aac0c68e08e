"""What codes are called: states, kinds of events, reasons. The one dictionary between programs' words and people's."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

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

# What a rule of the review looked at, with its figures.
FINDINGS: Final[Mapping[str, StrOrPromise]] = {}


class _Known(dict[str, Any]):
    """Facts to fill a sentence with; one that is missing shows as a dash instead of failing the page."""

    def __missing__(self, key: str) -> str:
        return "–"


def of(code: str) -> str:
    """The word for a code; one without a word is shown as it is, its underscores as spaces."""
    return str(CODES.get(code) or code.replace("_", " "))


def shade(state: str) -> str:
    """The colour of a state's badge."""
    return SHADES.get(state, "secondary")


def event(kind: str, facts: Mapping[str, Any]) -> str:
    """An event of the journal in words."""
    return str(EVENTS.get(kind) or kind) % _Known(facts)


def refusal(code: str, facts: Mapping[str, Any]) -> str:
    """A refusal in one sentence."""
    sentence = REFUSALS.get(code)
    return of(code).capitalize() if sentence is None else str(sentence) % _Known(facts)


def finding(code: str, inputs: Mapping[str, Any]) -> str:
    """What a review rule found, with the figures that it compared."""
    sentence = FINDINGS.get(code)
    return of(code).capitalize() if sentence is None else str(sentence) % _Known(inputs)


def language() -> str:
    """The language that the running request is answered in."""
    return get_language() or "en"
