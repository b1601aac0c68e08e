"""The matrix's bands cover everything once, and an approval holds until something gets worse."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinghuo.journey.review.rules.approval import (
    Approver,
    Authority,
    Band,
    MatrixDraft,
    StepFacts,
    authority_for,
    fault_in_matrix,
    fingerprint,
    roles_for,
    why_void,
)
from dinghuo.journey.review.rules.duties import DEFAULT_PAIRS, clash_in_grant, clash_in_use
from tests.journey.review.approving import BANDS, FIFTY, TEN, THIN

APPROVERS = {"credit", "finance", "admin"}


def fault(*bands: Band, **given: Any) -> tuple[str, Any] | None:
    found = fault_in_matrix(MatrixDraft(bands, **given), APPROVERS)
    return None if found is None else (found.code, found.facts.get("band") or found.facts.get("bands"))


@pytest.mark.parametrize(
    ("amount", "margin", "roles"),
    [
        (9_900, "0.30", []),
        (10_000, "0.30", []),
        (10_001, "0.30", ["credit"]),
        (50_000, "0.10", ["credit"]),
        (50_001, "0.30", ["credit", "admin"]),
        (9_900, "0.0999", ["finance"]),
        (20_000, "-0.50", ["credit", "finance"]),
        (60_000, "0.05", ["credit", "admin", "finance"]),
    ],
)
def test_the_matrix_of_the_rule_book_names_the_approvers(amount: int, margin: str, roles: list[str]) -> None:
    assert fault(*BANDS) is None
    assert roles_for(BANDS, amount=Decimal(amount), margin=Decimal(margin), customer_class="B") == roles


def test_a_class_with_bands_of_its_own_is_judged_by_them_alone() -> None:
    bands = [Band(("credit",)), Band((), customer_class="A")]
    assert fault(*bands) is None
    assert roles_for(bands, amount=Decimal(1), margin=Decimal(0), customer_class="A") == []
    assert roles_for(bands, amount=Decimal(1), margin=Decimal(0), customer_class="C") == ["credit"]


@pytest.mark.parametrize(
    ("bands", "told"),
    [
        ([Band(amount_up_to=TEN), Band(amount_over=TEN - 1)], ("bands_overlap", [1, 2])),
        ([Band(), Band(margin_below=THIN)], ("bands_overlap", [1, 2])),
        ([Band(amount_up_to=TEN), Band(amount_over=TEN + 1)], ("bands_leave_gap", 1)),
        ([Band(amount_up_to=TEN), Band(amount_over=TEN, amount_up_to=FIFTY)], ("bands_leave_gap", 2)),
        ([Band(amount_over=TEN)], ("bands_leave_gap", 1)),
        ([Band(margin_from=THIN), Band(amount_up_to=TEN, margin_below=THIN)], ("bands_leave_gap", 2)),
        ([Band(customer_class="A")], ("bands_leave_gap", None)),
        ([Band(), Band(amount_up_to=TEN, customer_class="A")], ("bands_leave_gap", 2)),
        ([Band(("credit",), amount_up_to=TEN), Band(("warehouse",), amount_over=TEN)], ("unknown_role", 2)),
        ([Band(amount_over=TEN, amount_up_to=TEN), Band()], ("malformed", 1)),
        ([], ("malformed", "x")),
    ],
)
def test_a_matrix_that_is_not_whole_is_refused_with_the_band(bands: list[Band], told: tuple[str, Any]) -> None:
    found = fault(*bands)
    assert found is not None
    assert found[0] == told[0]
    assert told[1] in {"x", found[1]} if isinstance(told[1], str) else found[1] == told[1]


@pytest.mark.parametrize(
    ("given_", "code"),
    [
        ({"quantity_tolerance": Decimal("1.1")}, "malformed"),
        ({"escalate_after_hours": 0}, "malformed"),
        ({"deputies": {"sales": 7}}, "unknown_role"),
    ],
)
def test_a_matrix_with_a_senseless_setting_is_refused(given_: dict[str, Any], code: str) -> None:
    found = fault(Band(), **given_)
    assert found is not None
    assert found[0] == code


BOUNDS = st.lists(st.integers(0, 8), min_size=1, max_size=4, unique=True).map(sorted)


@given(amounts=BOUNDS, margins=BOUNDS, drop=st.integers(0, 30), twice=st.booleans())
def test_a_grid_is_whole_and_with_one_cell_less_or_twice_it_is_not(
    amounts: list[int], margins: list[int], drop: int, twice: bool
) -> None:
    edges = [[None, *map(Decimal, bounds), None] for bounds in (amounts, margins)]
    cells = [
        Band((), low, high, left, right)
        for low, high in zip(edges[0], edges[0][1:], strict=False)
        for left, right in zip(edges[1], edges[1][1:], strict=False)
    ]
    assert fault(*cells) is None
    broken = drop % len(cells)
    changed = [*cells, cells[broken]] if twice else [cell for place, cell in enumerate(cells) if place != broken]
    found = fault(*changed)
    assert found is not None
    assert found[0] == (("bands_overlap" if twice else "bands_leave_gap") if changed else "malformed")


def snapshot(**changed: Any) -> dict[str, Any]:
    lines = [
        {"line": "1", "product": 1, "quantity": "90.000", "price": "100.000000"},
        {"line": "2", "product": 2, "quantity": "9.000", "price": "100.000000"},
    ]
    plain = {"customer": 1, "ship_to": ["a", "b", "c", "CN"], "payment_terms_days": 30, "amount": "9900.000", "lines": lines}
    return {**plain, **changed}


def lines(*rows: tuple[str, int, str, str]) -> list[dict[str, Any]]:
    return [{"line": line, "product": product, "quantity": quantity, "price": price} for line, product, quantity, price in rows]


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        ({}, []),
        ({"amount": "10100.000", "lines": lines(("1", 1, "92", "100"), ("2", 2, "9", "100"))}, ["amount", "quantity"]),
        ({"amount": "9000.000", "lines": lines(("1", 1, "81", "100"), ("2", 2, "9", "100"))}, []),
        ({"amount": "9000.000", "lines": lines(("1", 1, "90", "100"))}, []),
        ({"amount": "9000.000", "lines": lines(("1", 1, "90", "90"), ("2", 2, "9", "100"))}, ["price"]),
        ({"lines": lines(("1", 1, "90", "100"), ("2", 2, "4.5", "200"))}, []),
        ({"lines": lines(("1", 1, "90", "100"), ("3", 2, "9", "100"))}, ["lines"]),
        ({"payment_terms_days": 60}, ["terms"]),
        ({"payment_terms_days": 14}, []),
        ({"ship_to": ["a", "elsewhere", "c", "CN"]}, ["address"]),
        ({"customer": 2}, ["customer"]),
    ],
)
def test_an_approval_is_void_when_something_gets_worse_and_holds_otherwise(changed: dict[str, Any], reasons: list[str]) -> None:
    assert why_void(snapshot(), snapshot(**changed), quantity_tolerance=Decimal(1)) == reasons
    assert (fingerprint(snapshot()) == fingerprint(snapshot(**changed))) == (not changed)


def test_a_quantity_may_fall_by_the_tolerance_and_no_further() -> None:
    for quantity, reasons in (("81", []), ("80.999", ["quantity"])):
        now = snapshot(amount="1", lines=lines(("1", 1, quantity, "100"), ("2", 2, "9", "100")))
        assert why_void(snapshot(), now, quantity_tolerance=Decimal("0.1")) == reasons


def test_a_fingerprint_does_not_depend_on_the_order_of_keys() -> None:
    assert fingerprint(dict(reversed(snapshot().items()))) == fingerprint(snapshot())


@pytest.mark.parametrize(
    ("roles", "lent", "level", "found"),
    [
        ({"credit"}, [], 0, Authority(None, 0)),
        ({"sales"}, [], 0, "lacks_role"),
        ({"finance"}, [("credit", 2)], 0, Authority(2, 0)),
        ({"finance"}, [("credit", 3)], 0, "four_eyes"),
        ({"finance"}, [("credit", 3), ("credit", 2)], 0, Authority(2, 0)),
        ({"admin"}, [], 1, "lacks_role"),
        ({"admin"}, [], 2, Authority(None, 2)),
    ],
)
def test_a_step_is_decided_by_its_role_a_delegate_or_in_the_end_the_next_level(
    roles: set[str], lent: list[tuple[str, int]], level: int, found: Authority | str
) -> None:
    step = StepFacts("credit", level, "admin", deputy_id=9, barred={3})
    assert authority_for(Approver(7, roles, lent), step) == found


def test_a_deputy_may_decide_once_the_step_is_escalated_but_never_his_own_order() -> None:
    deputy = Approver(9, {"finance"}, [])
    assert authority_for(deputy, StepFacts("credit", 0, "admin", 9, ())) == "lacks_role"
    assert authority_for(deputy, StepFacts("credit", 1, "admin", 9, ())) == Authority(None, 1)
    assert authority_for(deputy, StepFacts("credit", 1, "admin", 9, {9})) == "four_eyes"


def test_duties_clash_in_use_in_either_order_and_never_with_themselves() -> None:
    for duty, done in (("release_hold", "edit_credit_limit"), ("edit_credit_limit", "release_hold")):
        found = clash_in_use(DEFAULT_PAIRS, duty, {done})
        assert found is not None
        assert found.reason
    assert clash_in_use(DEFAULT_PAIRS, "release_hold", {"release_hold", "create_customer"}) is None


def test_a_grant_clashes_when_two_roles_bring_what_none_brings_alone() -> None:
    duties = {
        "sales": {"create_customer"},
        "credit": {"approve_order"},
        "both": {"create_customer", "approve_order"},
        "none": set(),
    }
    assert clash_in_grant(DEFAULT_PAIRS, "credit", {"credit", "sales"}, duties) == DEFAULT_PAIRS[1]
    assert clash_in_grant(DEFAULT_PAIRS, "credit", {"credit", "none"}, duties) is None
    assert clash_in_grant(DEFAULT_PAIRS, "both", {"both"}, duties) is None
