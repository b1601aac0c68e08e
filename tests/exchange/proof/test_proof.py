"""Seeded errors are caught, each by its own rule, and nothing of the proof stays behind."""

import argparse
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import transaction

from dinghuo.commands import review as command
from dinghuo.exchange.proof import run, seeds
from dinghuo.exchange.proof.run import Breach, Plan, compared, proof, spoilt, tax_id_of
from dinghuo.exchange.proof.seeds import KINDS, TriedOrder, orders_of, past_of, seeded
from dinghuo.exchange.replay.year import read_year
from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.journey.review.operations import RuleDraft
from dinghuo.journey.review.rules.orders import is_valid_tax_id
from dinghuo.kernel.errors import Malformed
from dinghuo.reference.models import Company
from tests.exchange.online_retail.files import REAL_FILE, a_csv, a_line

CUSTOMERS = 40
ROUNDS = 6
SMALL = Plan(orders=60, each=5, before=1_000, seed=3)


@pytest.fixture
def small_file(tmp_path: Path) -> Path:
    """Forty customers who order three articles in dozens, six times each, and half of them once more."""
    lines, number = [], 500_000
    for round_ in range(ROUNDS + 2):
        for customer in range(CUSTOMERS if round_ <= ROUNDS else CUSTOMERS // 2):
            number += 1
            moment = f"2010-{1 + round_:02d}-{1 + customer % 28:02d} 09:00:00"
            lines += [
                a_line(
                    str(number),
                    f"1000{article}",
                    f"ARTICLE {article}",
                    str(12 * (1 + article)),
                    moment,
                    "2.50",
                    str(13_000 + customer),
                )
                for article in range(3)
            ]
    return a_csv(tmp_path, *lines)


def test_every_seeded_error_of_a_small_file_is_caught_and_nothing_else(small_file: Path, committed: None) -> None:
    with transaction.atomic():
        companies, orders = Company.objects.count(), SalesOrder.objects.count()
    found = proof(small_file, SMALL)
    assert {kind.error: (kind.seeded, kind.caught, kind.false_alarms) for kind in found.kinds} == dict.fromkeys(KINDS, (5, 5, 0))
    assert (found.orders, found.clean, found.clean_stopped, found.share) == (60, 30, 0, Decimal(1))
    with transaction.atomic():
        assert (Company.objects.count(), SalesOrder.objects.count()) == (companies, orders), "nothing of it stays"


def test_a_rule_that_is_too_lenient_is_found_out(
    small_file: Path, committed: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lenient = RuleDraft("usual_quantity", "usual_quantity", {"times_max": "20"})
    monkeypatch.setattr(run, "RULES", {**run.RULES, seeds.ZERO_TOO_MANY: lenient})
    asked = argparse.Namespace(action="proof", file=small_file, orders=60, each=5, before=1_000, seed=3)
    assert command.run(asked) == 1
    (row,) = [line.split() for line in capsys.readouterr().out.splitlines() if line.startswith(seeds.ZERO_TOO_MANY)]
    assert row == ["zero_too_many", "usual_quantity", "5", "0", "0.0", "%", "0"]


def test_each_order_has_one_error_at_most_and_the_same_seed_gives_the_same_ones(small_file: Path) -> None:
    orders = orders_of(read_year(small_file, None))
    past = past_of(orders[:-60])
    first, again, other = (seeded(orders[-60:], past, each=5, seed=seed) for seed in (3, 3, 4))
    assert first == again
    assert first != other
    assert Counter(order.error for order in first) == {**dict.fromkeys(KINDS, 5), "": 30}
    spoilt_lines = [order for order in first if order.position is not None]
    assert all(
        order.lines[order.position - 1] != order.document.sold[order.position - 1] for order in spoilt_lines if order.position
    )


def test_an_error_in_a_line_is_caught_only_where_it_is(small_file: Path) -> None:
    document = orders_of(read_year(small_file, None))[0]
    order = TriedOrder(document, document.sold, "PO", seeds.SHORT_CASE, position=2)
    for lines, caught in (([2], 1), ([1, 2], 1), ([1], 0)):
        found = compared({7: order}, [Breach(7, "cases", lines)], 1.0)
        (kind,) = [kind for kind in found.kinds if kind.error == seeds.SHORT_CASE]
        assert (kind.seeded, kind.caught, kind.false_alarms) == (1, caught, 0)
    clean = replace(order, error="", position=None)
    found = compared({7: clean}, [Breach(7, "cases", [1])], 1.0)
    assert (found.clean, found.clean_stopped) == (1, 1)
    assert [kind.false_alarms for kind in found.kinds if kind.error == seeds.SHORT_CASE] == [1]


def test_a_tax_id_of_a_proof_is_valid_until_it_is_spoilt() -> None:
    for place in range(50):
        assert is_valid_tax_id(tax_id_of(place), "GB")
        assert not is_valid_tax_id(spoilt(tax_id_of(place)), "GB")


def test_a_file_with_too_few_orders_is_refused(small_file: Path) -> None:
    with pytest.raises(Malformed, match="more than 1000 are needed"):
        proof(small_file, Plan())


@pytest.mark.long
@pytest.mark.skipif(not REAL_FILE.is_file(), reason="the public data set is not beside the project (../shared/data/online_retail)")
def test_of_the_errors_in_a_thousand_real_orders_ninety_nine_in_a_hundred_are_caught(committed: None) -> None:
    found = proof(REAL_FILE, Plan())
    print("\n".join(run.as_text(found)))
    assert found.share >= command.CAUGHT_MIN
    assert found.orders == 1_000
    assert all(kind.seeded >= 50 for kind in found.kinds)
