"""Changing a customer where that could open the way for its orders: nobody raises a limit whose holds he releases."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.db import transaction

from dinghuo.journey.ordering.models import OrderState, SalesOrder
from dinghuo.journey.ordering.operations import lock_orders
from dinghuo.journey.review.operations.duties import clashes
from dinghuo.kernel.errors import Outcome, Refused
from dinghuo.kernel.tenancy import Act
from dinghuo.reference import operations as reference
from dinghuo.reference.models import Customer

LIMITS: Final = ("credit_limit", "group_credit_limit", "order_maximum")
IN_WORK: Final = (OrderState.SUBMITTED, OrderState.HELD, OrderState.RELEASED)


@transaction.atomic
def change_customer(*, act: Act, customer_id: int, fields: Mapping[str, Any]) -> Outcome:
    """Change some columns of a customer; a limit is raised only by who has done nothing incompatible for its orders in work.

    Lowering a limit is open to all. Raises Refused `incompatible_duties`, and what the change of master data raises. Rule:
    docs/rules/approval.md.
    """
    if any(name in fields for name in LIMITS):
        # Locked before the check: a release by the same hand at the same moment comes before it or after the change.
        in_work = SalesOrder.objects.filter(company_id=act.company_id, customer_id=customer_id, state__in=IN_WORK)
        order_ids = list(in_work.order_by("id").values_list("id", flat=True))
        lock_orders(company_id=act.company_id, order_ids=order_ids, ready_in=())
        customer = Customer.objects.filter(company_id=act.company_id, id=customer_id).first()
        if customer is not None and any(is_raised(getattr(customer, name), fields[name]) for name in LIMITS if name in fields):
            refuse_in_one_hand(act, order_ids)
    return reference.change_customer(act=act, customer_id=customer_id, fields=fields)


def is_raised(before: Decimal | None, after: Decimal | None) -> bool:
    """Whether a limit leaves more room than before; none at all is the widest."""
    return before is not None and (after is None or after > before)


def refuse_in_one_hand(act: Act, order_ids: list[int]) -> None:
    """Raise Refused when the person acting has done for one of the orders what does not go with raising a limit."""
    refused = clashes(act, "edit_credit_limit", order_ids)
    if refused:
        first = refused[min(refused)]
        raise Refused("These duties must not be in one hand.", code=first.code, order_id=first.id, **first.facts)
