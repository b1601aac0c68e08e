"""Which products may come in another's place, and which customers take them unasked."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from dinghuo.journey.allocation import errors
from dinghuo.journey.allocation.models import ProductSubstitute, SubstitutionConsent
from dinghuo.kernel import journal
from dinghuo.kernel.errors import Malformed, Missing, Outcome
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Customer, Product

SUBSTITUTES_MAX = 50


@dataclass(frozen=True, slots=True)
class SubstituteDraft:
    """A product that may come in another's place; a kept price is that of the line, else the customer's own for the substitute."""

    product_id: int
    keeps_price: bool = True


@transaction.atomic
def set_substitutes(*, act: Act, product_id: int, substitutes: Sequence[SubstituteDraft]) -> Outcome:
    """Say what may come in a product's place, the first before the others; what is not named any more may not.

    Raises Missing for a product that is not there, Malformed for the product itself, one named twice, or more than 50. Rule:
    docs/rules/shortages.md.
    """
    product = Product.objects.select_for_update(no_key=True).filter(company_id=act.company_id, id=product_id).first()

    ids = [draft.product_id for draft in substitutes]
    if product is None:
        raise Missing("There is no such product.", id=product_id)
    if product_id in ids or len(set(ids)) < len(ids) or len(ids) > SUBSTITUTES_MAX:
        raise Malformed("A substitute is another product, named once; there are at most 50.", product=product.code)
    known = set(Product.objects.filter(company_id=act.company_id, id__in=ids).values_list("id", flat=True))
    if known != set(ids):
        raise Malformed("There is no such product.", code=errors.UNKNOWN_PRODUCT, product=min(set(ids) - known))

    ProductSubstitute.objects.filter(company_id=act.company_id, product_id=product_id).delete()
    ProductSubstitute.objects.bulk_create(
        ProductSubstitute(
            company_id=act.company_id,
            product_id=product_id,
            substitute_id=draft.product_id,
            rank=rank,
            keeps_price=draft.keeps_price,
        )
        for rank, draft in enumerate(substitutes, 1)
    )

    journal.record(act, "SubstitutesSet", "product", [Happened(product_id, facts={"substitutes": len(ids)})])
    return Outcome(product_id)


@transaction.atomic
def set_consent(*, act: Act, customer_id: int, is_given: bool) -> Outcome:
    """Write down whether a customer takes substitutes without being asked each time. Raises Missing."""
    customer = Customer.objects.select_for_update(no_key=True).filter(company_id=act.company_id, id=customer_id).first()

    if customer is None:
        raise Missing("There is no such customer.", id=customer_id)

    SubstitutionConsent.objects.update_or_create(
        company_id=act.company_id,
        customer_id=customer_id,
        defaults={"is_given": is_given, "said_at": act.at, "said_by_id": act.actor_id},
    )

    journal.record(act, "SubstitutionConsentSet", "customer", [Happened(customer_id, facts={"is_given": is_given})])
    return Outcome(customer_id)
