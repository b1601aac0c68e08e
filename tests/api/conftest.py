"""A company ready for the whole journey, and a program that may do everything there."""

from collections.abc import Iterator

import pytest
from django.db import connection

from dinghuo.reference.models import Company
from tests.api.callers import Caller, a_caller, a_wholesaler


@pytest.fixture
def wholesaler(db: None) -> Iterator[Company]:
    """A company that can do the whole journey; everything is rolled back, after its entries have been seen to balance."""
    with a_wholesaler() as company:
        yield company
        connection.check_constraints()


@pytest.fixture
def admin(wholesaler: Company) -> Caller:
    """A program that may do everything in the company."""
    return a_caller(wholesaler, "admin")
