"""What every page shows around its content: the way through the house, the company, the languages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import resolve, reverse
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from dinghuo.journey import STAGES
from dinghuo.reference import access
from dinghuo.reference.access import Member


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the navigation."""

    page: str
    title: StrOrPromise
    icon: str
    url: str
    needs: str
    is_stage: bool


# What stands around the stages: pages of no stage.
BEFORE: Final = (("home", _("Home"), "home"), ("portal", _("My orders"), "ordering"))
AFTER: Final = (
    ("customers", _("Customers"), "customers"),
    ("products", _("Products"), "products"),
    ("settings", _("Settings"), "settings"),
)


@cache
def entries() -> tuple[Entry, ...]:
    """Every entry there is, in order, with what its page needs."""
    stages = tuple((stage.page, stage.title, stage.name) for stage in STAGES)
    return tuple(_entries((*BEFORE, *stages, *AFTER)))


def _entries(pages: tuple[tuple[str, StrOrPromise, str], ...]) -> Iterator[Entry]:
    for page, title, icon in pages:
        url = reverse(page)
        view: Callable[..., Any] = resolve(url).func
        needs = access.declared(view)
        assert needs is not None, f"{page} declares nobody who may call it"
        yield Entry(page, title, icon, url, needs, is_stage=any(page == stage.page for stage in STAGES))


def shell(request: HttpRequest) -> dict[str, Any]:
    """The navigation that the member's roles open, the companies to choose from, and the languages."""
    member: Member | None = getattr(request, "membership", None)
    return {
        "navigation": [entry for entry in entries() if member and is_shown(entry, member)],
        "here": current_page(request),
        "member": member,
        "memberships": getattr(request, "memberships", ()),
        "languages": settings.LANGUAGES,
    }


def is_shown(entry: Entry, member: Member) -> bool:
    """Whether the navigation leads a member there; the first page sends customers to their orders, so it is not shown to them."""
    return member.may("home.read" if entry.page == "home" else entry.needs)


def current_page(request: HttpRequest) -> str:
    """The navigation entry under which the requested address lies."""
    under = [entry for entry in entries() if request.path.startswith(entry.url) and (entry.url != "/" or request.path == "/")]
    return max(under, key=lambda entry: len(entry.url)).page if under else ""
