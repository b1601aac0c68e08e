"""The test bank, small: what is matched is right, the same seed is the same bank, and the truth is not in the file."""

import argparse
import json
import random
from collections.abc import Iterator
from contextlib import nullcontext
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections

from dinghuo.bench.bank_payments import KINDS, Paid, payments
from dinghuo.bench.bank_proof import Found, Proof, Shape, as_camt, as_data, as_text, compare, prove
from dinghuo.bench.bank_world import bills, debtors
from dinghuo.commands import bank as command
from dinghuo.exchange.bank.reading import read_statements

SMALL = Shape(payments=400, invoices=800, seed=7)


def made(shape: Shape) -> list[Paid]:
    chance = random.Random(shape.seed)
    owing = debtors(chance, shape.invoices // 10)
    owed = bills(chance, owing, shape.invoices)
    return payments(chance, owing, owed, [f"INV2026-{place:06}" for place in range(len(owed))], shape.payments)


@pytest.fixture(scope="module")
def proof(django_db_setup: None, django_db_blocker: Any) -> Iterator[Proof]:
    """What a small proof found."""
    with django_db_blocker.unblock():
        yield prove(SMALL, lambda _: None)
        connections.close_all()


def test_nine_of_ten_are_matched_and_hardly_one_is_wrong(proof: Proof) -> None:
    assert proof.rate >= 0.9
    assert proof.wrong <= 1, proof.mistakes
    assert sum(sum(counts.values()) for counts in proof.kinds.values()) == SMALL.payments


def test_money_of_nobody_and_of_another_currency_is_never_matched(proof: Proof) -> None:
    for kind in ("stranger", "foreign"):
        assert not {"right", "wrong"} & proof.kinds[kind].keys()


def test_a_proof_is_told_to_people_and_programs(proof: Proof) -> None:
    assert as_data(proof)["matched"] == proof.matched
    assert any(f"matched untouched {proof.matched:,}" in line for line in as_text(proof))


def test_the_same_seed_makes_the_same_bank_and_another_seed_another() -> None:
    assert as_camt(made(SMALL)) == as_camt(made(SMALL)) != as_camt(made(Shape(400, 800, 8)))


def test_the_bank_keeps_its_stated_shares() -> None:
    bank = made(Shape(payments=4_000, invoices=8_000, seed=3))
    for kind, share in KINDS.items():
        assert abs(sum(paid.kind == kind for paid in bank) / 4_000 - share) < 0.02, kind
    named = [paid for paid in bank if paid.has_reference and paid.customer is not None]
    assert 0.06 < sum(paid.is_misspelt for paid in named) / len(named) < 0.10


def test_the_file_adds_up_and_holds_each_payment_once() -> None:
    file = read_statements("x", as_camt(made(SMALL)))
    lines = [line for statement in file.statements for line in statement.lines]
    assert len({line.bank_reference for line in lines}) == SMALL.payments


def test_a_wrong_match_is_counted_as_wrong() -> None:
    paid = Paid(0, "plain", 0, 100, "CNY", "", "", "", 1, {5: 100})
    proof = Proof(Shape(1, 2, 1))
    compare(proof, [paid], [Found("T0", "matched", "matched", True, 70, Decimal(1))], {70: 6})
    assert (proof.matched, proof.wrong, proof.kinds["plain"]["wrong"]) == (1, 1, 1)
    assert proof.wrong_rate == 1


def test_the_command_runs_a_proof(
    django_db_setup: None, django_db_blocker: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "place", nullcontext)
    asked = argparse.Namespace(action="proof", payments=40, seed=1, json=True)
    with django_db_blocker.unblock():
        command.run(asked)
        connections.close_all()
    assert json.loads(capsys.readouterr().out)["shape"] == {"payments": 40, "invoices": 80, "seed": 1}


@pytest.mark.long
def test_the_whole_bank_keeps_what_is_promised(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        found = prove(Shape(), lambda _: None)
        connections.close_all()
    assert found.rate >= 0.95
    assert found.wrong_rate <= 0.001
    assert {"read", "import", "match"} == found.seconds.keys()
