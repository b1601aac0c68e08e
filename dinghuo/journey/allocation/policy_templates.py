"""Policies to start from: what each is for, and its definition."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Start:
    """A policy to start from."""

    code: str
    title: StrOrPromise
    hint: StrOrPromise
    definition: Mapping[str, Any]


STARTS: Final = (
    Start(
        "key-customers",
        _("Key customers first"),
        _("Class A before the others, then the earliest day wanted; nobody loses what it has."),
        {"ranking": ["customer_class", "requested_on", "entered"]},
    ),
    Start(
        "fair-shares",
        _("Fair shares"),
        _("Everybody gets the same part of what it wants, dealt anew."),
        {"otherwise": "redistribute", "sharing": {"method": "proportional"}},
    ),
    Start(
        "oldest-first",
        _("Oldest first, nobody starves"),
        _("By class, but every 14 days of waiting lift a line one class."),
        {"ranking": ["aged_class", "entered"], "timing": {"ageing_days": 14}},
    ),
    Start(
        "whole-orders",
        _("Whole orders"),
        _("An order is served in full or waits; as few warehouses as possible."),
        {"acceptance": {"complete_orders": True}, "placement": {"warehouses": "fewest"}},
    ),
    Start(
        "deal-anew",
        _("Deal anew by day wanted"),
        _("Takes back what later orders hold and gives it to those who want it first."),
        {"otherwise": "redistribute", "ranking": ["requested_on", "priority", "customer_class", "entered"]},
    ),
)


def start_of(code: str) -> Start | None:
    """The policy to start from with a code."""
    return next((start for start in STARTS if start.code == code), None)
