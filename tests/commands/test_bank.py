"""`dinghuo bank`: statements in, matched, and the rates."""

import json
from pathlib import Path

from django.db import transaction

from dinghuo.journey.finance.operations import BankAccountDraft, install_accounts, keep_bank_account
from dinghuo.kernel import tenancy
from dinghuo.reference.models import Company
from tests import builders
from tests.commands.conftest import Dinghuo

STATEMENT = ":20:S\n:25:6222\n:28C:1\n:60F:C260301CNY0,\n:61:260302C50,00NTRFNONREF\n:86:HELLO\n:62F:C260302CNY50,00\n-\n"


def a_company_with_a_bank() -> Company:
    company = builders.a_company()
    act = builders.an_act(company)
    with tenancy.acting_for(company.id), transaction.atomic():
        install_accounts(act=act)
        keep_bank_account(act=act, draft=BankAccountDraft("B1", "Bank", "6222", "CNY"))
    return company


def test_a_statement_is_imported_once_matched_and_counted(dinghuo: Dinghuo, own_addresses: dict[str, str], tmp_path: Path) -> None:
    company = a_company_with_a_bank()
    path = tmp_path / "s.sta"
    path.write_text(STATEMENT, encoding="utf-8")
    first, again = (dinghuo("bank", "import", str(path), "--company", company.code) for _ in range(2))
    assert "1 lines new" in first.stdout
    assert "was imported before" in again.stdout
    matched = dinghuo("bank", "match", "--company", company.code, "--json")
    assert json.loads(matched.stdout) == {"unmatched": 1}
    rates = json.loads(dinghuo("bank", "rates", "--company", company.code, "--json").stdout)
    assert (rates["payments"], rates["waiting"], rates["payment_rate"]) == (1, 1, "0.0000")


def test_a_wrong_file_is_refused_in_a_sentence(dinghuo: Dinghuo, own_addresses: dict[str, str], tmp_path: Path) -> None:
    company = a_company_with_a_bank()
    path = tmp_path / "s.sta"
    path.write_text(STATEMENT.replace("CNY50,00\n-", "CNY51,00\n-"), encoding="utf-8")
    refused = dinghuo("bank", "import", str(path), "--company", company.code)
    assert refused.returncode == 2
    assert "s.sta: row 1: the balance does not add up" in refused.stderr
    missing = dinghuo("bank", "import", str(tmp_path / "none"), "--company", company.code)
    assert (missing.returncode, "Traceback" in missing.stderr) == (2, False)
