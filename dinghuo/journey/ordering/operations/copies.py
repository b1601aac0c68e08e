"""Copying an order: the same customer, goods, prices and address once more, as a draft of whoever copies."""

from django.db import transaction

from dinghuo.journey.ordering.models import OrderCharge, SalesOrder, SalesOrderLine
from dinghuo.journey.ordering.operations.entry import enter_orders
from dinghuo.journey.ordering.rules import ChargeDraft, LineDraft, OrderDraft
from dinghuo.kernel.errors import Missing, Outcome
from dinghuo.kernel.tenancy import Act


@transaction.atomic
def copy_order(*, act: Act, order_id: int) -> Outcome:
    """Enter an order once more as a draft: whoever copies has created it, and nothing that was decided of the first holds for it.

    Prices, terms and address are those of the first; its day is today's, and neither its external reference nor the customer's
    purchase order number goes along. The outcome's document is the copy. Refuses `not_found` and what `enter_orders` refuses.
    """
    order = SalesOrder.objects.filter(company_id=act.company_id, id=order_id).first()
    if order is None:
        return Outcome(id=order_id, code=Missing.code)

    (entered,) = enter_orders(act=act, drafts=[draft_of(order)])
    return Outcome(id=order_id, code=entered.code, document_id=entered.document_id, facts=entered.facts)


def draft_of(order: SalesOrder) -> OrderDraft:
    """An order as somebody would ask for it today."""
    lines = SalesOrderLine.objects.filter(company_id=order.company_id, order_id=order.pk).order_by("position")
    charges = OrderCharge.objects.filter(company_id=order.company_id, order_id=order.pk).order_by("position")
    return OrderDraft(
        customer_id=order.customer_id,
        warehouse_id=order.warehouse_id,
        lines=[LineDraft(line.product_id, line.ordered, line.unit_price, kit=line.kit, per_set=line.per_set) for line in lines],
        charges=[ChargeDraft(row.kind, row.quantity, row.unit_price, row.description) for row in charges],
        source="copy",
        ship_to_name=order.ship_to_name,
        ship_to_address=order.ship_to_address,
        ship_to_city=order.ship_to_city,
        ship_to_region=order.ship_to_region,
        ship_to_postcode=order.ship_to_postcode,
        ship_to_country=order.ship_to_country,
        payment_terms_days=order.payment_terms_days,
        cash_discount_rate=order.cash_discount_rate,
        cash_discount_days=order.cash_discount_days,
        incoterm=order.incoterm,
        freight_payer=order.freight_payer,
    )
