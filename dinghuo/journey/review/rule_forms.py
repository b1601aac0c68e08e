"""The form of a rule, made from its kind's parameters: what was typed stays as typed, and each fault stands beside its field."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from dinghuo.journey.review.models import ReviewRule
from dinghuo.journey.review.operations import RuleDraft
from dinghuo.journey.review.operations.rule_versions import CODE_MAX, PRECEDENCE_MAX
from dinghuo.journey.review.parameter_words import help_for, label_of, option_in_words
from dinghuo.journey.review.rules import KINDS, Parameter
from dinghuo.journey.review.rules.kinds import COMMON, checked_value

TEXT_MAX: Final = 2_000
VALUE_MAX: Final = 60
NUMBER_MAX: Final = 9
# A parameter's field carries its name behind this, so that it meets no field of the head.
PREFIX: Final = "parameter-"


@dataclass(frozen=True, slots=True)
class Option:
    """One of a field's choices."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class FormField:
    """A parameter as the form asks for it: `number`, `whole`, `flag`, `choices` (boxes to tick) or `words` (parted by commas)."""

    name: str
    type: str
    label: str
    help: str
    bounds: str
    value: str
    is_on: bool
    options: Sequence[Option]
    fault: str


@dataclass(slots=True)
class TypedRule:
    """A rule's form as somebody filled it in; `parameters` are texts, lists of texts or flags, `faults` sentences by field."""

    kind: str
    code: str = ""
    severity: str = "hold"
    scope: str = "company"
    scope_value: str = ""
    check_points: list[str] = field(default_factory=lambda: ["submit"])
    precedence: str = "100"
    is_release_exclusion: bool = False
    parameters: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> list[FormField]:
        """A field for each parameter of the kind."""
        return [self._field(parameter) for parameter in schema_of(self.kind)]

    @property
    def severities(self) -> list[tuple[str, str]]:
        """What a breach of this kind may lead to; only kinds that look at lines hold one."""
        by_line = KINDS[self.kind].by_line
        return [(each.value, str(each.label)) for each in ReviewRule.Severity if by_line or each != "hold_line"]

    @property
    def scopes(self) -> list[tuple[str, str]]:
        """Whom a rule of this kind may judge; only kinds that look at lines know categories."""
        by_line = KINDS[self.kind].by_line
        return [(each.value, str(each.label)) for each in ReviewRule.Scope if by_line or each != "product_category"]

    @property
    def points(self) -> list[Option]:
        """When the rule may run."""
        return [Option(each.value, str(each.label), each.value in self.check_points) for each in ReviewRule.CheckPoint]

    def _field(self, parameter: Parameter) -> FormField:
        value = self.parameters.get(parameter.name)
        chosen = value if isinstance(value, list) else []
        return FormField(
            name=PREFIX + parameter.name,
            type=type_of(parameter),
            label=label_of(parameter.name),
            help=help_for(parameter.name),
            bounds=bounds_of(parameter),
            value=value if isinstance(value, str) else "",
            is_on=value is True,
            options=[Option(each, option_in_words(each), each in chosen) for each in parameter.among],
            fault=self.faults.get(parameter.name, ""),
        )


def schema_of(kind: str) -> tuple[Parameter, ...]:
    """The parameters of a kind, those that every kind has last."""
    return (*KINDS[kind].schema, *COMMON)


def type_of(parameter: Parameter) -> str:
    """How the form asks for a parameter."""
    return "words" if parameter.type == "choices" and not parameter.among else parameter.type


def bounds_of(parameter: Parameter) -> str:
    """Between what a number must lie, in words; empty for what is no number."""
    if parameter.type not in {"number", "whole"}:
        return ""
    bounds = {"least": f"{parameter.minimum:,}", "most": f"{parameter.maximum:,}"}
    if parameter.type == "whole":
        return _("A whole number from %(least)s to %(most)s.") % bounds
    return _("A number from %(least)s to %(most)s.") % bounds


def proposed(kind: str) -> TypedRule:
    """The form of a new rule, with what its kind is by default."""
    return TypedRule(kind=kind, code=kind, severity=KINDS[kind].severity, parameters=as_typed(kind, KINDS[kind].parameters))


def of_draft(draft: RuleDraft) -> TypedRule:
    """The form of a rule as it is; a parameter that came after the rule has its kind's value."""
    return TypedRule(
        kind=draft.kind,
        code=draft.code,
        severity=draft.severity,
        scope=draft.scope,
        scope_value=draft.scope_value,
        check_points=list(draft.check_points),
        precedence=str(draft.precedence),
        is_release_exclusion=draft.is_release_exclusion,
        parameters=as_typed(draft.kind, {**KINDS[draft.kind].parameters, **draft.parameters}),
    )


def as_typed(kind: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as the form shows them."""
    typed: dict[str, Any] = {}
    for parameter in schema_of(kind):
        value = parameters.get(parameter.name, parameter.default)
        if parameter.type == "choices":
            typed[parameter.name] = list(value) if parameter.among else ", ".join(value)
        else:
            typed[parameter.name] = value if parameter.type == "flag" else "" if value is None else str(value)
    return typed


def read(kind: str, sent: QueryDict) -> TypedRule:
    """The form as it was sent."""
    return TypedRule(
        kind=kind,
        code=cleaned(sent.get("code", ""), CODE_MAX),
        severity=cleaned(sent.get("severity", ""), VALUE_MAX),
        scope=cleaned(sent.get("scope", ""), VALUE_MAX),
        scope_value=cleaned(sent.get("scope_value", ""), VALUE_MAX) if sent.get("scope") != "company" else "",
        check_points=[cleaned(point, VALUE_MAX) for point in sent.getlist("check_points")][: len(ReviewRule.CheckPoint)],
        precedence=cleaned(sent.get("precedence", ""), NUMBER_MAX),
        is_release_exclusion=sent.get("is_release_exclusion") == "1",
        parameters={parameter.name: read_parameter(parameter, sent) for parameter in schema_of(kind)},
    )


def read_parameter(parameter: Parameter, sent: QueryDict) -> Any:
    """What was typed for one parameter."""
    name = PREFIX + parameter.name
    if parameter.type == "flag":
        return sent.get(name) == "1"
    if type_of(parameter) == "choices":
        return [cleaned(value, VALUE_MAX) for value in sent.getlist(name)][: len(parameter.among)]
    return cleaned(sent.get(name, ""), TEXT_MAX)


def cleaned(text: str, length: int) -> str:
    """A typed text without surrounding blanks, cut to a length; full-width digits and letters become plain ones."""
    return unicodedata.normalize("NFKC", text.replace("\x00", "")).strip()[:length]


def draft_of(typed: TypedRule) -> RuleDraft | None:
    """The rule that the form asks for, or None; each fault is written beside its field then."""
    parameters: dict[str, Any] = {}
    for parameter in schema_of(typed.kind):
        value = value_of(parameter, typed.parameters.get(parameter.name))
        kept, fault = checked_value(parameter, value)
        parameters[parameter.name] = kept
        if fault:
            typed.faults[parameter.name] = bounds_of(parameter) or _("Choose among what is offered.")
    precedence = number_of(typed.precedence)
    typed.faults |= faults_in_head(typed, precedence)
    if typed.faults or precedence is None:
        return None
    return RuleDraft(
        code=typed.code,
        kind=typed.kind,
        parameters=parameters,
        severity=typed.severity,
        scope=typed.scope,
        scope_value=typed.scope_value,
        check_points=typed.check_points,
        precedence=int(precedence),
        is_release_exclusion=typed.is_release_exclusion,
    )


def value_of(parameter: Parameter, typed: Any) -> Any:
    """A typed value as the rule takes it; an empty number is the kind's own where that is none."""
    if type_of(parameter) == "words":
        return [word for each in typed.replace("，", ",").split(",") if (word := each.strip())]
    if parameter.type in {"number", "whole"}:
        return typed.replace(",", "") or None
    return typed


def number_of(typed: str) -> Decimal | None:
    """A number as people type it, thousands grouped or not, or None."""
    try:
        found = Decimal(typed.replace(",", ""))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def faults_in_head(typed: TypedRule, precedence: Decimal | None) -> dict[str, str]:
    """What is wrong with what every rule has, by field."""
    found = {}
    if not typed.code:
        found["code"] = _("A rule needs a code.")
    if typed.severity not in dict(typed.severities):
        found["severity"] = _("Choose among what is offered.")
    if typed.scope not in dict(typed.scopes):
        found["scope"] = _("Choose among what is offered.")
    elif typed.scope != "company" and not typed.scope_value:
        found["scope_value"] = _("Which one? Type its code.")
    if not typed.check_points or not set(typed.check_points) <= set(ReviewRule.CheckPoint.values):
        found["check_points"] = _("Choose at least one.")
    if precedence is None or not 0 <= precedence <= PRECEDENCE_MAX or precedence != int(precedence):
        found["precedence"] = _("A whole number from %(least)s to %(most)s.") % {"least": 0, "most": f"{PRECEDENCE_MAX:,}"}
    return found
