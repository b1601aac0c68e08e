"""What codes are called: states, kinds of events, reasons. The one dictionary between programs' words and people's."""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final, Protocol

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from dinghuo.journey.review.models import ReasonCode
from dinghuo.reference.models import Role, Unit
from dinghuo.web import allocation_words, carrier_words, rule_words
from dinghuo.web.refusal_words import REFUSALS

# States and kinds, of orders, shipments, invoices and what else has them.
CODES: Final[Mapping[str, StrOrPromise]] = {
    "seller": _("Seller"),
    "buyer": _("Buyer"),
    "valid": _("Valid"),
    "invalid": _("Not valid"),
    "unchecked": _("Not checked"),
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
    "credit_notes": _("Credit notes left"),
    "unapplied": _("Money not applied"),
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
    "sent": _("In transit"),
    "arrived": _("Arrived"),
    "scrapped": _("Scrapped"),
    "allocated": _("Allocated"),
    "expired": _("Expired"),
    "cart": _("Cart"),
    "quote": _("Quote"),
    "phone": _("Phone call"),
    "receipt": _("Receipt"),
    "adjustment": _("Adjustment"),
    "dispatch": _("Dispatch"),
    "return": _("Return"),
    "transfer": _("Transfer"),
    "planned": _("as planned"),
    "shipment_moved": _("the shipment moved"),
    "page": _("entered on a page"),
    "api": _("sent by a program"),
    "import": _("imported"),
    "release_to_pick": _("before picking"),
    "before_loading": _("before loading"),
    "hold_line": _("Line on hold"),
    "release": _("Released by exclusion"),
    "newly_held": _("Newly held"),
    "newly_passed": _("Newly passed"),
    "held_as_before": _("Held as before"),
    "edit_credit_limit": _("Edit a credit limit"),
    "release_hold": _("Release a hold"),
    "create_customer": _("Create a customer"),
    "approve_order": _("Approve an order"),
    "take_payment": _("Take a payment"),
    "write_off": _("Write off"),
    # The reasons of the pairs that every company starts with; others are shown as they were written.
    "Who may raise a limit could release his own breach of it.": _("Who may raise a limit could release his own breach of it."),
    "Who may invent a customer could approve goods for it.": _("Who may invent a customer could approve goods for it."),
    "Who takes money could write off what he kept.": _("Who takes money could write off what he kept."),
    "approved": _("Approved"),
    "declined": _("Declined"),
    "asked": _("Asked"),
    "line_held": _("Line held"),
    "line_freed": _("Hold of a line lifted"),
    "held_again": _("Held again after its release"),
    "waiting": _("Waiting"),
    "open_orders": _("Open orders"),
    "delivered_not_billed": _("Delivered, not billed"),
    "billed_not_posted": _("Billed, not posted"),
    "open_receivables": _("Open receivables"),
    "unapplied_payments": _("Payments not applied"),
    "sales_order": _("Order"),
    "sales_invoice": _("Invoice"),
    "payment": _("Payment"),
    "stock": _("in stock"),
    "supply": _("with a supply"),
    "none": _("no supply known"),
    "day": _("by day"),
    "week": _("by week"),
    "month": _("by month"),
    "blocked": _("it is blocked"),
    "not_on_sale_yet": _("it is not on sale yet"),
    "discontinued": _("it is discontinued and too little is left"),
    **allocation_words.CODES,
    **carrier_words.CODES,
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
    "approved": "green",
    "declined": "red",
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
    "LineHeld": _("Line %(line)s held"),
    "QuestionAsked": _("A reviewer asks: %(question)s"),
    "QuestionAnswered": _("The answer: %(answer)s"),
    "ApproverAsked": _("An approver asks: %(question)s"),
    "StepApproved": _("Approval given"),
    "OrderCompleted": _("Order completed"),
    "StockReceived": _("Stock received"),
    "StockAdjusted": _("Stock adjusted"),
    "CountOpened": _("Count %(number)s opened"),
    "StockCounted": _("Stock counted for %(number)s"),
    "CountPosted": _("Count %(number)s posted"),
    "CountCancelled": _("Count %(number)s cancelled"),
    "StockSetAside": _("Stock set aside"),
    "QuarantineReleased": _("Quarantined stock released"),
    "QuarantineScrapped": _("Quarantined stock scrapped"),
    "StockHeld": _("%(quantity)s units held for a customer"),
    "StockHoldExtended": _("Hold of stock extended"),
    "StockHoldReleased": _("Hold of stock released"),
    "StockHoldExpired": _("Hold of stock expired"),
    "StockHoldAllocated": _("%(units)s held units given to the order"),
    "StockSettingChanged": _("Safety stock or zone changed"),
    "SupplyChanged": _("Inbound goods %(reference)s changed: now %(quantity)s on %(expected_on)s"),
    "LinesPromised": _("Goods expected to be there by %(promised_on)s"),
    "PromiseMoved": _("Goods now expected by %(promised_on)s instead of %(promised_before)s"),
    "StockAllocated": _("Stock given to %(lines)s lines, %(units)s units in all"),
    "LineShort": _("A line waits for stock"),
    "ShortageProposed": _("Proposals made for %(missing)s units that are short"),
    "ProposalAccepted": _("Proposal for line %(line)s accepted"),
    "ProposalUndone": _("Proposal taken back"),
    "CustomerAsked": _("Customer asked what to do about %(missing)s units that are short"),
    "CustomerAnswered": _("Customer chose what to do about a short line"),
    "SubstitutesSet": _("Substitutes of a product changed"),
    "SubstitutionConsentSet": _("Consent to substitutes changed"),
    "AllocationGivenBack": _("Allocated stock given back"),
    "ShipmentNoticed": _("Shipping notice %(number)s made, planned for %(planned_on)s with %(carrier)s"),
    "ShipmentDispatched": _("Shipment %(number)s is on the road"),
    "ShipmentDelivered": _("Shipment %(number)s delivered"),
    "ShipmentCancelled": _("Shipping notice cancelled"),
    "GoodsReturned": _("Goods returned"),
    "InvoiceDrafted": _("Invoice over %(amount)s drafted"),
    "InvoiceDropped": _("Invoice draft dropped"),
    "InvoicePosted": _("Invoice %(number)s over %(amount)s posted"),
    "CreditNotePosted": _("Credit note %(number)s over %(amount)s posted"),
    "PaymentTaken": _("Payment %(number)s of %(amount)s received"),
    "PaymentApplied": _("Payment of %(amount)s applied"),
    "DeniedListChanged": _("List of denied parties changed: %(list)s"),
    "DisputeOpened": _("%(amount)s of the invoice disputed"),
    "DisputeClosed": _("Dispute closed"),
    "PromiseMade": _("Delivery promised for %(promised_on)s"),
    "CustomerNotified": _("Customer notified"),
    "FeedbackLeft": _("Customer rated the order %(rating)s of 5"),
    "FeedbackAnswered": _("Feedback answered"),
    "ApprovalMatrixChanged": _("Approval matrix changed"),
    "RoleDelegated": _("Role lent to a deputy"),
    "DelegationEnded": _("Delegation ended"),
    "DutiesSeparated": _("Incompatible duties changed"),
    "CompanyChanged": _("Company settings changed"),
    "CustomerChanged": _("Customer changed"),
    "BankAccountKept": _("Bank account %(code)s kept"),
    "BankFileImported": _("Bank file %(file)s imported, %(lines)s lines new"),
    "BankLineMatched": _("Bank line of %(amount)s matched"),
    "BankLineUnmatched": _("Match of a bank line of %(amount)s taken back: %(reason)s"),
    "BankLineSetAside": _("Bank line of %(amount)s set aside: %(reason)s"),
    "PayerAliasTaught": _("Payer's account or name learnt: %(value)s"),
    "PayerAliasRetired": _("Payer's account or name forgotten: %(value)s"),
    "MatchPolicySet": _("Match policy in force, version %(version)s"),
    **allocation_words.EVENTS,
    **carrier_words.EVENTS,
}

# What a person did to an order before its release, by the event that it left.
TOUCHES: Final[Mapping[str, StrOrPromise]] = {
    "OrderAmended": _("Order changed"),
    "OrderReleased": _("Hold released"),
    "OrderHeld": _("Put on hold"),
    "HoldLifted": _("Hold of a line lifted"),
    "LineHeld": _("Line held"),
    "StepApproved": _("Approval given"),
    "ApproverAsked": _("Question before approval"),
    "QuestionAsked": _("Question asked"),
    "QuestionAnswered": _("Question answered"),
}

SHARES: Final = frozenset(
    {"cash_discount", "customer_cash_discount", "deviation", "deviation_max", "likeness", "margin", "share", "share_allowed"}
)
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
    if name in {"state", "because", "point", "status", "freight_payer", "payer_by_term"}:
        return of(text)
    if name == "role" and text in Role.values:
        return str(Role(text).label)
    if name == "codes":
        return ", ".join(reason(str(item)) for item in fact)
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


def reason(code: str) -> str:
    """What the reason code of a decision is called."""
    return str(ReasonCode(code).label) if code in ReasonCode.values else of(code)


def shade(state: str) -> str:
    """The colour of a state's badge."""
    return SHADES.get(state, "secondary")


def event(kind: str, facts: Mapping[str, Any]) -> str:
    """An event of the journal in words, with the reason that a person gave."""
    sentence = str(EVENTS.get(kind) or kind) % _readable(facts)
    rules = ", ".join(rule(str(code)) for code in facts.get("rules") or ())
    return ": ".join(part for part in (sentence, rules, str(facts.get("reason") or "")) if part)


def touch(kind: str) -> str:
    """What a person did to an order, by the kind of its event."""
    return str(TOUCHES.get(kind) or kind)


def refusal(code: str, facts: Mapping[str, Any]) -> str:
    """A refusal in one sentence."""
    is_release = code == "four_eyes" and facts.get("duty") == "release_hold"
    sentence = REFUSALS.get("four_eyes_release" if is_release else code)
    told = of(code).capitalize() if sentence is None else str(sentence) % _readable(facts)
    numbers = ", ".join(str(number) for number in facts.get("numbers") or ())
    return f"{told} ({numbers})" if numbers else told


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
