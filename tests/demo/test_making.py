"""Making the demo: broken off, repeated, refused beside real companies."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from dinghuo.commands import demo as command
from dinghuo.demo import history
from dinghuo.demo.history import Plan
from dinghuo.demo.people import SIGN_IN_WITH
from dinghuo.kernel.errors import Refused
from dinghuo.kernel.tenancy import acting_for
from dinghuo.reference.models import Company, User
from tests import builders
from tests.own_database import own_database

# Days that have long passed, so that nothing turns on the day of the test run.
A_WEEK = Plan(seed=3, first=date(2025, 6, 24), last=date(2025, 6, 30), share=30)


@pytest.fixture
def empty(database_addresses: dict[str, str], django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), own_database(database_addresses):
        yield


def digest() -> list[tuple[Any, ...]]:
    """What a history comes to, without anything that the database hands out by itself."""
    company = Company.objects.get(code="demo")
    with acting_for(company.id), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.number, o.external_ref, o.state, o.amount_gross, sum(l.allocated), sum(l.shipped), count(*)"
            " FROM sales_order o JOIN sales_order_line l ON l.order_id = o.id"
            " GROUP BY 1, 2, 3, 4 ORDER BY 1"
        )
        orders: list[tuple[Any, ...]] = cursor.fetchall()
        cursor.execute("SELECT number, issued_on, due_on, amount_gross FROM sales_invoice ORDER BY kind, number")
        return [*orders, *cursor.fetchall()]


@pytest.fixture(scope="module")
def undisturbed(database_addresses: dict[str, str], django_db_blocker: Any) -> list[tuple[Any, ...]]:
    with django_db_blocker.unblock(), own_database(database_addresses):
        history.make(A_WEEK)
        return digest()


def test_a_run_that_was_broken_off_goes_on_to_the_same_end(undisturbed: list[tuple[Any, ...]], empty: None) -> None:
    def break_off(done: int, _of: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        history.make(A_WEEK, report=break_off)
    # The plan that was begun counts, not the one that a later day would make.
    assert history.make(Plan(seed=9, first=date(2025, 1, 1), last=date(2025, 6, 30)))
    assert digest() == undisturbed


def test_another_seed_makes_another_history(undisturbed: list[tuple[Any, ...]], empty: None) -> None:
    history.make(Plan(seed=4, first=A_WEEK.first, last=A_WEEK.last, share=A_WEEK.share))
    assert digest() != undisturbed


def test_no_demo_beside_a_real_company_unless_forced(empty: None) -> None:
    builders.a_company()
    with pytest.raises(Refused) as refusal:
        history.make(A_WEEK)
    assert refusal.value.reason == "real_company"
    assert not Company.objects.filter(code="demo").exists()
    history.refuse_beside_real_companies(force=True)


def test_a_user_with_a_demo_name_never_gets_the_known_password(empty: None) -> None:
    builders.a_company()
    User.objects.create_user("demo-admin", password="something of its own")
    with pytest.raises(Refused) as refusal:
        history.make(A_WEEK, force=True)
    assert refusal.value.reason == "user_exists"
    assert not User.objects.get(username="demo-admin").check_password(SIGN_IN_WITH)


def test_a_real_company_of_that_code_is_no_demo(empty: None) -> None:
    builders.a_company(code="demo")
    with pytest.raises(Refused) as refusal:
        history.make(A_WEEK, force=True)
    assert refusal.value.reason == "not_a_demo"


def test_progress_is_told_in_lines_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    report = command.progress(is_terminal=False)
    for day in range(1, 101):
        report(day, 100)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 10
    assert lines[-1].startswith("dinghuo: day 100 of 100")
