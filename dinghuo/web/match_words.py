"""Why a bank line is thought to pay what it pays: one sentence for each piece of evidence, with its figures."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

OUTCOMES: Final[Mapping[str, StrOrPromise]] = {
    "matched": _("Matched without a hand"),
    "suggested": _("A suggestion, to be confirmed"),
    "ambiguous": _("More than one explanation fits; a person decides"),
    "unmatched": _("Nothing fits"),
    "not_incoming": _("Money that went out"),
    "other_currency": _("Another currency than the company's; kept apart"),
}

REASONS: Final[Mapping[str, StrOrPromise]] = {
    "reference": _("The text names %(numbers)s."),
    "reference_near": _("The text names a number one slip away from %(numbers)s."),
    "reference_short": _("The text names %(numbers)s by order, PO number or its last figures."),
    "left_out": _("The text names %(numbers)s as well, which this leaves out."),
    "paid_already": _("The text names %(numbers)s, which is paid already."),
    "paid_twice": _("%(numbers)s came to this amount and is paid already: perhaps it was paid twice."),
    "payer_account": _("The account %(account)s is known as this customer's."),
    "payer_name": _("The name %(payer)s is this customer's."),
    "payer_near": _("The name %(payer)s is nearly this customer's."),
    "other_payer": _("The payer, %(payer)s, is known as another customer."),
    "amount": _("The amount is what is open, to the cent."),
    "combination": _("%(count)s invoices come to the amount to the cent, and no other set does."),
    "amount_by_chance": _(
        "%(count)s invoices come to the amount, but among so many that may be chance (%(chance)s sets expected)."
    ),
    "discount": _("The amount is what is open less a cash discount of %(rate)s, which is %(amount)s."),
    "fee": _("The amount is %(amount)s short, as much as a bank may keep for itself."),
    "short": _("The amount is %(amount)s short; that stays open."),
    "over": _("The amount is %(amount)s too much; that stays the customer's."),
    "oldest_due": _("Nothing in the text or the amount says what it is for; these are due for longest."),
}


def reason(code: str, facts: Mapping[str, Any]) -> str:
    """A piece of evidence in one sentence of the language in force."""
    written = {name: ", ".join(map(str, fact)) if isinstance(fact, list) else str(fact) for name, fact in facts.items()}
    return str(REASONS[code]) % written
