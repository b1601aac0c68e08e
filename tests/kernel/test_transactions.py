"""BEGIN, SAVEPOINT and RELEASE wait for the next statement: what is kept and what is undone stays as Django promises."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from django.db import IntegrityError, connection, transaction

from dinghuo.kernel.tenancy import acting_for
from dinghuo.reference.models import PriceList
from tests import builders


class Undone(Exception):
    """What leaves a block."""


@contextmanager
def undone() -> Iterator[None]:
    """A block of a transaction that fails when all of it has run."""
    with suppress(Undone), transaction.atomic():
        yield
        raise Undone


@pytest.fixture
def company_id(committed: None) -> Iterator[int]:
    """A company of the test's own, for which it acts."""
    made = builders.a_company()
    with acting_for(made.id):
        yield made.id


def write(company_id: int, code: str) -> None:
    PriceList.objects.create(company_id=company_id, code=code, name=code)


def written(company_id: int) -> list[str]:
    with transaction.atomic():
        return list(PriceList.objects.filter(company_id=company_id).order_by("code").values_list("code", flat=True))


def test_a_transaction_that_does_nothing_is_never_begun(company_id: int) -> None:
    with transaction.atomic(), transaction.atomic():
        assert connection.connection.info.transaction_status.name == "IDLE"


def test_a_statement_runs_inside_the_transaction_that_waited_for_it(company_id: int) -> None:
    with undone():
        write(company_id, "A")
    assert written(company_id) == []


def test_an_inner_block_that_fails_undoes_only_itself(company_id: int) -> None:
    with transaction.atomic():
        write(company_id, "A")
        with undone():
            write(company_id, "B")
        write(company_id, "C")
    assert written(company_id) == ["A", "C"]


def test_an_inner_block_that_fails_before_its_first_statement_undoes_nothing(company_id: int) -> None:
    with transaction.atomic():
        write(company_id, "A")
        with undone():
            pass
        write(company_id, "B")
    assert written(company_id) == ["A", "B"]


def test_a_block_around_a_finished_one_undoes_both(company_id: int) -> None:
    with transaction.atomic():
        write(company_id, "A")
        with undone():
            with transaction.atomic():
                write(company_id, "B")
            write(company_id, "C")
            with transaction.atomic():
                write(company_id, "D")
        write(company_id, "E")
    assert written(company_id) == ["A", "E"]


def test_a_refused_statement_in_an_inner_block_leaves_the_outer_one_usable(company_id: int) -> None:
    with transaction.atomic():
        write(company_id, "A")
        with pytest.raises(IntegrityError), transaction.atomic():
            write(company_id, "A")
        write(company_id, "B")
    assert written(company_id) == ["A", "B"]


def test_a_savepoint_by_hand_can_be_returned_to_twice(company_id: int) -> None:
    with transaction.atomic():
        savepoint = transaction.savepoint()
        for code in ("A", "B"):
            write(company_id, code)
            transaction.savepoint_rollback(savepoint)
        write(company_id, "C")
        transaction.savepoint_commit(savepoint)
    assert written(company_id) == ["C"]


def test_an_outer_block_that_fails_undoes_a_finished_inner_one(company_id: int) -> None:
    with undone(), transaction.atomic():
        write(company_id, "A")
    assert written(company_id) == []
    with transaction.atomic():
        write(company_id, "B")
    assert written(company_id) == ["B"]
