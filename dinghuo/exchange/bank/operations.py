"""A file of statements into the company's books: read by its format, imported once."""

from django.db import transaction

from dinghuo.exchange.bank.reading import Table, read_statements
from dinghuo.journey.finance.bank_queries import bank_accounts
from dinghuo.journey.finance.operations import Imported, import_statements
from dinghuo.kernel.errors import Malformed
from dinghuo.kernel.tenancy import Act


@transaction.atomic
def bring_in(*, act: Act, name: str, raw: bytes, account: str | None = None) -> Imported:
    """Read and import a file; `account` is the code of the bank account that a CSV or XLSX file is of.

    Raises StatementRefused for what cannot be read or does not add up, and what import_statements raises.
    """
    table = None if account is None else table_of(act, account)
    return import_statements(act=act, file=read_statements(name, raw, table))


def table_of(act: Act, code: str) -> Table:
    """What a CSV or XLSX file of a bank account is read with; raises Malformed."""
    for row in bank_accounts(company_id=act.company_id):
        if row.code == code:
            return Table(row.number, row.currency, row.mapping or {})
    raise Malformed(f"There is no bank account {code}.", code="unknown_bank_account", account=code)
