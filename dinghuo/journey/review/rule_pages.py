"""The pages of rules: the list, one rule with its versions, and the forms that add, change, retire and restore."""

from typing import Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dinghuo.journey.review import rule_forms
from dinghuo.journey.review.operations import add_rule, change_rule, restore_rule, retire_rule
from dinghuo.journey.review.parameter_words import kind_in_words
from dinghuo.journey.review.rule_forms import TypedRule
from dinghuo.journey.review.rule_history import VersionShown, facts_of, history
from dinghuo.journey.review.rule_queries import (
    VERSION_MAX,
    RuleSearch,
    RuleVersion,
    rule_versions,
    rules_page,
    scopes_matching,
    settings_counts,
)
from dinghuo.journey.review.rules import KINDS
from dinghuo.kernel.errors import Missing, Outcome, Refused
from dinghuo.kernel.journal import as_json
from dinghuo.kernel.retries import with_retries
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.acting import perform
from dinghuo.reference.exports import FORMATS, exported
from dinghuo.reference.paging import PAGE, Page, asked, page_of, read_id

VERSIONS: Final = 20
EXPORT_MAX: Final = 100_000


@page(needs="approvals.read")
def settings(request: MemberRequest) -> HttpResponse:
    """What an administrator sets up, with how much of it there is."""
    counts = settings_counts(company_id=request.act.company_id, day=request.act.on)
    return render(request, "review/settings.html", {"counts": counts})


@page(needs="rules.read")
def rules(request: MemberRequest) -> HttpResponse:
    """The rules by code, each by its newest version."""
    state = asked(request, "state") if "state" in request.GET else "in_force"
    search = RuleSearch(asked(request, "q"), asked(request, "kind"), state)
    if asked(request, "format") in FORMATS:
        return exported_rules(request, search)
    rows = rules_page(company_id=request.act.company_id, search=search, after_code=asked(request, "after"), count=PAGE + 1)
    found: Page[RuleVersion] = page_of(rows, lambda row: row.code)
    return render(request, "review/rules.html", {"page": found, "search": search, "kinds": sorted(KINDS)})


def exported_rules(request: MemberRequest, search: RuleSearch) -> HttpResponse:
    """Every rule that the form asks for, by its newest version, one a row."""
    rows = rules_page(company_id=request.act.company_id, search=search, after_code="", count=EXPORT_MAX)
    columns = (
        "code",
        "version",
        "kind",
        "severity",
        "scope",
        "scope_value",
        "check_points",
        "precedence",
        "parameters",
        "retired_at",
    )
    told = (
        (
            *(row.code, row.version, row.kind, row.severity, row.scope, row.scope_value),
            *(" ".join(row.check_points), row.precedence, as_json(row.parameters), row.retired_at),
        )
        for row in rows
    )
    return exported("rules", asked(request, "format"), columns, told)


@page(needs="rules.read")
def rule(request: MemberRequest, rule_id: int) -> HttpResponse:
    """One rule as its newest version says, with all versions, who made them and what each changed."""
    newest = versions_of(request, rule_id, count=1)[0]
    before = read_id(asked(request, "after")) or VERSION_MAX
    found = versions_of(request, rule_id, before=min(before, VERSION_MAX), count=VERSIONS + 1)
    shown: Page[VersionShown] = page_of(history(found), lambda row: str(row.rule.version), VERSIONS)
    context = {"rule": newest, "page": shown, "facts": facts_of(newest), "about": kind_in_words(newest.kind)}
    return render(request, "review/rule.html", context)


@page(needs="rules.write", methods=["GET", "POST"])
def new_rule(request: MemberRequest) -> HttpResponse:
    """The kinds to choose from, then the form of the chosen one; sent, it puts a new rule in force."""
    kind = request.POST.get("kind", "") if request.method == "POST" else asked(request, "kind")
    if kind not in KINDS:
        return render(request, "review/rule_kinds.html", {"kinds": {each: kind_in_words(each) for each in sorted(KINDS)}})
    if request.method != "POST":
        return form(request, rule_forms.proposed(kind), None)
    typed = rule_forms.read(kind, request.POST)
    draft = rule_forms.draft_of(typed)
    if draft is None:
        return form(request, typed, None, status=422)
    outcome = with_retries(add_rule, act=request.act, draft=draft)
    if not outcome.done:
        return refused(request, typed, None, outcome)
    messages.success(request, _("The rule is in force."))
    return redirect("rule", outcome.id)


@page(needs="rules.write", methods=["GET", "POST"])
def change(request: MemberRequest, rule_id: int) -> HttpResponse:
    """The form of a rule as it is; sent, it puts the next version in force."""
    current = versions_of(request, rule_id, count=1)[0]
    if request.method != "POST":
        return form(request, rule_forms.of_draft(current.draft), current)
    typed = rule_forms.read(current.kind, request.POST)
    # A rule keeps its code through all versions.
    typed.code = current.code
    draft = rule_forms.draft_of(typed)
    if draft is None:
        return form(request, typed, current, status=422)
    outcome = with_retries(change_rule, act=request.act, rule_id=rule_id, draft=draft)
    if not outcome.done:
        return refused(request, typed, current, outcome)
    messages.success(request, _("The rule was changed: version %(version)s is in force.") % outcome.facts)
    return redirect("rule", outcome.id)


@page(needs="rules.write", methods=["POST"])
def retire(request: MemberRequest, rule_id: int) -> HttpResponse:
    """Take a rule out of force."""
    perform(request, retire_rule, done=_("The rule was retired. Its versions stay here."), rule_id=rule_id)
    return redirect("rule", rule_id)


@page(needs="rules.write", methods=["POST"])
def restore(request: MemberRequest, rule_id: int) -> HttpResponse:
    """Put an older version in force again, as a new one."""
    done = perform(request, restore_rule, done=_("The version is in force again, as a new one."), rule_id=rule_id)
    return redirect("rule", done.id if done else rule_id)


@page(needs="rules.read")
def scope_choices(request: MemberRequest) -> HttpResponse:
    """What a text typed into a scope may mean, as buttons."""
    found = scopes_matching(company_id=request.act.company_id, scope=asked(request, "scope"), wanted=asked(request, "scope_value"))
    return render(request, "reference/_choices.html", {"choices": found})


@transaction.atomic
def versions_of(request: MemberRequest, rule_id: int, *, before: int = VERSION_MAX, count: int) -> list[RuleVersion]:
    """Versions of a rule, the newest first; raises Missing when there is none."""
    found = rule_versions(company_id=request.act.company_id, rule_id=rule_id, before=before, count=count)
    if not found:
        raise Missing("There is no such rule.", id=rule_id)
    return found


def form(request: MemberRequest, typed: TypedRule, current: RuleVersion | None, *, status: int = 200) -> HttpResponse:
    """The form with what was typed."""
    context = {"typed": typed, "rule": current, "about": kind_in_words(typed.kind)}
    return render(request, "review/rule_form.html", context, status=status)


def refused(request: MemberRequest, typed: TypedRule, current: RuleVersion | None, outcome: Outcome) -> HttpResponse:
    """The form again, the refusal beside the field that it is about."""
    if outcome.code == Missing.code:
        raise Missing("There is no such rule.", id=outcome.id)
    if outcome.code == "unknown_scope":
        typed.faults["scope_value"] = _("Nobody and nothing here has this code; the rule would judge nothing.")
    elif outcome.code == "version_conflict" and current is None:
        typed.faults["code"] = _("A rule with this code is in force already.")
    elif outcome.code == "version_conflict":
        typed.faults[""] = _("Somebody else changed the rule meanwhile: version %(version)s is the newest.") % outcome.facts
    else:
        raise Refused("The rule was refused.", code=outcome.code, **outcome.facts)
    return form(request, typed, current, status=409)
