"""Changing a product over the API, with the stock looked at that this stage keeps."""

from dinghuo.journey.allocation.operations.settings import change_product
from dinghuo.kernel.errors import the_only
from dinghuo.reference.api.products import Product, ProductChange, product, router
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.routes import route
from dinghuo.reference.wire import Id

__all__ = ["router"]


@route(router, "PATCH /products/{product_id}", needs="products.write")
def update_product(request: ApiRequest, product_id: Id, asked: ProductChange) -> Product:
    """Change a product; what is left out stays as it is.

    Refused with `code_taken`, and with `stock_there` for `keeps_lots` changed while any of the product is in stock.
    """
    fields = asked.model_dump(exclude_unset=True)
    return product(request, the_only([change_product(act=request.act, product_id=product_id, fields=fields)]).id)
