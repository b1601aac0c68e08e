"""The first page: what waits in each stage, and what needs a person."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from dinghuo.reference.access import SIGNED_IN, MemberRequest, page


@page(needs=SIGNED_IN)
def home(request: MemberRequest) -> HttpResponse:
    """Each stage's counts; a customer's user goes to its own orders."""
    member = getattr(request, "membership", None)
    if member and member.may("portal.read") and not member.may("home.read"):
        return redirect("portal")
    return render(request, "web/base.html")
