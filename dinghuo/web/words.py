"""What codes are called: states, kinds of events, reasons. The one dictionary between programs' words and people's."""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final, Protocol

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from dinghuo.reference.models import Role, Unit
from dinghuo.web import rule_words

# States and kinds, of orders, shipments, invoices and what else has them.
CODES: Final[Mapping[str, StrOrPromise]] = {
    "waiting": _("To be booked"),
    "sent": _("Sent to the carrier"),
    "booked": _("Label made"),
    "refused": _("Refused by the carrier"),
    "given_up": _("Given up"),
    "cancelling": _("Being cancelled"),
    "not_reached": _("the carrier was not reached"),
    "doubtful": _("the carrier's answer is missing or makes no sense; it is asked again"),
    "carrier_refuses": _("the carrier refuses"),
    "announced": _("Announced to the carrier"),
    "picked_up": _("With the carrier"),
    "in_transit": _("On the way"),
    "out_for_delivery": _("Out for delivery"),
    "ready_for_pickup": _("Ready to be fetched"),
    "exception": _("Held up"),
    "returned": _("Returned to the sender"),
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
    "no_stock": _("no stock"),
    "others_first": _("others come first"),
    "named": _("named by the customer"),
    "oldest_due": _("the oldest due first"),
    "planned": _("as planned"),
    "shipment_moved": _("the shipment moved"),
    "page": _("entered on a page"),
    "api": _("sent by a program"),
    "import": _("imported"),
    "release_to_pick": _("before picking"),
    "before_loading": _("before loading"),
    "hold_line": _("Line on hold"),
    "release": _("Released by exclusion"),
    "blocked": _("it is blocked"),
    "not_on_sale_yet": _("it is not on sale yet"),
    "discontinued": _("it is discontinued and too little is left"),
}

# The colours of states: neutral before, blue in work, yellow where a person is needed, green when done, red when refused.
SHADES: Final[Mapping[str, str]] = {
    "waiting": "blue",
    "sent": "yellow",
    "booked": "green",
    "refused": "red",
    "cancelling": "yellow",
    "announced": "secondary",
    "picked_up": "blue",
    "in_transit": "azure",
    "out_for_delivery": "azure",
    "ready_for_pickup": "yellow",
    "exception": "red",
    "returned": "red",
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
    "OrderEntered": _("Order %(number)s entered"),
    "OrderSubmitted": _("Order submitted for review"),
    "OrderAmended": _("Order changed, now version %(version)s"),
    "OrderCancelled": _("Order cancelled"),
    "OrderReleased": _("Order released"),
    "OrderHeld": _("Order put on hold"),
    "OrderRejected": _("Order rejected"),
    "HoldLifted": _("Hold lifted"),
    "OrderStopped": _("Order stopped: %(point)s"),
    "RuleInForce": _("Rule %(rule)s in force, version %(version)s"),
    "RuleRetired": _("Rule %(rule)s retired, version %(version)s"),
    "ApprovalAsked": _("Approval asked for"),
    "ApprovalVoided": _("Approval void, since the order changed"),
    "ApprovalEscalated": _("Approval overdue, handed on"),
    "ApproverAsked": _("An approver asks: %(question)s"),
    "StepApproved": _("Approval given"),
    "OrderCompleted": _("Order completed"),
    "StockReceived": _("Stock received"),
    "StockAdjusted": _("Stock adjusted"),
    "StockAllocated": _("Stock given to %(lines)s lines, %(units)s units in all"),
    "LineShort": _("A line waits for stock"),
    "AllocationGivenBack": _("Allocated stock given back"),
    "ShipmentNoticed": _("Shipping notice %(number)s made, planned for %(planned_on)s with %(carrier)s"),
    "ShipmentDispatched": _("Shipment %(number)s is on the road"),
    "ArrivalMoved": _("Shipment %(number)s is now expected on %(expected_on)s"),
    "LabelOrdered": _("Label asked for shipment %(number)s"),
    "LabelRetried": _("Label for shipment %(number)s to be tried again"),
    "LabelBooked": _("Label for shipment %(number)s made, tracking number %(tracking_number)s"),
    "LabelRefused": _("Carrier refuses shipment %(number)s: %(reason)s"),
    "LabelDecided": _("Label of shipment %(number)s decided by hand"),
    "LabelGivenUp": _("Label for shipment %(number)s given up"),
    "LabelCancelling": _("Label of shipment %(number)s to be cancelled"),
    "LabelCancelled": _("Label of shipment %(number)s cancelled"),
    "CarrierConnected": _("Carrier connected"),
    "TrackingNumberKnown": _("Shipment %(number)s has tracking number %(tracking_number)s"),
    "ShipmentDelivered": _("Shipment %(number)s delivered"),
    "ShipmentCancelled": _("Shipping notice cancelled"),
    "GoodsReturned": _("Goods returned"),
    "InvoiceDrafted": _("Invoice over %(amount)s drafted"),
    "InvoiceDropped": _("Invoice draft dropped"),
    "InvoicePosted": _("Invoice %(number)s over %(amount)s posted"),
    "CreditNotePosted": _("Credit note %(number)s over %(amount)s posted"),
    "PaymentTaken": _("Payment %(number)s of %(amount)s received"),
    "PaymentApplied": _("Payment of %(amount)s applied"),
    "PromiseMade": _("Delivery promised for %(promised_on)s"),
    "CustomerNotified": _("Customer notified"),
    "FeedbackLeft": _("Customer rated the order %(rating)s of 5"),
    "FeedbackAnswered": _("Feedback answered"),
    "ApprovalMatrixChanged": _("Approval matrix changed"),
    "RoleDelegated": _("Role lent to a deputy"),
    "DelegationEnded": _("Delegation ended"),
    "DutiesSeparated": _("Incompatible duties changed"),
    "CustomerChanged": _("Customer changed"),
}

# Why something was not done. What stands in %(...)s is taken from the refusal's facts.
REFUSALS: Final[Mapping[str, StrOrPromise]] = {
    "not_found": _("There is no such document."),
    "malformed": _("Something in the form is not as it should be."),
    "malformed_amount": _("The amount must be above zero and have no more decimals than the currency."),
    "refused": _("That is not possible."),
    "reason_missing": _("A reason is needed: between 1 and 300 characters."),
    "not_a_draft": _("The order is not a draft any more."),
    "not_submitted": _("The order does not wait for review; its state is: %(state)s."),
    "not_held": _("The order is not on hold; its state is: %(state)s."),
    "waits_for_approval": _("Only an approval is missing; a release does not replace it."),
    "already_decided": _("Somebody has decided this already."),
    "not_its_turn": _("Somebody else has to approve first."),
    "order_changed": _("The order has changed since the approval was asked for."),
    "four_eyes": _("Who entered, changed, sells or has approved this order does not approve it."),
    "lacks_role": _("This approval is for another role."),
    "incompatible_duties": _("The two duties must not be in one hand: %(because)s"),
    "unknown_reason": _("Choose a reason and say it in words."),
    "unknown_role": _("This role may not approve."),
    "unknown_user": _("This user may not approve."),
    "unknown_duty": _("There is no such duty."),
    "bands_overlap": _("Bands of the matrix overlap: %(bands)s."),
    "bands_leave_gap": _("The matrix leaves a gap at an amount of %(amount)s with a margin of %(margin)s."),
    "not_yours": _("Only the lender or an administrator may do that."),
    "not_released": _("The order is not released; its state is: %(state)s."),
    "order_not_released": _("The order of this shipment is not released."),
    "version_conflict": _(
        "Somebody else changed the order meanwhile: it is at version %(version)s now, and you saw version %(yours)s."
        " Load the page again to see the change."
    ),
    "already_allocated": _("The quantity cannot be less than what is allocated already (%(allocated)s)."),
    "cannot_be_amended": _("An order in this state cannot be changed: %(state)s."),
    "cannot_be_cancelled": _("An order in this state cannot be cancelled: %(state)s."),
    "stock_is_allocated": _("Goods of this order are on their way already; it cannot be cancelled."),
    "unknown_customer": _("There is no such customer."),
    "unknown_order": _("There is no such order."),
    "unknown_warehouse": _("There is no such warehouse."),
    "unknown_product": _("There is no such product."),
    "unknown_lot": _("There is no such lot."),
    "unknown_supply": _("There is no such supply."),
    "unknown_invoice": _("There is no such invoice of this customer."),
    "unknown_method": _("There is no such way to pay."),
    "unknown_return": _("There is no such return."),
    "unknown_shipment_line": _("There is no such line of a shipment."),
    "more_than_expected": _("That is more than was expected."),
    "more_than_was_shipped": _("That is more than was shipped."),
    "not_enough_free_stock": _("Only %(free)s is free; the rest is promised to orders."),
    "nothing_expected": _("Nothing is expected there any more."),
    "nothing_to_allocate": _("Every line has its stock already."),
    "nothing_to_give_back": _("There is no allocated stock to give back."),
    "stopped_before_picking": _("A rule of the review stops this order before picking."),
    "stopped_before_loading": _("A rule of the review stops this order before loading."),
    "already_lifted": _("This hold has been lifted already."),
    "order_is_held": _("The whole order is on hold; release the order."),
    "unknown_kind": _("There is no such kind of rule."),
    "unknown_scope": _("There is no such scope of a rule, or what it names is missing."),
    "nothing_to_ship": _("Nothing is allocated that is not on a shipping notice yet."),
    "no_carrier_serves": _("No carrier serves this address with this weight."),
    "not_a_notice": _("The shipment is not a notice any more; its state is: %(state)s."),
    "already_dispatched": _("The goods have left already."),
    "has_label": _("The shipment %(number)s has a label already; its state is: %(state)s."),
    "carrier_not_connected": _("The carrier of shipment %(number)s is not connected: choose another or connect it."),
    "weight_missing": _("The shipment %(number)s weighs nothing; a carrier needs its weight."),
    "address_missing": _("The address of shipment %(number)s lacks a street or a city."),
    "postcode_missing": _("The address of shipment %(number)s lacks a postal code, which this carrier needs."),
    "not_in_queue": _("This label is not in the queue; its state is: %(state)s."),
    "in_doubt": _("The carrier may have made this label; it has to be asked first."),
    "not_in_doubt": _("There is no doubt about this label; its state is: %(state)s."),
    "not_booked": _("This label has not been made; its state is: %(state)s."),
    "must_be_decided": _("This carrier cannot be asked: look it up there and say whether it made a label."),
    "unknown_protocol": _("There is no such protocol."),
    "shipment_cancelled": _("The shipment %(number)s was cancelled."),
    "unknown_carrier": _("There is no such carrier."),
    "not_on_the_road": _("The goods are not on the road; the shipment's state is: %(state)s."),
    "not_dispatched": _("The goods have not left yet."),
    "already_invoiced": _("This has been invoiced already."),
    "nothing_to_invoice": _("There is nothing to invoice."),
    "already_credited": _("This return has been credited already."),
    "other_customer": _("That belongs to another customer."),
    "already_posted": _("The document has been posted already."),
    "dropped": _("The document was dropped."),
    "needs_confirmation": _("Finance has to confirm this document."),
    "not_posted": _("The invoice has not been posted yet."),
    "already_settled": _("The invoice has been paid already."),
    "nothing_left": _("Nothing is left of the payment."),
    "nothing_open": _("The customer owes nothing."),
    "not_all_invoiced": _("Not everything of the order has been invoiced."),
    "not_delivered": _("Nothing of this order has been delivered yet."),
    "already_rated": _("This order has been rated already."),
    "already_answered": _("This feedback has been answered already."),
}

SHARES: Final = frozenset({"deviation", "deviation_max", "margin"})
AMOUNTS: Final = frozenset(
    {
        "allowed", "amount", "billed_not_posted", "credit_limit", "delivered_not_billed", "discount", "exposure", "goods",
        "group_exposure", "group_limit", "open_orders", "open_receivables", "order", "overdue", "owed", "own_exposure", "prepaid",
        "total", "unapplied_payments",
    }
)  # fmt: skip
FRACTION: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


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
    if name in {"state", "because", "point"}:
        return of(text)
    if name == "role" and text in Role.values:
        return str(Role(text).label)
    if isinstance(fact, list):
        return ", ".join(of(str(item)) for item in fact) or "–"
    if name == "number" or not FRACTION.fullmatch(text):
        return text
    number = Decimal(text)
    if name in SHARES:
        return f"{_grouped(number * 100)} %"
    has_cents = number == round(number, 2)
    return f"{number:,.2f}" if name in AMOUNTS and has_cents else _grouped(number)


def _grouped(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def of(code: str) -> str:
    """The word for a code; one without a word is shown as it is, its underscores as spaces."""
    return str(CODES.get(code) or code.replace("_", " "))


def shade(state: str) -> str:
    """The colour of a state's badge."""
    return SHADES.get(state, "secondary")


def event(kind: str, facts: Mapping[str, Any]) -> str:
    """An event of the journal in words, with the reason that a person gave."""
    sentence = str(EVENTS.get(kind) or kind) % _readable(facts)
    rules = ", ".join(rule(str(code)) for code in facts.get("rules") or ())
    return ": ".join(part for part in (sentence, rules, str(facts.get("reason") or "")) if part)


def refusal(code: str, facts: Mapping[str, Any]) -> str:
    """A refusal in one sentence."""
    sentence = REFUSALS.get(code)
    return of(code).capitalize() if sentence is None else str(sentence) % _readable(facts)


def finding(kind: str, outcome: str, inputs: Mapping[str, Any]) -> str:
    """What a review rule found, with the figures that it compared."""
    sentence = str(rule_words.sentence(kind, outcome, inputs)) % _readable(inputs)
    others = int(inputs.get("broken_lines") or 0) - 1
    if others < 1:
        return sentence
    return " ".join((sentence, str(_("%(count)s more lines are like it.")) % {"count": others}))


def rule(kind: str) -> str:
    """What a kind of review rule is called."""
    return str(rule_words.RULES.get(kind) or of(kind))


@cache
def _unit_names() -> dict[str, tuple[str, str]]:
    return {unit.code: (unit.name, unit.name_zh) for unit in Unit.objects.all()}


def unit(code: str) -> str:
    """A unit of measure by its name in the reader's language."""
    name, name_zh = _unit_names().get(code, (code, code))
    return name_zh if language().startswith("zh") else name


class Named(Protocol):
    """A row with a name in both languages, one of which may be empty."""

    @property
    def name(self) -> str:
        """The English name."""

    @property
    def name_zh(self) -> str:
        """The Chinese name."""


def name(row: Named) -> str:
    """The name of a row in the reader's language, or the other where that one is empty."""
    return str(row.name_zh or row.name) if language().startswith("zh") else str(row.name or row.name_zh)


def language() -> str:
    """The language that the running request is answered in."""
    return get_language() or "en"
