"""Every company of these tests has its accounts."""

import pytest

from dinghuo.journey.finance.operations import install_accounts
from dinghuo.kernel.tenancy import Act


@pytest.fixture(autouse=True)
def accounts(request: pytest.FixtureRequest) -> None:
    """Install the chart of accounts where a test acts for a company that is rolled back."""
    if "act" in request.fixturenames:
        act: Act = request.getfixturevalue("act")
        install_accounts(act=act)
