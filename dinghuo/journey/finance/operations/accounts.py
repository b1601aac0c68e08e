"""The chart of accounts."""

from django.db import transaction

from dinghuo.journey.finance.rules import CHART
from dinghuo.kernel import sql
from dinghuo.kernel.tenancy import Act


@transaction.atomic
def install_accounts(*, act: Act) -> int:
    """Give a company the accounts that finance books on, and return how many were new.

    Accounts that are there, renamed or renumbered by the company, stay as they are. Rule: docs/rules/finance.md.
    """
    return sql.execute(
        "finance/install_accounts",
        company_id=act.company_id,
        codes=[account.code for account in CHART],
        roles=[account.role for account in CHART],
        names=[account.name for account in CHART],
        names_zh=[account.name_zh for account in CHART],
    )
