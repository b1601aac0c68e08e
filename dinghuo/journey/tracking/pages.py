"""The pages of this stage."""

from django.http import HttpResponse
from django.shortcuts import render

from dinghuo.reference.access import MemberRequest, page


@page(needs="feedback.read")
def tracking(request: MemberRequest) -> HttpResponse:
    """The stage's list."""
    return render(request, "web/base.html")


@page(needs="portal.read")
def portal(request: MemberRequest) -> HttpResponse:
    """A customer's own orders."""
    return render(request, "web/base.html")
