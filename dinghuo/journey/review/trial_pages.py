"""The page that tries a rule on orders of the past: what it would have held, and whether people agreed."""

from datetime import date
from typing import Final

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from dinghuo.journey.review import rule_forms
from dinghuo.journey.review.parameter_words import kind_in_words
from dinghuo.journey.review.rule_forms import TypedRule
from dinghuo.journey.review.rule_pages import versions_of
from dinghuo.journey.review.rule_queries import RuleVersion
from dinghuo.journey.review.rules import KINDS
from dinghuo.journey.review.trials import Trial, dry_run
from dinghuo.kernel.errors import Refused
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.exports import FORMATS, exported
from dinghuo.reference.paging import asked, read_day, read_id

LAST: Final = 1_000
LAST_MAX: Final = 20_000
SHOWN_MAX: Final = 500
CHANGES: Final = ("newly_held", "newly_passed", "held_as_before")
NOT_OF_FORM: Final = ("csrfmiddlewaretoken", "format")


@page(needs="rules.write", methods=["POST"])
def trial_form(request: MemberRequest) -> HttpResponse:
    """Take a rule's form, as it was filled in, to the page that tries it."""
    sent = request.POST.copy()
    for name in NOT_OF_FORM:
        sent.pop(name, None)
    sent["run"], sent["last"], sent["rule"] = "1", str(LAST), asked(request, "rule")
    return redirect(f"{reverse('rule-trial')}?{sent.urlencode()}")


@page(needs="rules.write")
def trial(request: MemberRequest) -> HttpResponse:
    """The form of the rule to try and, once it was sent, what it would have changed; as a file when one is asked for."""
    rule_id = read_id(asked(request, "rule"))
    current = versions_of(request, rule_id, count=1)[0] if rule_id else None
    kind = current.kind if current else asked(request, "kind")
    if kind not in KINDS:
        kinds = {each: kind_in_words(each) for each in sorted(KINDS)}
        return render(request, "review/trial_kinds.html", {"kinds": kinds})
    typed = typed_rule(request.GET, kind, current)
    last = read_id(asked(request, "last"), LAST) or LAST
    found = tried(request, typed, min(last, LAST_MAX)) if "run" in request.GET else None
    if found is not None and asked(request, "format") in FORMATS:
        return exported_trial(found, typed, asked(request, "format"))
    context = {
        "typed": typed,
        "rule": current,
        "about": kind_in_words(kind),
        "last": min(last, LAST_MAX),
        "last_max": LAST_MAX,
        "asked": {name: asked(request, name) for name in ("from", "until")},
        "trial": found,
        "lists": [(change, found.of(change)[:SHOWN_MAX], len(found.of(change))) for change in CHANGES] if found else [],
        "shown_max": SHOWN_MAX,
        "exports": [(each.upper(), address_of_export(request.GET, each)) for each in FORMATS],
    }
    part = bool(request.htmx)
    # A part of a page is only put in its place when its status is 200.
    status = 422 if typed.faults and not part else 200
    return render(request, "review/_trial.html" if part else "review/trial.html", context, status=status)


def typed_rule(sent: QueryDict, kind: str, current: RuleVersion | None) -> TypedRule:
    """The form as it was sent, else as the rule is, else as its kind proposes; a rule keeps its code."""
    if "run" not in sent:
        return rule_forms.of_draft(current.draft) if current else rule_forms.proposed(kind)
    typed = rule_forms.read(kind, sent)
    typed.code = current.code if current else typed.code
    return typed


def tried(request: MemberRequest, typed: TypedRule, last: int) -> Trial | None:
    """What the rule would have changed, or None when its form has a fault, which then stands beside its field."""
    draft = rule_forms.draft_of(typed)
    if draft is None:
        return None
    days = {"from_on": read_day(asked(request, "from")) or date.min, "until_on": read_day(asked(request, "until")) or date.max}
    try:
        return dry_run(act=request.act, draft=draft, last=last, **days)
    except Refused as refusal:
        if refusal.reason != "unknown_scope":
            raise
        typed.faults["scope_value"] = _("Nobody and nothing here has this code; the rule would judge nothing.")
        return None


def address_of_export(sent: QueryDict, wanted: str) -> str:
    """The address of the same trial as a file."""
    query = sent.copy()
    query["format"] = wanted
    return f"{reverse('rule-trial')}?{query.urlencode()}"


def exported_trial(found: Trial, typed: TypedRule, wanted: str) -> HttpResponse:
    """Every order of a trial, one a row."""
    name = "".join(sign for sign in typed.code if sign.isascii() and (sign.isalnum() or sign in "-_")) or "rule"
    columns = ("order", "order_id", "change", "was_broken", "is_broken", "decision")
    told = ((row.number, row.order_id, row.change, int(row.was_broken), int(row.is_broken), row.decision) for row in found.tried)
    return exported(f"trial-{name}", wanted, columns, told)
