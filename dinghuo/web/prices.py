"""What a customer pays, for forms that show it before the order is entered."""

from collections.abc import Sequence
from decimal import Decimal

from dinghuo.journey.ordering.operations.entry import Price
from dinghuo.kernel import sql
from dinghuo.kernel.tenancy import Act


def agreed_prices(act: Act, customer_id: int | None, product_ids: Sequence[int]) -> dict[int, Decimal]:
    """The price of each product for a customer today, by product; without a customer the list price."""
    ids = sorted(set(product_ids))
    found = sql.rows(
        "ordering/find_prices",
        Price,
        company_id=act.company_id,
        customer_ids=[customer_id or 0] * len(ids),
        product_ids=ids,
        day=act.on,
    )
    return {price.product_id: price.unit_price for price in found}
