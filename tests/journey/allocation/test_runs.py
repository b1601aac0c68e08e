"""Runs of policies: what they decide, keep, post and refuse to post."""

import re
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, given, settings

from dinghuo.journey.allocation.differences import changed_customers, changed_lines
from dinghuo.journey.allocation.explanations import explanation
from dinghuo.journey.allocation.models import Allocation, PolicyRun, Shortage
from dinghuo.journey.allocation.operations import allocate_orders, posting, runs
from dinghuo.journey.allocation.operations.policies import (
    PolicyDraft,
    ScheduleDraft,
    add_policy,
    agree_terms,
    change_policy,
    commit_lines,
    end_schedule,
    retire_policy,
    schedule_policy,
)
from dinghuo.journey.allocation.operations.posting import finish_posting, post_run
from dinghuo.journey.allocation.operations.runs import ask_run, compute_run, drop_run
from dinghuo.journey.allocation.operations.working import work_on_runs
from dinghuo.journey.allocation.rules.problem import Reason
from dinghuo.journey.allocation.sentences import REASONS, sentences
from dinghuo.journey.ordering.models import SalesOrder, SalesOrderLine
from dinghuo.kernel.errors import Missing, Outcome
from dinghuo.reference.models import Customer
from tests.builders import a_warehouse, some_stock
from tests.journey.allocation.conftest import Room, broken_stock
from tests.journey.allocation.test_greedy import CASES, Case, set_up

CLASS_B = {"key": "customer_class", "operator": "eq", "value": "B"}


def simulated(room: Room, policy: str = "") -> PolicyRun:
    """A run of a policy, computed."""
    asked = ask_run(act=room.act, policy_code=policy)
    assert asked.done, asked
    computed = compute_run(act=room.act, run_id=asked.id)
    assert computed.done, computed
    return PolicyRun.objects.get(id=asked.id)


def posted(room: Room, policy: str = "") -> PolicyRun:
    """A run of a policy, posted."""
    run = simulated(room, policy)
    assert post_run(act=room.act, run_id=run.pk).done
    assert finish_posting(act=room.act, run_id=run.pk).done
    return PolicyRun.objects.get(id=run.pk)


def in_force(room: Room, code: str, **definition: object) -> Outcome:
    made = add_policy(act=room.act, draft=PolicyDraft(code, code, definition))
    assert made.done, made
    return made


def places(line_ids: Iterable[int]) -> dict[tuple[int, int], Decimal]:
    """What each line has from which level."""
    found: dict[tuple[int, int], Decimal] = {}
    for row in Allocation.objects.filter(order_line_id__in=list(line_ids)):
        left = row.quantity - row.given_back
        if left:
            found[row.order_line_id, row.stock_level_id] = found.get((row.order_line_id, row.stock_level_id), Decimal(0)) + left
    return found


@given(case=CASES)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_default_policy_gives_what_the_interactive_statement_gives(room: Room, case: Case) -> None:
    with transaction.atomic():
        _, lines = set_up(room, case)
        before = transaction.savepoint()
        allocate_orders(act=room.act)
        by_statement = places(lines)
        transaction.savepoint_rollback(before)
        run = posted(room)
        assert places(lines) == by_statement
        assert run.problems == []
        assert broken_stock(room.company) == []
        # The next case must not find what this one left over.
        SalesOrder.objects.filter(company_id=room.company.id).update(state="cancelled")


def test_a_simulation_changes_nothing_and_a_drop_leaves_it_so(room: Room) -> None:
    room.stock(30)
    order_id = room.order(20, 25)
    run = simulated(room)
    assert (run.lines, run.lines_gaining, run.units_gained) == (2, 2, 30)
    assert room.given(order_id) == [0]
    assert drop_run(act=room.act, run_id=run.pk).done
    assert post_run(act=room.act, run_id=run.pk).code == "not_simulated"


def test_posting_gives_and_opens_the_shortage(room: Room) -> None:
    room.stock(30)
    order_id = room.order(20, 25)
    posted(room)
    assert room.given(order_id) == [30]
    assert [row.quantity for row in Shortage.objects.filter(closed_at=None)] == [15]


def test_a_second_run_changes_nothing(room: Room) -> None:
    room.stock(30)
    room.order(20, 25)
    posted(room)
    again = posted(room)
    assert (again.lines_gaining, again.lines_losing) == (0, 0)
    assert Allocation.objects.filter(run_id=again.run_id).count() == 0


def test_a_run_that_was_computed_from_other_stock_is_not_posted(room: Room) -> None:
    room.stock(30)
    first = room.order(20)
    run = simulated(room)
    allocate_orders(act=room.act, order_ids=[first])
    refused = post_run(act=room.act, run_id=run.pk)
    assert refused.code == "inputs_changed"
    assert refused.facts == {"count": 1, "products": [room.product.code]}


def test_orders_on_hold_give_their_stock_back_at_the_next_run(room: Room) -> None:
    room.stock(30)
    held, waiting = room.order(20), room.order(25)
    allocate_orders(act=room.act)
    SalesOrder.objects.filter(id=held).update(state="held")
    run = posted(room)
    assert room.given(held, waiting) == [0, 25]
    assert (run.lines_gaining, run.lines_losing) == (1, 1)


def test_a_committed_line_is_left_as_it_is(room: Room) -> None:
    """D6.5: O1 is frozen at 60, so a run that ranks it last deals with the remaining 40."""
    room.stock(100)
    first, second = room.order(60, priority=9), room.order(50, priority=1)
    allocate_orders(act=room.act, order_ids=[first])
    line = SalesOrderLine.objects.get(order_id=first)
    assert [outcome.code for outcome in commit_lines(act=room.act, line_ids=[line.id], reason="Promised.")] == ["done"]
    in_force(room, "again", otherwise="redistribute", ranking=["priority"])
    posted(room, "again")
    assert room.given(first, second) == [60, 40]


def test_a_redistribution_takes_from_the_worse_ranked_and_gives_to_the_better(room: Room) -> None:
    room.stock(50)
    first, second = room.order(50, priority=9), room.order(30, priority=1)
    allocate_orders(act=room.act, order_ids=[first])
    in_force(room, "again", otherwise="redistribute", ranking=["priority"])
    run = simulated(room, "again")
    lines = changed_lines(company_id=room.company.id, run_id=run.pk, count=10)
    assert sorted((int(row.had), int(row.given), int(row.change)) for row in lines) == [(0, 30, 30), (50, 20, -30)]
    assert sum(row.amount for row in lines) == 0
    (customer,) = changed_customers(company_id=room.company.id, run_id=run.pk)
    assert (customer.promises_won, customer.promises_lost) == (1, 1)
    assert post_run(act=room.act, run_id=run.pk).done
    assert finish_posting(act=room.act, run_id=run.pk).done
    assert room.given(first, second) == [20, 30]
    assert [int(row.quantity) for row in Shortage.objects.filter(closed_at=None)] == [30]


def test_a_broken_promise_keeps_the_run_from_being_posted(room: Room) -> None:
    """D7, example 2: Win takes 90 of 100, so B's gain of 20 cannot be kept."""
    room.stock(100)
    big, small = room.order(90, priority=1), room.order(30, priority=5)
    allocate_orders(act=room.act, order_ids=[small])
    winners = [{"name": "first", "strategy": "win", "conditions": [{"key": "priority", "operator": "eq", "value": 1}]}]
    in_force(room, "win", segments=winners)
    run = simulated(room, "win")
    refused = post_run(act=room.act, run_id=run.pk)
    assert refused.code == "promise_broken"
    assert (refused.facts["count"], refused.facts["lines"][0]["given"]) == (1, "10")
    assert room.given(big, small) == [0, 30]


def test_a_run_keeps_its_proofs_and_the_same_hashes_for_the_same_input(room: Room) -> None:
    room.stock(30)
    room.order(20, 25)
    one, other = simulated(room), simulated(room)
    assert bytes(one.inputs_hash or b"") == bytes(other.inputs_hash or b"") != bytes(32)
    assert bytes(one.outputs_hash or b"") == bytes(other.outputs_hash or b"") != bytes(32)
    names = {proof["name"] for proof in one.proofs}
    assert {"conservation", "no_oversell", "any_order", "second_run", "every_line_explained"} <= names
    assert all(proof["checked"] and not proof["broken"] for proof in one.proofs)


def test_fractions_of_a_unit_are_dealt_in_thousandths(room: Room) -> None:
    room.stock("1.5")
    order_id = room.order("1.25", "1.25")
    posted(room)
    assert sum(line.allocated for line in SalesOrderLine.objects.filter(order_id=order_id)) == Decimal("1.5")


def test_terms_of_a_customer_hold_in_every_policy(room: Room) -> None:
    room.stock(30)
    order_id = room.order(20, 25)
    assert agree_terms(act=room.act, customer_id=room.customer.id, wishes={"complete_lines": True}).done
    posted(room)
    assert [int(line.allocated) for line in SalesOrderLine.objects.filter(order_id=order_id).order_by("id")] == [20, 0]


def test_terms_that_cannot_be_are_refused(room: Room) -> None:
    assert agree_terms(act=room.act, customer_id=2**40, wishes={"complete_lines": True}).code == "not_found"
    assert agree_terms(act=room.act, wishes={}).code == "malformed"
    refused = agree_terms(act=room.act, customer_id=room.customer.id, wishes={"minimum_fill": 1001})
    assert (refused.code, refused.facts["column"]) == ("malformed", "minimum_fill")


def test_a_product_that_somebody_was_faster_with_is_left_out(room: Room) -> None:
    room.stock(30)
    first = room.order(20)
    run = simulated(room)
    assert post_run(act=room.act, run_id=run.pk).done
    allocate_orders(act=room.act, order_ids=[first])
    done = finish_posting(act=room.act, run_id=run.pk)
    assert done.facts["left_out"] == 1
    assert room.given(first) == [20]
    assert PolicyRun.objects.get(id=run.pk).problems == [{"code": "left_out", "product_ids": [room.product.id]}]


def test_a_decision_with_very_many_lines_is_posted_in_pieces(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "SLICE_LINES", 3)
    room.stock(30)
    last = room.order(*[1] * 8, priority=9)
    allocate_orders(act=room.act)
    first = room.order(*[3] * 10, priority=1)
    in_force(room, "again", otherwise="redistribute", ranking=["priority"])
    posted(room, "again")
    assert room.given(first, last) == [30, 0]


def test_a_run_left_by_a_dead_worker_goes_on_where_it_was(room: Room) -> None:
    room.stock(30)
    order_id = room.order(20)
    asked = ask_run(act=room.act)
    PolicyRun.objects.filter(id=asked.id).update(state="computing", worked_at=runs.now())
    assert compute_run(act=room.act, run_id=asked.id).code == "not_asked"
    PolicyRun.objects.filter(id=asked.id).update(worked_at=runs.now() - runs.LEFT_AFTER * 2)
    assert compute_run(act=room.act, run_id=asked.id).done
    assert post_run(act=room.act, run_id=asked.id).done
    PolicyRun.objects.filter(id=asked.id).update(worked_at=runs.now() - runs.LEFT_AFTER * 2)
    assert finish_posting(act=room.act, run_id=asked.id).done
    assert room.given(order_id) == [20]


def test_a_dropped_run_is_computed_no_further(room: Room) -> None:
    room.stock(30)
    room.order(20)
    asked = ask_run(act=room.act)
    assert drop_run(act=room.act, run_id=asked.id).done
    assert compute_run(act=room.act, run_id=asked.id).facts == {"state": "dropped"}
    assert drop_run(act=room.act, run_id=asked.id).code == "not_to_be_dropped"


def test_a_run_that_is_not_there_is_not_found(room: Room) -> None:
    operations = (compute_run, post_run, finish_posting, drop_run)
    assert {operation(act=room.act, run_id=2**40).code for operation in operations} == {"not_found"}


def test_a_scheduled_policy_runs_and_posts_by_itself_once_a_day(room: Room) -> None:
    room.stock(30)
    order_id = room.order(20)
    in_force(room, "nightly", ranking=["requested_on"])
    assert schedule_policy(act=room.act, draft=ScheduleDraft("nightly", hour=0, posts=True)).done
    # The policy has taken the place of the default one.
    assert allocate_orders(act=room.act) == []
    assert [outcome.code for outcome in work_on_runs(act=room.act)] == ["done"]
    assert room.given(order_id) == [20]
    assert work_on_runs(act=room.act) == []


def test_a_schedule_waits_for_its_hour_and_day(room: Room) -> None:
    in_force(room, "late", ranking=["requested_on"])
    later = schedule_policy(act=room.act, draft=ScheduleDraft("late", hour=23))
    schedule_policy(act=room.act, draft=ScheduleDraft("late", weekdays="7"))
    assert work_on_runs(act=room.act) == []
    assert end_schedule(act=room.act, schedule_id=later.id).done
    assert schedule_policy(act=room.act, draft=ScheduleDraft("none")).code == "unknown_policy"
    assert schedule_policy(act=room.act, draft=ScheduleDraft(weekdays="8")).facts["column"] == "weekdays"


def test_a_policy_whose_codes_are_gone_is_dropped_with_the_reason(room: Room) -> None:
    in_force(room, "classes", segments=[{"name": "a", "strategy": "win", "conditions": [CLASS_B]}])
    asked = ask_run(act=room.act, policy_code="classes")
    Customer.objects.filter(company_id=room.company.id).update(customer_class="Z")
    assert [outcome.code for outcome in work_on_runs(act=room.act)] == ["unknown_code"]
    assert PolicyRun.objects.get(id=asked.id).state == "dropped"


def test_a_policy_changes_by_versions(room: Room) -> None:
    first = in_force(room, "fair", ranking=["value"])
    taken = add_policy(act=room.act, draft=PolicyDraft("fair"))
    assert (taken.code, taken.facts) == ("version_conflict", {"version": 1, "yours": 0})
    second = change_policy(act=room.act, policy_id=first.id, draft=PolicyDraft("fair", "", {"ranking": ["margin"]}))
    assert second.facts == {"version": 2}
    assert change_policy(act=room.act, policy_id=first.id, draft=PolicyDraft("fair")).code == "version_conflict"
    assert retire_policy(act=room.act, policy_id=second.id).done
    assert ask_run(act=room.act, policy_code="fair").code == "unknown_policy"
    assert in_force(room, "fair").facts == {"version": 3}


@pytest.mark.parametrize(
    ("definition", "code", "place"),
    [
        ({"rank": []}, "unknown_policy_key", "definition.rank"),
        ({"ranking": ["shoe_size"]}, "unknown_policy_key", "ranking[0].key"),
        ({"segments": [{"name": "a", "strategy": "cheat"}]}, "malformed", "segments[0].strategy"),
        ({"segments": [{"name": "a", "strategy": "win", "conditions": [{**CLASS_B, "value": "Q"}]}]}, "unknown_code", None),
        ({"floors": [{"key": "priority", "value": n, "share": 600} for n in (1, 2)]}, "shares_over_whole", "floors"),
        (
            {
                "quotas": [{"key": "priority", "value": 1, "units": 10}],
                "floors": [{"key": "priority", "value": 1, "units": 20}],
            },
            "limits_cannot_hold",
            "floors",
        ),
        ({"quotas": [{"key": "priority", "value": 1}]}, "malformed", "quotas[0]"),
        ({"acceptance": {"minimum_fill": 1001}}, "malformed", "acceptance.minimum_fill"),
        ({"timing": {"reserve_days": "3"}}, "malformed", "timing.reserve_days"),
        ([], "malformed", "definition"),
    ],
)
def test_a_policy_that_cannot_be_is_refused_with_its_place(room: Room, definition: Any, code: str, place: str | None) -> None:
    refused = add_policy(act=room.act, draft=PolicyDraft("wrong", "", definition))
    assert refused.code == code
    assert place is None or refused.facts["column"] == place
    assert refused.facts["message"]


def test_reserving_late_leaves_goods_free_until_they_are_needed(room: Room) -> None:
    """D6.2: three days before shipping; an order for in five days gets nothing yet."""
    room.stock(50)
    late, soon = room.order(20), room.order(10)
    SalesOrder.objects.filter(id=late).update(requested_on=room.act.on + timedelta(days=5))
    SalesOrder.objects.filter(id=soon).update(requested_on=room.act.on + timedelta(days=2))
    in_force(room, "late", timing={"reserve_days": 3})
    posted(room, "late")
    assert room.given(late, soon) == [0, 10]


def test_a_run_says_in_sentences_why_a_line_got_what_it_got(room: Room) -> None:
    room.stock(30)
    order_id = room.order(20, 25)
    in_force(room, "plain", ranking=["priority"])
    posted(room, "plain")
    second = SalesOrderLine.objects.filter(order_id=order_id).order_by("position")[1]
    found = explanation(company_id=room.company.id, line_id=second.id)
    assert (found.reason, found.rank, found.lines) == ("others_first", 2, 2)
    assert (int(found.given), int(found.ahead_units)) == (10, 20)
    assert found.facts == {"start": "30", "taken_by_others": "20"}
    with translation.override("en"):
        told = sentences(found)
    number = SalesOrder.objects.get(id=order_id).number
    assert told == [
        "Policy plain, version 1, decided, by priority.",
        "It got 10 of 25: of 30 that were there, lines before it took 20.",
        f"It was number 2 of 2 in the queue for {room.product.code}.",
        f"Before it, 20 units went to others: order {number} line 1 of {room.customer.code} took 20.",
        f"Its units lie in {room.warehouse.code} (10) (the order's warehouse first, then the others; the earliest expiry first).",
    ]
    with translation.override("zh-hans"):
        assert all(re.search("[\u4e00-\u9fff]", sentence) for sentence in sentences(found))


def test_a_line_served_at_once_is_explained_too(room: Room) -> None:
    room.stock(30)
    order_id = room.order(20, 25)
    allocate_orders(act=room.act, order_ids=[order_id])
    first, second = SalesOrderLine.objects.filter(order_id=order_id).order_by("position")
    assert explanation(company_id=room.company.id, line_id=first.id).reason == "full"
    found = explanation(company_id=room.company.id, line_id=second.id)
    assert (found.reason, found.facts["taken_by_others"]) == ("others_first", "20")
    assert (int(found.given), int(found.wanted)) == (10, 25)
    with translation.override("en"):
        assert sentences(found)[:2] == [
            "The default policy decided: whoever has keeps, then priority, then the customer's class, then the day ordered.",
            "It got 10 of 25: of 30 that were there, lines before it took 20.",
        ]


def test_a_past_run_explains_what_it_decided_then(room: Room) -> None:
    room.stock(30)
    order_id = room.order(20, 25)
    past = posted(room)
    some_stock(room.act, a_warehouse(room.company), room.product, 40)
    posted(room)
    second = SalesOrderLine.objects.filter(order_id=order_id).order_by("position")[1]
    assert explanation(company_id=room.company.id, line_id=second.id).reason == "full"
    assert explanation(company_id=room.company.id, line_id=second.id, run_id=past.pk).given == 10
    with pytest.raises(Missing):
        explanation(company_id=room.company.id, line_id=2**40)
    with pytest.raises(Missing):
        explanation(company_id=room.company.id, line_id=second.id, run_id=2**40)


def test_every_reason_of_the_engine_has_a_sentence() -> None:
    assert {reason.name.lower() for reason in Reason} <= set(REASONS)


def test_a_run_keeps_few_bytes_a_line(room: Room) -> None:
    room.stock(30)
    for _ in range(20):
        room.order(*[1] * 25)
    run = simulated(room)
    assert run.lines == 500
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_column_size(decided.*)) FROM policy_run_product AS decided WHERE policy_run_id = %s", [run.pk]
        )
        bytes_kept = int(cursor.fetchone()[0])
    assert bytes_kept / run.lines < 200


def test_computing_and_posting_send_as_many_statements_for_more_lines(room: Room) -> None:
    room.stock(500)
    counts = []
    for lines in (1, 40):
        room.order(*[1] * lines)
        with CaptureQueriesContext(connection) as sent:
            posted(room)
        counts.append(len(sent))
    assert counts[0] == counts[1]
