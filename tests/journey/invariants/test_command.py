"""`dinghuo check` says what it looked at, and fails when something cannot be."""

import json
import re
from decimal import Decimal

import pytest

from dinghuo.journey.invariants import INVARIANTS
from dinghuo.journey.invariants.command import check
from dinghuo.journey.invariants.queries import moves
from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.kernel import sql
from dinghuo.kernel.errors import Missing
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company
from tests.builders import a_customer, a_product, a_warehouse, an_order
from tests.style.tree import ROOT


@pytest.fixture
def wrong_total(company: Company, act: Act) -> str:
    """An order whose net and tax are not its lines'; returns its number."""
    order_id = an_order(act, a_customer(company), a_warehouse(company), [(a_product(company), 1)])
    SalesOrder.objects.filter(id=order_id).update(amount_net=Decimal(11), amount_tax=Decimal("0.30"))
    return str(SalesOrder.objects.get(id=order_id).number)


def test_a_clean_company_passes_with_a_line_for_each_invariant(company: Company, capsys: pytest.CaptureFixture[str]) -> None:
    assert check([company.code]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:3] for line in lines[:-1]] == [[company.code, invariant.id, "ok"] for invariant in INVARIANTS]
    assert lines[-1].startswith(f"{company.code}: {len(INVARIANTS)} invariants")


def test_a_violation_fails_and_is_shown(company: Company, wrong_total: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert check([company.code]) == 1
    said = capsys.readouterr().out
    assert f"{company.code}  I7a  BROKEN" in said
    assert re.search(rf"{wrong_total} \[\d+\]: 11 \+ 0.3 = 11.3, expected 10 \+ 1.3 \(1 lines and charges\)", said)


def test_programs_get_the_same_as_json(company: Company, wrong_total: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(None, as_json=True) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["violations"] >= 1
    (ours,) = (each for each in told["companies"] if each["company"] == company.code)
    assert (ours["checked"], ours["violations"]) == (len(INVARIANTS), 1)
    (broken,) = (each for each in ours["invariants"] if each["violations"])
    assert (broken["id"], broken["title_zh"]) == ("I7a", "订单行之和等于订单总额")
    assert {name: broken["violations"][0][name] for name in ("document", "expected")} == {
        "document": wrong_total,
        "expected": "10 + 1.3",
    }


def test_an_unknown_company_is_refused_before_anything_is_checked(company: Company, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Missing):
        check([company.code, "nobody"])
    assert capsys.readouterr().out == ""


def test_at_most_a_hundred_rows_are_shown(company: Company, act: Act, capsys: pytest.CaptureFixture[str]) -> None:
    customer, warehouse, product = a_customer(company), a_warehouse(company), a_product(company)
    for _ in range(101):
        an_order(act, customer, warehouse, [(product, 1)])
    SalesOrder.objects.update(amount_net=Decimal(11), amount_tax=Decimal("0.30"))
    assert check([company.code]) == 1
    assert capsys.readouterr().out.count("expected 10 + 1.3") == 100


def test_the_moves_of_the_trail_are_those_of_the_models() -> None:
    assert {"sales_order:held:released", "shipment::notice", "sales_invoice:draft:posted"} <= set(moves())
    assert "sales_order:completed:released" not in moves()


def test_every_statement_belongs_to_an_invariant() -> None:
    files = {f"invariants/{path.stem}" for path in (sql.PACKAGE / "journey" / "invariants" / "sql").glob("*.sql")}
    assert files == {invariant.query for invariant in INVARIANTS} - {"finance/verify_chain"}


def test_the_manual_names_every_invariant_as_the_code_does() -> None:
    manual = (ROOT / "docs" / "operating" / "check.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (I\w+) \| ([^|]+) \| ([^|]+) \|", manual, re.MULTILINE)
    assert rows == [(invariant.id, invariant.title, invariant.title_zh) for invariant in INVARIANTS]
