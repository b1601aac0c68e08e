"""A company with a document of every sort in every state, and a superuser who may plant what no operation would do."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, connections, transaction

from dinghuo.journey.allocation.operations import adjust_stock
from dinghuo.journey.allocation.operations.holds import hold_stock
from dinghuo.journey.allocation.operations.quarantine import set_aside
from dinghuo.journey.allocation.operations.transfers import receive_transfer, send_transfer
from dinghuo.journey.allocation.rules import Adjustment
from dinghuo.journey.allocation.rules.keeping import HoldDraft, TransferDraft, TransferLineDraft
from dinghuo.journey.finance.operations import (
    apply_payments,
    complete_orders,
    draft_credit_notes,
    draft_invoices,
    post_invoices,
    take_payments,
)
from dinghuo.journey.finance.rules import PaymentDraft
from dinghuo.journey.ordering.operations import cancel_orders
from dinghuo.kernel import tenancy
from dinghuo.web import databases
from tests.builders import a_warehouse
from tests.shop import (
    Shop,
    all_done,
    allocated,
    booked,
    delivered,
    dispatched,
    drafted,
    entered,
    held,
    noticed,
    open_shop,
    order_of,
    paid,
    posted,
    released,
    returned,
    stocked,
    submitted,
    the_document,
)


@dataclass(frozen=True)
class Year:
    """A shop after a busy while, and the documents that tests take apart."""

    shop: Shop
    dispatched_order: int
    noticed_order: int
    completed_order: int
    returned_order: int
    posted_invoices: tuple[int, int]
    draft_invoice: int
    payments: tuple[int, int]


def a_year(shop: Shop) -> Year:
    """Do everything that a wholesaler does, once or twice."""
    first, second, third = shop.products
    act = shop.act
    stocked(shop, (first, 1_000), (second, 1_000))
    booked(shop)
    everything = [(first, 10), (second, 20)]
    returned_order = delivered(shop, everything)
    for outcome in all_done(draft_invoices(act=act, order_ids=[returned_order])):
        all_done(post_invoices(act=act, invoice_ids=[outcome.document_id or 0]))
    credit = the_document(draft_credit_notes(act=act, return_ids=[returned(shop, returned_order, 3)]))
    all_done(post_invoices(act=act, invoice_ids=[credit]))
    returned(shop, returned_order, 1)
    booked(shop)

    invoices = posted(shop, everything), posted(shop, everything)
    completed = order_of(invoices[0])
    all_done(complete_orders(act=act, order_ids=[completed]))
    used = paid(shop, invoices[0])
    paid(shop, invoices[1], amount=first.list_price)
    ahead = PaymentDraft(shop.customer.id, first.list_price, "cash")
    all_done(take_payments(act=act, payments=[ahead], apply=False))
    apply_payments(act=act)
    unused = the_document(take_payments(act=act, payments=[ahead], apply=False))

    order_id = submitted(shop, everything)
    all_done(cancel_orders(act=act, order_ids=[order_id], reason="changed their mind"))
    held(shop, everything)
    entered(shop, everything)
    released(shop, [(third, 5)])
    allocated(shop, [(first, 4), (third, 1)])
    adjust_stock(act=act, adjustments=[Adjustment(shop.warehouse.id, second.id, -first.list_price)], reason="broken")
    with transaction.atomic():
        branch = a_warehouse(shop.company)
    transfer = TransferDraft(shop.warehouse.id, branch.id, [TransferLineDraft(second.id, Decimal(2))], act.on)
    receive_transfer(act=act, transfer_id=the_document(send_transfer(act=act, draft=transfer)))
    hold_stock(act=act, drafts=[HoldDraft("quote", shop.warehouse.id, second.id, Decimal(3))])
    set_aside(act=act, goods=[Adjustment(shop.warehouse.id, second.id, Decimal(1))], reason="scratched")
    return Year(
        shop=shop,
        dispatched_order=dispatched(shop, everything),
        noticed_order=noticed(shop, everything),
        completed_order=completed,
        returned_order=returned_order,
        posted_invoices=invoices,
        draft_invoice=drafted(shop, everything),
        payments=(used, unused),
    )


@pytest.fixture(scope="module")
def committed_years(django_db_setup: None, django_db_blocker: Any) -> tuple[Year, Year]:
    """A year of each of two companies, committed by the application."""
    made = []
    with django_db_blocker.unblock():
        for shop in (open_shop(), open_shop()):
            with tenancy.acting_for(shop.company.id):
                made.append(a_year(shop))
    return made[0], made[1]


@pytest.fixture
def neighbour(committed_years: tuple[Year, Year]) -> int:
    """The company whose rows nobody touches."""
    return committed_years[1].shop.company.id


@pytest.fixture
def year(committed_years: tuple[Year, Year], django_db_blocker: Any, database_addresses: dict[str, str]) -> Iterator[Year]:
    """The other company's year, with a superuser at work, whom neither triggers nor row-level security hold; all is rolled back."""
    settings = connections.settings["default"]
    former = dict(settings)
    ours = committed_years[0]
    with django_db_blocker.unblock(), tenancy.acting_for(ours.shop.company.id):
        connection.close()
        settings.update(databases.database(database_addresses["superuser"]))
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")
                yield ours
                transaction.set_rollback(True)
        finally:
            connection.close()
            settings.update(former)
