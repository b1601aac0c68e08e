"""Every address of the pages, with the method that it answers and what it needs, found by walking the resolver."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from dinghuo.reference import access
from tests.web.site import Goods

# Pages whose method is POST; every other answers GET.
POSTED = {"choose-language", "choose-company", "order-pasted-lines", "feedback-answer", "portal-feedback", "invoice-post"}
POSTED |= {"dispute-open", "dispute-close", "rule-retire", "rule-restore", "rule-trial-form", "delegation-new", "delegation-end"}
POSTED |= {"review-release", "review-reject", "review-approve", "review-decline", "review-ask", "review-ask-as-approver"}
POSTED |= {"review-hold-lines", "review-free-lines", "question-answer", "portal-answer"}
POSTED |= {"carrier-push"}
POSTED |= {
    "stock-product-settings",
    "stock-product-lots",
    "stock-transfer-arrive",
    "stock-transfer-end",
    "stock-count-record",
    "stock-count-cancel",
}
POSTED |= {"stock-quarantine-release", "stock-quarantine-scrap", "stock-hold-extend", "stock-hold-release"}
POSTED |= {"policy-run-start", "policy-run-post", "policy-run-drop", "policy-schedule", "policy-schedule-end", "policy-change"}
POSTED |= {"policy-restore", "policy-retire", "line-swap", "swap-undo", "shortage-look", "shortage-ask", "proposal-accept"}
POSTED |= {"proposal-undo", "product-substitutes-change", "portal-question-answer"}


@dataclass(frozen=True)
class Address:
    """One address of the site."""

    name: str
    route: str
    needs: str | None

    @property
    def is_posted(self) -> bool:
        """Whether it answers POST alone."""
        return self.name in POSTED or (
            self.name.startswith(("order-", "shipment-", "shipping-", "finance-", "label-")) and self.name not in GOT
        )


GOT = {"order-new", "order-line-facts", "order-amend"}


def every_address() -> list[Address]:
    """The addresses of pages; the API's own are looked at by its tests."""
    return [address for address in walked(get_resolver().url_patterns) if not address.route.startswith("api/")]


def walked(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[Address]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walked(pattern.url_patterns, route)
        else:
            yield Address(pattern.name or "", route, access.declared(pattern.callback))


def path_of(address: Address, goods: Goods) -> str:
    """The address with the id of a document that is there."""
    ids = {
        "order-": goods.held,
        "shipment-": 1,
        "invoice": goods.invoice,
        "feedback-": goods.feedback,
        "portal-order": goods.delivered,
        "portal-feedback": goods.delivered,
        "portal-invoice": goods.invoice,
        "paper-shipment": goods.shipment,
        "portal-paper-shipment": goods.shipment,
        "paper-invoice": goods.invoice,
        "parcel": goods.shipment,
        "portal-paper-invoice": goods.invoice,
        "rule": goods.rule,
        "customer": goods.customer,
        "product": goods.product,
        "stock-product": goods.product,
        "stock-supply": goods.supply,
        "stock-transfer": goods.transfer,
        "stock-count": goods.count,
        "stock-quarantine": goods.quarantine,
        "stock-hold": goods.hold,
        "policy": goods.policy,
        "policy-run": goods.run,
        "policy-schedule": goods.schedule,
        "line-": goods.short_line,
        "shortage-": goods.shortage,
        "proposal-": goods.proposal,
        "portal-question": goods.question,
        "swap-": goods.swap,
        "product-substitutes": goods.short_product,
    }
    found = next((key for prefix, key in reversed(ids.items()) if address.name.startswith(prefix)), goods.held)
    return "/" + re.sub(r"<id:\w+>", str(found), address.route)
