"""Which rules judge a company's orders."""

from django.db import transaction

from dinghuo.journey.review.models import ReviewRule
from dinghuo.journey.review.rules import KINDS
from dinghuo.kernel.errors import Outcome
from dinghuo.kernel.tenancy import Act


@transaction.atomic
def install_rules(*, act: Act) -> list[Outcome]:
    """Give a company the default rules, one of each kind; those it has stay as they are."""
    known = set(ReviewRule.objects.filter(company_id=act.company_id).values_list("code", flat=True))
    made = ReviewRule.objects.bulk_create(
        ReviewRule(
            company_id=act.company_id,
            code=code,
            kind=code,
            parameters=dict(kind.parameters),
            severity=kind.severity,
            created_at=act.at,
            created_by_id=act.actor_id,
        )
        for code, kind in KINDS.items()
        if code not in known
    )
    return [Outcome(id=rule.pk) for rule in made]
