"""`dinghuo allocation`: what a planner types."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dinghuo.cli import parser
from dinghuo.commands import allocation
from dinghuo.kernel import tenancy
from dinghuo.kernel.errors import Malformed, Missing, Refused
from tests.shop import Shop, a_line_of, open_shop, released, stocked


@pytest.fixture
def shop(committed: None) -> Iterator[Shop]:
    """A shop with 30 units of its product."""
    made = open_shop(1)
    with tenancy.acting_for(made.company.id):
        stocked(made, (made.products[0], 30))
        yield made


def typed(shop: Shop, *words: str) -> int:
    """Run the command as its arguments are typed, for the shop's company."""
    return allocation.run(parser().parse_args(["allocation", *words, "--company", shop.company.code]))


def told(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_a_policy_is_added_simulated_compared_posted_and_explained(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    product = shop.products[0]
    first, second = released(shop, [(product, 20)]), released(shop, [(product, 25)])
    file = tmp_path / "fair.json"
    file.write_text(json.dumps({"sharing": {"method": "proportional"}}))
    assert typed(shop, "add", "fair", str(file), "--name", "Fair share") == 0
    assert typed(shop, "policies") == 0
    assert [line for line in told(capsys) if "fair v1 Fair share" in line]

    assert typed(shop, "simulate", "fair", "--json") == 0
    (run,) = json.loads(capsys.readouterr().out)
    number = str(run["run"]["id"])
    assert run["run"]["state"] == "simulated"
    assert typed(shop, "difference", number) == 0
    assert [line for line in told(capsys) if "0 -> 13 of 20 (shared)" in line]
    assert typed(shop, "post", number) == 0
    assert "is posted: 2 lines, 2 gain 30, 0 lose 0" in told(capsys)[0]

    assert typed(shop, "explain", str(a_line_of(second))) == 0
    assert "It got 17 of 25: 30 units were shared among lines that wanted 45." in "\n".join(told(capsys))
    assert typed(shop, "runs") == 0
    assert first != second
    assert len(told(capsys)) == 1


def test_a_run_at_once_and_a_drop(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    released(shop, [(shop.products[0], 20)])
    assert typed(shop, "simulate", "--json") == 0
    (run,) = json.loads(capsys.readouterr().out)
    assert typed(shop, "drop", str(run["run"]["id"])) == 0
    assert "is dropped" in told(capsys)[0]
    assert typed(shop, "run") == 0
    assert "is posted: 1 lines, 1 gain 20" in told(capsys)[0]


def test_what_is_not_there_or_cannot_be_is_said(shop: Shop, tmp_path: Path) -> None:
    for words in (["post", "999999"], ["drop", "999999"], ["difference", "999999"], ["explain", "999999"], ["explain", "SO-0/1"]):
        with pytest.raises(Missing):
            typed(shop, *words)
    with pytest.raises(Malformed):
        typed(shop, "explain", "first")
    with pytest.raises(Malformed):
        typed(shop, "simulate", "none")
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{")
    with pytest.raises(Malformed):
        typed(shop, "add", "wrong", str(wrong))
    wrong.write_text(json.dumps({"ranking": ["shoe_size"]}))
    with pytest.raises(Refused):
        typed(shop, "add", "wrong", str(wrong))
