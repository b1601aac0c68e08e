"""An explanation in words: which rule, how much and why no more, who came before, and where the units lie."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from dinghuo.journey.allocation.explanations import Explanation, PlaceGiven

REASONS: Final[Mapping[str, StrOrPromise]] = {
    "full": _("It has all it wanted: %(given)s of %(wanted)s."),
    "waiting": _("No run has decided about all of it yet: it has %(given)s of %(wanted)s."),
    "no_stock": _("It got %(given)s of %(wanted)s, for no more than %(start)s was there."),
    "others_first": _("It got %(given)s of %(wanted)s: of %(start)s that were there, lines before it took %(taken_by_others)s."),
    "shared": _("It got %(given)s of %(wanted)s: %(start)s units were shared among lines that wanted %(wanted_by_all)s."),
    "quota": _("It got %(given)s of %(wanted)s: its quota is %(limit)s, and others had taken %(taken_by_others)s of it."),
    "floor": _("It got %(given)s of %(wanted)s: %(kept_for_others)s units are kept for others."),
    "safety": _("It got %(given)s of %(wanted)s: %(safety)s units are safety stock."),
    "short_life": _("It got %(given)s of %(wanted)s: %(refused)s units would not last the %(days_wanted)s days that are wanted."),
    "line_complete": _("It got nothing, for the line is served in full or not at all: %(possible)s of %(wanted)s were possible."),
    "order_complete": _("It got nothing, for the order is served in full or not at all and another of its lines is short."),
    "minimum_fill": _("It got nothing: only %(possible)s of %(wanted)s were possible, less than the smallest share it takes."),
    "order_value": _("It got nothing: too little of the order's value could be filled."),
    "whole_cases": _("It got %(given)s of %(wanted)s: only whole cases of %(case_size)s are given."),
    "last_delivery": _("It got nothing: after %(deliveries)s deliveries only all that is left may be delivered."),
    "kit": _("It got %(given)s of %(wanted)s: %(sets_possible)s of %(sets_wanted)s sets could be made."),
    "over_limit": _("It got nothing: the customer owes more than its limit."),
    "blocked": _("It got nothing: the order or the line is on hold or cancelled, so its stock went back."),
    "lost": _("It got nothing: the policy takes back what lines like it have. It had %(confirmed)s."),
    "never_above": _("It got %(given)s of %(wanted)s: the policy gives lines like it no more than they had."),
    "kept": _("It was left as it is: %(given)s of %(wanted)s."),
    "too_early": _("It got nothing yet: goods for it are reserved from %(served_from)s on."),
    "head_of_line": _("It got nothing: a line before it could not be filled, and nobody overtakes."),
    "patience_over": _("It gave back %(given_back)s after waiting %(days_held)s days for the rest."),
    "holding": _("%(held)s are kept for it until %(held_until)s, in the hope of the rest."),
    "worth_less": _("It got %(given)s of %(wanted)s: other lines are worth more."),
    "one_lot": _("It got %(given)s of %(wanted)s: it is served from one lot, which had %(in_lot)s."),
    "late": _("It got %(given)s of %(wanted)s: %(late)s units would arrive too late."),
    "over": _("It got %(given)s, %(above)s above what it wanted, to finish a lot."),
    "aborted": _("It was left as it is, for a promise about the same product could not be kept."),
}
KEY_NAMES: Final[Mapping[str, StrOrPromise]] = {
    "priority": _("priority"),
    "customer_class": _("the customer's class"),
    "aged_class": _("the customer's class, better the longer it waits"),
    "entered": _("the day ordered"),
    "requested_on": _("the day wanted"),
    "ship_on": _("the day of shipping"),
    "flag": _("a star"),
    "value": _("value"),
    "margin": _("margin"),
    "unit_margin": _("margin a unit"),
    "payment": _("payment"),
    "score": _("the weighted score"),
    "days_waiting": _("days waited"),
    "days_late": _("days late"),
}
WAREHOUSE_ORDERS: Final[Mapping[str, StrOrPromise]] = {
    "own": _("the order's warehouse first, then the others"),
    "fixed": _("warehouses in their fixed order"),
    "most_stock": _("the warehouse with most stock first"),
    "nearest": _("the nearest warehouse first"),
    "fewest": _("as few warehouses as possible"),
    "cheapest": _("the cheapest warehouses"),
    "slow_stock": _("slow stock first"),
}
LOT_ORDERS: Final[Mapping[str, StrOrPromise]] = {
    "fefo": _("the earliest expiry first"),
    "fifo": _("the oldest lot first"),
    "lifo": _("the newest lot first"),
    "cheapest": _("the cheapest lot first"),
    "dearest": _("the dearest lot first"),
    "fewest": _("as few lots as possible"),
}


def sentences(found: Explanation) -> list[str]:
    """An explanation in a few sentences, in the language that is active."""
    return [str(sentence) for sentence in told(found)]


def told(found: Explanation) -> Iterator[str]:
    """The sentences one by one: the rule, the outcome, the queue, the places."""
    yield str(rule(found)) % {"policy": found.policy, "version": found.version, "ranking": ranked_by(found)}
    figures = {"given": plain(found.given), "wanted": plain(found.wanted), **found.facts}
    outcome = REASONS.get(found.reason, REASONS["waiting"])
    needed = {"start": "0", "taken_by_others": "0"}
    yield str(outcome) % (needed | figures)
    if found.rank:
        yield str(_("It was number %(rank)s of %(lines)s in the queue for %(product)s.")) % {
            "rank": found.rank,
            "lines": found.lines,
            "product": found.product,
        }
    if found.ahead:
        first = ", ".join(
            str(_("order %(order)s line %(line)s of %(customer)s took %(given)s"))
            % {"order": rival.order_number, "line": rival.position, "customer": rival.customer, "given": plain(rival.given)}
            for rival in found.ahead
        )
        yield str(_("Before it, %(units)s units went to others: %(first)s.")) % {"units": plain(found.ahead_units), "first": first}
    if found.places:
        yield str(_("Its units lie in %(places)s (%(warehouses)s; %(lots)s).")) % {
            "places": ", ".join(place_in_words(place) for place in found.places),
            "warehouses": WAREHOUSE_ORDERS.get(found.warehouses, found.warehouses),
            "lots": LOT_ORDERS.get(found.lots, found.lots),
        }


def rule(found: Explanation) -> StrOrPromise:
    """The sentence about the rule that decided."""
    if found.run_id is None or not found.policy:
        return _("The default policy decided: whoever has keeps, then %(ranking)s.")
    if not found.is_posted:
        return _("Policy %(policy)s, version %(version)s, would decide, by %(ranking)s; the run is not posted.")
    return _("Policy %(policy)s, version %(version)s, decided, by %(ranking)s.")


def ranked_by(found: Explanation) -> str:
    """The keys of the ranking in words."""
    return str(_(", then ")).join(str(KEY_NAMES.get(key, key)) for key in found.ranking)


def place_in_words(place: PlaceGiven) -> str:
    """A place and how many units of it."""
    figures = {"warehouse": place.warehouse, "lot": place.lot, "expires": place.expires_on, "units": plain(place.units)}
    if place.lot is None:
        return str(_("%(warehouse)s (%(units)s)")) % figures
    if place.expires_on is None:
        return str(_("%(warehouse)s lot %(lot)s (%(units)s)")) % figures
    return str(_("%(warehouse)s lot %(lot)s until %(expires)s (%(units)s)")) % figures


def plain(units: Decimal) -> str:
    """Units without an exponent or needless zeros."""
    return format(units.normalize() + 0, "f")
