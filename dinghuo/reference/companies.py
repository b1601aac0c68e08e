"""Finding companies, and acting for one now."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from dinghuo.kernel.errors import Missing
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company


def companies(code: str | None) -> Sequence[Company]:
    """The company of that code, or all; raises Missing for an unknown code."""
    found = list(Company.objects.filter(**({"code": code} if code else {})).order_by("id"))
    if code and not found:
        raise Missing(f"There is no company {code}.", code=code)
    return found


def act_now(company: Company, *, actor_id: int | None = None) -> Act:
    """Somebody acting for a company now; the business date is that of the company's time zone."""
    now = datetime.now(UTC)
    return Act(company_id=company.id, at=now, on=now.astimezone(ZoneInfo(company.time_zone)).date(), actor_id=actor_id)
