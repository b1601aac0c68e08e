"""The pages of the master data."""

from django.http import HttpResponse
from django.shortcuts import render

from dinghuo.reference.access import MemberRequest, page


@page(needs="customers.read")
def customers(request: MemberRequest) -> HttpResponse:
    """The customers."""
    return render(request, "web/base.html")


@page(needs="products.read")
def products(request: MemberRequest) -> HttpResponse:
    """The products."""
    return render(request, "web/base.html")
