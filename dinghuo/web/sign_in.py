"""Signing in, changing one's password, choosing a company and a language."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST

from dinghuo.reference import access
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.models import User
from dinghuo.web.middleware import COMPANY_KEY


class Adapter(DefaultAccountAdapter):
    """Users are made by an administrator; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse to make an account for a stranger."""
        return False


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the language that a visitor chose: in a cookie, and for a signed-in user in its account."""
    response = HttpResponseRedirect(back(request))
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES) and check_for_language(language):
        if request.user.is_authenticated:
            User.objects.filter(pk=request.user.pk).update(language=language)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


choose_language = access.declare(choose_language, access.PUBLIC)


@page(needs=access.SIGNED_IN, methods=["POST"])
def choose_company(request: MemberRequest) -> HttpResponse:
    """Act for another company of the signed-in user; the id of a company it is no member of changes nothing."""
    wanted = request.POST.get("company", "")
    if wanted in {str(member.company_id) for member in getattr(request, "memberships", ())}:
        request.session[COMPANY_KEY] = int(wanted)
    return redirect("home")


def back(request: HttpRequest) -> str:
    """The page that a form was sent from, if it is one of this site."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else "/"
