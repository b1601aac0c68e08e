"""A company with a user for each role; everything is rolled back."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from dinghuo.kernel import tenancy
from tests.web.site import Goods, Site, open_site, some_of_everything


@pytest.fixture
def site(db: None) -> Iterator[Site]:
    """A company, its goods and its people; requests choose their company by themselves."""
    cache.clear()
    with tenancy.acting_for(None):
        yield open_site()


@pytest.fixture
def goods(site: Site) -> Goods:
    """One document of each sort."""
    return some_of_everything(site)
