"""Who may do what: one table of permissions and the roles that have them. Whatever it does not grant is refused.

Pages declare what they need with `page`, programs carry scopes with the same names, and a view that declares nothing is refused
when it is called and fails the tests before that. Rows of another company or another customer answer like missing ones.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from dinghuo.kernel import sql
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Role

P = ParamSpec("P")

# Two declarations that no role is asked about.
PUBLIC: Final = "public"
SIGNED_IN: Final = "signed in"

STAFF: Final = frozenset(Role) - {Role.CUSTOMER}
OFFICE: Final = STAFF - {Role.WAREHOUSE}


def _to(*roles: Role) -> frozenset[Role]:
    return frozenset({Role.ADMIN, *roles})


PERMISSIONS: Final[Mapping[str, frozenset[Role]]] = {
    "home.read": STAFF,
    "company.read": STAFF,
    "company.write": _to(),
    "customers.read": STAFF,
    "customers.write": _to(Role.SALES),
    "products.read": STAFF,
    "products.write": _to(Role.SALES),
    "warehouses.read": STAFF,
    "warehouses.write": _to(Role.WAREHOUSE),
    "carriers.read": STAFF,
    "carriers.write": _to(Role.WAREHOUSE),
    "orders.read": STAFF,
    "orders.write": _to(Role.SALES),
    "orders.release": _to(Role.CREDIT),
    # Whom the approval matrix may name; who of them may approve an order, the operation decides.
    "orders.approve": _to(Role.CREDIT, Role.FINANCE),
    "rules.read": OFFICE,
    "rules.write": _to(),
    "approvals.read": OFFICE,
    "approvals.write": _to(),
    "stock.read": STAFF,
    "stock.write": _to(Role.WAREHOUSE),
    # Whoever counts does not say that the books are wrong: see docs/rules/stock.md.
    "stock.approve": _to(Role.FINANCE),
    "stock.allocate": _to(Role.SALES, Role.WAREHOUSE),
    "policies.write": _to(),
    "shipments.read": STAFF,
    "shipments.write": _to(Role.WAREHOUSE),
    "shipments.dispatch": _to(Role.WAREHOUSE),
    "returns.write": _to(Role.WAREHOUSE),
    "invoices.read": OFFICE,
    "invoices.write": _to(Role.FINANCE),
    "invoices.post": _to(Role.FINANCE),
    "payments.read": OFFICE,
    "payments.take": _to(Role.FINANCE),
    "bank.read": _to(Role.FINANCE, Role.CREDIT, Role.AUDITOR),
    "bank.import": _to(Role.FINANCE),
    "bank.match": _to(Role.FINANCE),
    # Where money comes in, and by which rule it is given away unseen, is not for those who match it.
    "bank.write": _to(),
    # Kept apart from taking money: see docs/rules/approval.md.
    "receivables.write_off": _to(Role.CREDIT),
    "feedback.read": STAFF,
    "feedback.answer": _to(Role.SALES),
    "events.read": OFFICE,
    "analytics.read": OFFICE,
    "portal.read": frozenset({Role.CUSTOMER}),
    "portal.write": frozenset({Role.CUSTOMER}),
}


def allowed(role: str, permission: str) -> bool:
    """Whether a role has a permission; raises KeyError for a permission that the table does not know."""
    return role in PERMISSIONS[permission]


@dataclass(frozen=True, slots=True)
class Member:
    """What one user is in one company: its roles there, and for a customer's user whose orders it may see.

    `name`, `name_zh`, `time_zone` and `currency` are the company's.
    """

    user_id: int
    company_id: int
    company_code: str
    name: str
    name_zh: str
    time_zone: str
    currency: str
    roles: Sequence[str]
    customer_id: int | None

    def may(self, permission: str) -> bool:
        """Whether one of the member's roles has the permission; what needs a sign-in alone is open to each."""
        return permission == SIGNED_IN or any(allowed(role, permission) for role in self.roles)


def members(user_id: int) -> list[Member]:
    """What a user is in each company, by company; read before a company is chosen."""
    return sql.rows("reference/members_of_user", Member, user_id=user_id)


class MemberRequest(HttpRequest):
    """A request whose user, company and time are settled: what every page is given."""

    membership: Member
    memberships: Sequence[Member]
    act: Act
    htmx: HtmxDetails


def declared(view: Callable[..., Any]) -> str | None:
    """What a view says that it needs, or None when it says nothing."""
    return cast("str | None", view.__dict__.get("needs"))


def declare(view: Callable[..., Any], needs: str) -> Callable[..., Any]:
    """Declare what a view of another package needs, where that view refuses by itself."""
    view.__dict__["needs"] = needs
    return view


def page(
    *, needs: str, methods: Sequence[str] = ("GET",)
) -> Callable[[Callable[Concatenate[MemberRequest, P], HttpResponse]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """Let a view be called by members that have the permission, and by nobody else.

    Reads run in one transaction, so that row-level security sees the company; writes open their own, one for each try.
    Anonymous callers are sent to sign in; members without the permission get 403, other methods 405.
    """
    assert needs in PERMISSIONS or needs == SIGNED_IN, f"{needs} is no permission"
    answered = frozenset({"HEAD" if method == "GET" else method for method in methods} | set(methods))

    def declaring(
        view: Callable[Concatenate[MemberRequest, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            refuse_unless_member_may(request, needs)
            if request.method not in answered:
                return HttpResponseNotAllowed(sorted(answered))
            if request.method == "POST":
                return view(cast("MemberRequest", request), *args, **kwargs)
            with transaction.atomic():
                return view(cast("MemberRequest", request), *args, **kwargs)

        declare(guarded, needs)
        return guarded

    return declaring


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send an anonymous caller to sign in and back; a fragment's caller must load a whole page."""
    redirect = redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
    if request.headers.get("HX-Request") == "true":
        return HttpResponseClientRedirect(redirect.url)
    return redirect


def refuse_unless_member_may(request: HttpRequest, needs: str) -> None:
    """Raise PermissionDenied unless the request's member has the permission."""
    member = getattr(request, "membership", None)
    if needs != SIGNED_IN and (member is None or not member.may(needs)):
        raise PermissionDenied(needs)
