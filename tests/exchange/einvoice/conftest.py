"""A shop in Germany whose documents are e-invoices."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from dinghuo.exchange.einvoice.gathering import einvoices
from dinghuo.exchange.einvoice.model import EInvoice
from dinghuo.kernel import tenancy
from dinghuo.reference.models import Company, Customer
from tests.shop import Shop, open_shop, stocked

LETTERHEAD = {
    "tax_id": "DE123456789",
    "country": "DE",
    "address": "Hafen 1",
    "city": "Hamburg",
    "postcode": "20457",
    "bank_name": "Bank of X",
    "bank_account": "DE02 1203 0000 0000 2020 51",
}


@pytest.fixture
def shop(db: None) -> Iterator[Shop]:
    """An open shop with stock, whose letterhead is complete and whose customer sits in France."""
    shop = open_shop()
    with tenancy.acting_for(shop.company.id):
        Company.objects.filter(id=shop.company.id).update(**LETTERHEAD)
        buyer = {"country_id": "FR", "tax_id": "FR40303265045", "contact": "Anne", "email": "a@b.fr", "postcode": "75001"}
        Customer.objects.filter(id=shop.customer.id).update(**buyer)
        stocked(shop, *((product, 1_000) for product in shop.products))
        yield shop


def told(shop: Shop, *invoice_ids: int, only_customer: int | None = None) -> list[EInvoice]:
    """The documents in the standard's model."""
    with transaction.atomic():
        return einvoices(company_id=shop.company.id, invoice_ids=invoice_ids, only_customer=only_customer)
