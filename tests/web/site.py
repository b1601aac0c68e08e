"""A company with one user for each role, and what its pages show, taken apart."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.test import Client

from dinghuo.journey.allocation.operations import allocate_orders, expect_supply
from dinghuo.journey.allocation.operations.counts import CountDraft, open_count
from dinghuo.journey.allocation.operations.holds import hold_stock
from dinghuo.journey.allocation.operations.quarantine import set_aside
from dinghuo.journey.allocation.operations.transfers import send_transfer
from dinghuo.journey.allocation.rules import Adjustment, Supply
from dinghuo.journey.allocation.rules.keeping import HoldDraft, TransferDraft, TransferLineDraft
from dinghuo.journey.review.models import ReviewRule
from dinghuo.journey.tracking.models import Feedback
from dinghuo.journey.tracking.operations import leave_feedback
from dinghuo.kernel import tenancy
from dinghuo.reference.models import Membership, Role, User
from tests import shop as shops
from tests.builders import a_product, a_warehouse
from tests.shop import Shop
from tests.web.deciding import some_decisions

PASSWORD = "correct horse battery"
_serial = itertools.count(1)

# What an attacker types into every field that takes text.
CANARY = "\"'><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}%(x)s${jndi:x}"


@dataclass
class Site:
    """A shop with a user for each role; `clients` are signed in."""

    shop: Shop
    users: dict[str, User] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)

    @contextmanager
    def acting(self) -> Iterator[None]:
        """Act for the company, as operations need it."""
        with tenancy.acting_for(self.shop.company.id), transaction.atomic():
            yield


def open_site(products: int = 3) -> Site:
    """A new company, and a signed-in client for each role; `customer` belongs to the shop's customer."""
    site = Site(shops.open_shop(products))
    for role in Role:
        user = a_user()
        with site.acting():
            customer_id = site.shop.customer.id if role == Role.CUSTOMER else None
            Membership.objects.create(company_id=site.shop.company.id, user=user, role=role, customer_id=customer_id)
        site.users[role], site.clients[role] = user, signed_in(user)
    return site


def a_user(**given: Any) -> User:
    """A user that reads English and belongs to no company."""
    name = f"user{next(_serial)}"
    return User.objects.create(**{"username": name, "email": f"{name}@example.com", "language": "en", **given})


def a_user_with_password() -> User:
    """A user that can sign in by the form; the cheapest hash, since its strength is not what is tested."""
    return a_user(password=make_password(PASSWORD, hasher="pbkdf2_sha256"))


def signed_in(user: User) -> Client:
    """A client in which the user has signed in; it checks forms for their token as browsers' requests are checked."""
    client = Client()
    client.force_login(user)
    return client


@dataclass(frozen=True)
class Goods:
    """One document of each sort, to be shown: ids."""

    draft: int
    held: int
    short: int
    noticed: int
    delivered: int
    invoice: int
    shipment: int
    draft_invoice: int
    payment: int
    feedback: int
    rule: int
    customer: int
    product: int
    supply: int
    transfer: int
    count: int
    quarantine: int
    hold: int
    short_line: int
    shortage: int
    proposal: int
    question: int
    swap: int
    policy: int
    schedule: int
    run: int
    short_product: int


def some_of_everything(site: Site) -> Goods:
    """Orders in every state, an invoice, a payment and a customer's word about an order."""
    shop = site.shop
    first, second, third = shop.products[:3]
    with site.acting():
        shops.stocked(shop, (first, 100), (second, 100))
        invoice = shops.posted(shop, [(first, 5)])
        delivered = shops.delivered(shop, [(second, 4)])
        leave_feedback(act=shop.act, order_id=delivered, customer_id=shop.customer.id, rating=4, comment="Well packed")
        short = shops.released(shop, [(third, 7)])
        allocate_orders(act=shop.act, order_ids=[short])
        return Goods(
            draft=shops.entered(shop, [(first, 1)]),
            held=shops.held(shop, [(first, 2)]),
            short=short,
            noticed=shops.noticed(shop, [(first, 3)]),
            delivered=delivered,
            invoice=invoice,
            shipment=shops.shipment_of(shops.order_of(invoice)),
            draft_invoice=shops.drafted(shop, [(second, 2)]),
            payment=shops.paid(shop, invoice),
            feedback=Feedback.objects.get(order_id=delivered).id,
            rule=ReviewRule.objects.filter(company_id=shop.company.id).order_by("id")[0].id,
            customer=shop.customer.id,
            **some_of_the_warehouse(shop),
            **some_decisions(shop),
        )


def some_of_the_warehouse(shop: Shop) -> dict[str, int]:
    """A product that is kept: on its way, sent, counted, set aside and held."""
    product = a_product(shop.company)
    shops.stocked(shop, (product, 50))
    here, units = shop.warehouse.id, Decimal(2)
    expected = Supply(here, product.id, units, Decimal(6), shop.act.on, "PO-77")
    sent = TransferDraft(here, a_warehouse(shop.company, priority=9).id, [TransferLineDraft(product.id, units)], shop.act.on)
    hold = HoldDraft("phone", here, product.id, units)
    aside = Adjustment(here, product.id, units)
    made = {
        "supply": shops.the_document(expect_supply(act=shop.act, supplies=[expected])),
        "transfer": shops.the_document(send_transfer(act=shop.act, draft=sent)),
        "quarantine": shops.the_document(set_aside(act=shop.act, goods=[aside], reason="dented")),
        "hold": shops.the_document(hold_stock(act=shop.act, drafts=[hold])),
    }
    return {"product": product.id, "count": open_count(act=shop.act, draft=CountDraft(here, product_ids=[product.id])).id, **made}


class Elements(HTMLParser):
    """A page's elements and texts, as a browser would find them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in {"script", "style", "title"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and "script" not in self._open:
            self.texts.append(" ".join(data.split()))

    @property
    def text(self) -> str:
        """All that a reader sees, in order."""
        return " ".join(self.texts)


def read(response: Any) -> Elements:
    """The elements of an answer's page."""
    return Elements(response.content.decode())


class CountedQueries:
    """Counts the statements that run inside the block."""

    count = 0

    def __enter__(self) -> "CountedQueries":
        self._counting = connection.execute_wrapper(self._counted)
        self._counting.__enter__()
        return self

    def _counted(self, execute: Any, *arguments: Any) -> Any:
        self.count += 1
        return execute(*arguments)

    def __exit__(self, *_: object) -> None:
        self._counting.__exit__(None, None, None)
