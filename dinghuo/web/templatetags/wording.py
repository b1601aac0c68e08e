"""Template filters and tags that put codes into words and lead through pages."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.http import HttpRequest

from dinghuo.journey.review import rule_history
from dinghuo.journey.review.models import ReasonCode
from dinghuo.kernel.errors import Refused
from dinghuo.reference.access import Member
from dinghuo.reference.acting import told
from dinghuo.web import words
from dinghuo.web.order_form import TypedLine

register = template.Library()


@register.filter
def in_words(code: str | None) -> str:
    """A state, kind or reason code in words."""
    return words.of(code or "")


@register.filter
def in_words_of(code: str | None, what: str) -> str:
    """A state in words: those of this sort of thing where it has its own, since two sorts may have states of one name."""
    return words.of(f"{what}_{code}" if f"{what}_{code}" in words.CODES else code or "")


@register.filter
def shade(state: str) -> str:
    """The colour class of a state's badge."""
    return words.shade(state)


@register.filter
def refusal_in_words(refusal: Any) -> str:
    """A refusal, or the message that keeps one, in words."""
    if isinstance(refusal, Refused):
        return words.refusal(refusal.reason, refusal.facts)
    return words.refusal(*told(str(refusal)))


@register.filter
def fault_in_words(fault: Any) -> str:
    """What is wrong with a field: a refusal in words, or the sentence that was found."""
    return words.refusal(fault.reason, fault.facts) if isinstance(fault, Refused) else str(fault)


@register.filter
def happened(event: Any) -> str:
    """What an event of the journal says, in words."""
    return words.event(event.kind, event.facts)


@register.filter
def finding_in_words(finding: Any) -> str:
    """What a review rule found, in words."""
    return words.finding(finding.kind, finding.outcome, finding.inputs)


@register.filter
def breach_in_words(inputs: Any, kind: str) -> str:
    """What a rule that was broken found, in words."""
    return words.finding(kind, "breach", inputs or {})


@register.filter
def reason_in_words(code: str) -> str:
    """The reason code of a decision in words."""
    return words.reason(code)


@register.filter
def touch_in_words(kind: str) -> str:
    """What a person did to an order, named after the event that it left."""
    return words.touch(kind)


@register.simple_tag
def reason_codes() -> list[tuple[str, Any]]:
    """Every reason code of a decision with its name, to choose from."""
    return list(ReasonCode.choices)


@register.filter
def rule_name(kind: str) -> str:
    """What a kind of review rule is called."""
    return words.rule(kind)


@register.filter
def rule_scope(rule: Any) -> str:
    """Whom or what a review rule judges."""
    return rule_history.scope_in_words(rule)


@register.filter
def check_points(points: Any) -> str:
    """When a review rule runs."""
    return rule_history.points_in_words(points)


@register.filter
def unit_name(code: str) -> str:
    """A unit of measure by its name in the reader's language."""
    return words.unit(code)


@register.filter
def may(member: Member | None, permission: str) -> bool:
    """Whether the member's roles have a permission."""
    return member is not None and member.may(permission)


@register.simple_tag(takes_context=True)
def query_with(context: dict[str, Any], **changes: Any) -> str:
    """The page's query string with some parameters changed; an empty value drops its parameter."""
    request: HttpRequest = context["request"]
    kept = {name: value for name, value in request.GET.items() if name not in changes}
    kept |= {name: str(value) for name, value in changes.items() if value not in {"", None}}
    return f"?{urlencode(kept)}" if kept else "?"


@register.simple_tag
def named(row: Any) -> str:
    """The name of a row in the reader's language: the Chinese one where there is one and Chinese is read."""
    return words.name(row)


@register.simple_tag
def empty_row() -> list[TypedLine]:
    """A row of the order form in which nothing has been typed."""
    return [TypedLine()]
