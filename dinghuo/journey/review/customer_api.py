"""Changing a customer over the API, with the duties looked at that review keeps apart."""

from dinghuo.journey.review.operations import change_customer
from dinghuo.reference.api.customers import Customer, CustomerChange, customer, router
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.routes import route
from dinghuo.reference.wire import Id

__all__ = ["router"]


@route(router, "PATCH /customers/{customer_id}", needs="customers.write")
def update_customer(request: ApiRequest, customer_id: Id, asked: CustomerChange) -> Customer:
    """Change a customer; what is left out stays as it is.

    Refused with `code_taken`, and with `incompatible_duties` for a limit raised by who releases that customer's orders.
    """
    fields = asked.model_dump(exclude_unset=True)
    return customer(request, change_customer(act=request.act, customer_id=customer_id, fields=fields).id)
