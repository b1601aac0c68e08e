"""Runs of policies: what they decide, keep, post and refuse to post."""

from collections.abc import Iterable
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dinghuo.journey.allocation.models import Allocation, PolicyRun, PolicyRunProduct, Shortage, StockLevel
from dinghuo.journey.allocation.operations import allocate_orders
from dinghuo.journey.allocation.operations.policies import PolicyDraft, add_policy, agree_terms, commit_lines
from dinghuo.journey.allocation.operations.posting import finish_posting, post_run
from dinghuo.journey.allocation.operations.runs import ask_run, compute_run, drop_run
from dinghuo.journey.ordering.models import SalesOrder, SalesOrderLine
from dinghuo.kernel.errors import Outcome
from tests.journey.allocation.conftest import Room, broken_stock
from tests.journey.allocation.test_greedy import CASES, Case, set_up


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
