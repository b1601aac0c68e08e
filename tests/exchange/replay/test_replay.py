"""A file goes through the whole journey, closes to the last decimal, and can be stopped anywhere."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from dinghuo.exchange.models import Replay
from dinghuo.exchange.online_retail.errors import FileRefused
from dinghuo.exchange.replay import days, driver
from dinghuo.exchange.replay.driver import Asked, replay
from dinghuo.exchange.replay.result import result
from dinghuo.journey.finance.models import JournalEntry, SalesInvoiceLine
from dinghuo.journey.ordering.models import OrderState, SalesOrder
from dinghuo.journey.shipping.models import CustomerReturnLine
from dinghuo.kernel.errors import Malformed, Refused
from dinghuo.kernel.tenancy import acting_for
from dinghuo.reference.models import Company
from dinghuo.web import databases
from tests.builders import a_code
from tests.exchange.online_retail.files import REAL_FILE, a_csv, a_line


def silent(*_: object) -> None:
    """Report to nobody."""


def a_small_year(folder: Path) -> Path:
    """Three weeks with every outcome, half-cent prices, walk-ins, matched and unmatched returns, and journal charges."""
    lines = [
        a_line(document=str(500 + day), moment=f"2009-12-{day:02d} 09:00:00", quantity="7", price="1.115") for day in range(1, 20)
    ]
    lines += [
        a_line(document="501", code="POST", description="POSTAGE", quantity="1", price="18.125"),
        a_line(document="600", code="21000", quantity="40", price="0.5", customer="", country="France"),
        a_line(document="601", code="22000a", quantity="5", price="0", moment="2009-12-03 10:00:00"),
        a_line(document="C700", quantity="-3", price="1.115", moment="2009-12-08 10:00:00"),
        a_line(document="C700", code="D", description="Discount", quantity="-1", price="2.005", moment="2009-12-08 10:00:00"),
        a_line(document="C701", code="21000", quantity="-99", price="0.5", moment="2009-12-09 10:00:00"),
        a_line(document="C702", code="M", description="Manual", quantity="-1", price="5", moment="2009-12-09 11:00:00"),
        a_line(document="A800", code="B", description="Adjust bad debt", quantity="1", price="-100", customer=""),
        a_line(document="801", code="BANK CHARGES", quantity="-1", price="3.333", customer=""),
        a_line(document="900", quantity="-4", price="0", description="damaged", customer="", moment="2009-12-10 10:00:00"),
        a_line(document="901", quantity="-4", price="1", description="?", customer="", moment="2009-12-10 10:00:00"),
    ]
    return a_csv(folder, *lines)


def run(path: Path, company: str) -> dict[str, Any]:
    """Replay a file to its end and return the account of it, without what differs from run to run."""
    account = result(replay(Asked(path, company, 1, None), silent))
    return {name: value for name, value in account.items() if name not in {"seconds", "peak_rss_mb", "company"}}


def test_every_line_has_one_outcome_and_the_figures_close_exactly(committed: None, tmp_path: Path) -> None:
    account = run(a_small_year(tmp_path), a_code("replay"))
    assert account["lines_by_outcome"] == {"charged": 5, "returned": 2, "stock_adjusted": 1, "sold": 21, "rejected": 1}
    for part in ("lines", "value", "quantity"):
        whole = sum(Decimal(str(value)) for value in account[f"{part}_by_outcome"].values())
        assert whole == Decimal(str(account["file"][part]))
    documents = Decimal(account["invoiced_net"]) - Decimal(account["credited_net"]) + Decimal(account["charged_net"])
    assert documents + Decimal(account["rounding"]) + Decimal(account["value_by_outcome"]["rejected"]) == Decimal(
        account["file"]["value"]
    )
    # 19 lines of 7 x 1.115 = 7.805, billed as 7.81 each, and 40 x 0.5.
    assert account["invoiced_net"] == "168.39"
    assert account["invariants"]["violations"] == 0
    assert account["orders"] == account["orders_released"] == 21


def test_a_return_is_matched_to_a_sale_before_it_even_within_one_day(committed: None, tmp_path: Path) -> None:
    path = a_csv(
        tmp_path,
        a_line(document="1", quantity="5", moment="2009-12-01 08:00:00"),
        a_line(document="C2", quantity="-5", moment="2009-12-01 09:00:00"),
        a_line(document="C3", quantity="-4", moment="2009-12-01 10:00:00"),
        a_line(document="4", quantity="4", moment="2009-12-01 11:00:00"),
    )
    assert run(path, a_code("replay"))["returns_unmatched"] == 1


def test_every_sold_line_ends_shipped_and_invoiced_and_charges_find_their_place(committed: None, tmp_path: Path) -> None:
    code = a_code("replay")
    run(a_small_year(tmp_path), code)
    company = Company.objects.get(code=code)
    with acting_for(company.id), transaction.atomic():
        assert set(SalesOrder.objects.values_list("state", flat=True)) == {OrderState.COMPLETED}
        returned = dict(CustomerReturnLine.objects.values_list("source_row", "shipment_line_id"))
        assert [key is None for _, key in sorted(returned.items())] == [False, True], "the second has no sale of 99 before it"
        kinds = set(JournalEntry.objects.filter(document="charge").values_list("kind", flat=True))
        assert kinds == {"bad_debt", "bank_charges"}
        charged = SalesInvoiceLine.objects.exclude(kind__in=["goods", "return"]).values_list("kind", "invoice__kind")
        assert sorted(charged) == [("discount", "credit_note"), ("manual", "credit_note"), ("postage", "invoice")]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_replay_that_is_stopped_anywhere_ends_like_an_undisturbed_one(
    committed: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    path = a_small_year(tmp_path)
    undisturbed = run(path, a_code("replay"))
    calls = 0

    def failing(step: days.Step) -> days.Step:
        def stop_sometimes(today: days.Today) -> None:
            nonlocal calls
            calls += 1
            step.run(today)
            if calls % (5 + 2 * seed) == 0:
                raise KeyboardInterrupt

        return days.Step(step.stage, stop_sometimes)

    monkeypatch.setattr(driver, "STEPS", tuple(failing(step) for step in days.STEPS))
    code = a_code("replay")
    for _ in range(1_000):
        try:
            account = run(path, code)
            break
        except KeyboardInterrupt:
            continue
    assert calls > len(days.STEPS) * 20, "it was stopped and went on"
    assert account == undisturbed


def test_a_replay_killed_hard_goes_on_where_it_was(committed: None, tmp_path: Path, database_addresses: dict[str, str]) -> None:
    path, code = a_small_year(tmp_path), a_code("replay")
    undisturbed = run(path, a_code("replay"))
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "dinghuo.web.settings",
        databases.APPLICATION_ADDRESS: database_addresses["application"],
        databases.OWNER_ADDRESS: database_addresses["owner"],
    }
    script = (
        "import django, sys; from pathlib import Path; django.setup();"
        "from dinghuo.exchange.replay.driver import Asked, replay;"
        "replay(Asked(Path(sys.argv[1]), sys.argv[2], 1, None), lambda *_: print('day', flush=True))"
    )
    for days_before_death in (3, 9):
        child = subprocess.Popen(
            [sys.executable, "-c", script, str(path), code], env=environment, stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        for _ in range(days_before_death):
            assert child.stdout.readline() == "day\n"
        time.sleep(0.02)
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert run(path, code) == undisturbed


def test_a_finished_replay_answers_again_without_writing(committed: None, tmp_path: Path) -> None:
    path, code = a_small_year(tmp_path), a_code("replay")
    assert run(path, code) == run(path, code)


def test_another_file_or_seed_does_not_get_the_company(committed: None, tmp_path: Path) -> None:
    path, code = a_small_year(tmp_path), a_code("replay")
    run(path, code)
    other = a_csv(tmp_path, a_line(), name="other.csv")
    for asked in (Asked(other, code, 1, None), Asked(path, code, 2, None)):
        with pytest.raises(Refused) as refusal:
            replay(asked, silent)
        assert refusal.value.reason == "company_is_taken"


def test_two_runs_of_one_replay_at_once_share_the_year_and_never_a_step(committed: None, tmp_path: Path) -> None:
    path, code = a_small_year(tmp_path), a_code("replay")
    undisturbed = run(path, a_code("replay"))

    def rival(*_: object) -> None:
        replay(Asked(path, code, 1, None), silent)

    with pytest.raises(Refused) as refusal:
        replay(Asked(path, code, 1, None), rival)
    assert refusal.value.reason == "replay_is_running"
    assert run(path, code) == undisturbed


def test_a_company_code_that_cannot_be_is_refused(committed: None, tmp_path: Path) -> None:
    for code in ("", "a" * 21, "a b", "../x"):
        with pytest.raises(Malformed, match="1 to 20 letters"):
            replay(Asked(a_small_year(tmp_path), code, 1, None), silent)


def test_a_file_that_is_wrong_at_its_end_leaves_nothing_behind(committed: None, tmp_path: Path) -> None:
    code = a_code("replay")
    with pytest.raises(FileRefused, match="row 3, column Quantity"):
        replay(Asked(a_csv(tmp_path, a_line(), a_line(quantity="12a")), code, 1, None), silent)
    assert not Company.objects.filter(code=code).exists()


def test_the_account_is_json_with_decimals_as_strings(committed: None, tmp_path: Path) -> None:
    account = result(replay(Asked(a_small_year(tmp_path), a_code("replay"), 1, None), silent))
    text = json.dumps(account)
    assert json.loads(text)["file"]["value"] == account["file"]["value"] == str(Decimal(account["file"]["value"]))
    assert account["seconds"]["total"] > 0
    assert account["generated"]["payments"] == account["payments"] > 0


@pytest.mark.long
@pytest.mark.skipif(not REAL_FILE.exists(), reason="the real data set does not lie beside the checkout")
def test_a_month_of_the_real_year_closes(committed: None) -> None:
    code = a_code("replay")
    account = result(replay(Asked(REAL_FILE, code, 1, date(2009, 12, 31)), silent))
    assert account["invariants"]["violations"] == 0
    assert Decimal(account["rounding"]).copy_abs() < Decimal(account["file"]["lines"]) * Decimal("0.005")
    company = Company.objects.get(code=code)
    with acting_for(company.id), transaction.atomic():
        assert Replay.objects.get(company_id=company.id).is_finished
