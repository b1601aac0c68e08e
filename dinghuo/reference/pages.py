"""The pages of the master data, and the choices that forms offer while somebody types."""

from django.http import HttpResponse
from django.shortcuts import render

from dinghuo.reference import queries
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.paging import PAGE, asked, page_of


@page(needs="customers.read")
def customers(request: MemberRequest) -> HttpResponse:
    """The customers by code, with what each owes."""
    wanted = asked(request, "q")
    rows = queries.customers_page(
        company_id=request.act.company_id, wanted=wanted, after_code=asked(request, "after"), count=PAGE + 1
    )
    return render(request, "reference/customers.html", {"page": page_of(rows, lambda row: row.code), "wanted": wanted})


@page(needs="products.read")
def products(request: MemberRequest) -> HttpResponse:
    """The products by code, with their list price."""
    wanted = asked(request, "q")
    rows = queries.products_page(
        company_id=request.act.company_id, wanted=wanted, after_code=asked(request, "after"), count=PAGE + 1
    )
    return render(request, "reference/products.html", {"page": page_of(rows, lambda row: row.code), "wanted": wanted})


@page(needs="customers.read")
def customer_choices(request: MemberRequest) -> HttpResponse:
    """What a text typed into a customer field may mean, as buttons."""
    found = queries.customers_matching(company_id=request.act.company_id, wanted=asked(request, "customer_text"))
    return render(request, "reference/_choices.html", {"choices": found})


@page(needs="products.read")
def product_choices(request: MemberRequest) -> HttpResponse:
    """What a text typed into a product field may mean, as buttons."""
    found = queries.products_matching(company_id=request.act.company_id, wanted=asked(request, "product"))
    return render(request, "reference/_choices.html", {"choices": found})
