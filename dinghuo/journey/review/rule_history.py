"""What changed from one version of a rule to the next, in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext as _

from dinghuo.journey.review.models import ReviewRule
from dinghuo.journey.review.parameter_words import label_of, option_in_words
from dinghuo.journey.review.rule_forms import schema_of
from dinghuo.journey.review.rule_queries import RuleVersion
from dinghuo.journey.review.rules import KINDS

NOTHING: Final = "–"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that a version changed: what it is called, what it was and what it is."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class VersionShown:
    """A version with what it changed; the first one changed nothing."""

    rule: RuleVersion
    differences: Sequence[Difference]
    is_first: bool


def history(versions: Sequence[RuleVersion]) -> list[VersionShown]:
    """Versions, the newest first, each with what it changed from the one before it; the last one given counts as the first."""
    pairs = zip(versions, [*versions[1:], None], strict=True)
    return [VersionShown(new, list(differences(old, new)) if old else [], old is None) for new, old in pairs]


def differences(old: RuleVersion, new: RuleVersion) -> Iterator[Difference]:
    """What differs between two versions, head first, then parameters in the order of the newer one."""
    before, after = facts_of(old), facts_of(new)
    for label in after | before:
        if before.get(label, NOTHING) != after.get(label, NOTHING):
            yield Difference(label, before.get(label, NOTHING), after.get(label, NOTHING))


def facts_of(rule: RuleVersion) -> dict[str, str]:
    """All that a version says, by label, in words; the kind's name is told elsewhere."""
    return {
        _("Leads to"): str(ReviewRule.Severity(rule.severity).label),
        _("Scope"): scope_in_words(rule),
        _("Check points"): points_in_words(rule.check_points),
        _("Precedence"): str(rule.precedence),
        _("Release exclusion"): yes_or_no(rule.is_release_exclusion),
        **{label_of(name): in_words(rule.parameters[name]) for name in names_in_order(rule)},
    }


def names_in_order(rule: RuleVersion) -> list[str]:
    """The parameters that a version states, in the order of its kind's form; the database keeps none."""
    known = [parameter.name for parameter in schema_of(rule.kind)] if rule.kind in KINDS else []
    return [name for name in known if name in rule.parameters] + [name for name in rule.parameters if name not in known]


def scope_in_words(rule: RuleVersion) -> str:
    """Whom or what a rule judges."""
    return " ".join(part for part in (str(ReviewRule.Scope(rule.scope).label), rule.scope_value) if part)


def points_in_words(points: Sequence[str]) -> str:
    """When a rule runs."""
    return ", ".join(str(ReviewRule.CheckPoint(point).label) for point in points)


def yes_or_no(flag: bool) -> str:
    """A flag in words."""
    return _("yes") if flag else _("no")


def in_words(value: Any) -> str:
    """A parameter's value for people: numbers grouped, lists parted by commas, nothing as a dash."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return yes_or_no(value)
    if isinstance(value, list):
        return ", ".join(option_in_words(item) for item in value) or NOTHING
    try:
        return f"{Decimal(value):,f}"
    except InvalidOperation:
        return str(value)
