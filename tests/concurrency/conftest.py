"""A shop whose rows are committed, for tests that race."""

from collections.abc import Iterator

import pytest

from dinghuo.kernel import tenancy
from tests.concurrency.races import nothing_is_broken
from tests.shop import Shop, open_shop


@pytest.fixture
def shop(committed: None) -> Iterator[Shop]:
    """A new company with what it needs; when the test has passed, every invariant must hold for it."""
    made = open_shop()
    with tenancy.acting_for(made.company.id):
        yield made
        nothing_is_broken(made)
