"""The pages of this stage."""

from django.http import HttpResponse
from django.shortcuts import render

from dinghuo.reference.access import MemberRequest, page


@page(needs="analytics.read")
def analytics(request: MemberRequest) -> HttpResponse:
    """The stage's list."""
    return render(request, "web/base.html")
