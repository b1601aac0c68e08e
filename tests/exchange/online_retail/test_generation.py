"""What the file lacks is drawn from the seed and the natural key alone, in the stated shares."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinghuo.exchange.online_retail import generation as plan
from dinghuo.exchange.online_retail.classify import LineOutcome, outcome
from dinghuo.exchange.online_retail.rows import read_rows
from tests.exchange.online_retail.files import REAL_FILE

MANY = 20_000

DRAWS: dict[str, Callable[[int, str], object]] = {
    "terms": lambda seed, key: plan.payment_terms_days(seed, key, walk_in=False),
    "lateness": lambda seed, key: plan.payment_late_days(seed, key, walk_in=False),
    "method": lambda seed, key: plan.payment_method(seed, key, walk_in=False),
    "cost": lambda seed, key: plan.product_cost(seed, key, median_price=Decimal(100)),
    "delivery": lambda seed, key: plan.delivery_days(seed, key, "Spain"),
    "replenishment": plan.replenishment_late_days,
    "override": plan.override_after_days,
}


def shares(draw: Callable[[int, str], object], seed: int = 1) -> dict[object, float]:
    """The percentage of each result over many keys."""
    counts = Counter(draw(seed, str(key)) for key in range(MANY))
    return {result: 100 * count / MANY for result, count in counts.items()}


@pytest.mark.parametrize("name", DRAWS)
def test_a_draw_does_not_depend_on_the_draws_before_it(name: str) -> None:
    keys = [str(key) for key in range(300)]
    undisturbed = {key: DRAWS[name](7, key) for key in keys}
    random.Random(5).shuffle(keys)
    assert {key: DRAWS[name](7, key) for key in keys} == undisturbed


@pytest.mark.parametrize("name", DRAWS)
def test_another_seed_draws_another_year(name: str) -> None:
    keys = [str(key) for key in range(300)]
    assert [DRAWS[name](7, key) for key in keys] != [DRAWS[name](8, key) for key in keys]


def test_draws_stay_what_they_were_in_earlier_releases() -> None:
    # A replay begun by one release and finished by the next must not change its mind half-way.
    assert plan.draw(1, plan.Drawn.PAYMENT_TERMS, "13085") == 1_407_217_641_342_089_531
    assert {name: DRAWS[name](1, "13085") for name in DRAWS} == {
        "terms": 14,
        "lateness": 0,
        "method": "cheque",
        "cost": Decimal("46.7200"),
        "delivery": 3,
        "replenishment": 0,
        "override": 4,
    }


def test_two_kinds_of_figures_for_one_key_are_drawn_apart() -> None:
    assert len({plan.draw(1, kind, "13085") for kind in plan.Drawn}) == len(plan.Drawn)


def test_terms_come_in_the_stated_shares() -> None:
    assert shares(DRAWS["terms"]) == pytest.approx({14: 20, 30: 50, 45: 20, 60: 10}, abs=1)


def test_a_small_share_of_payments_is_late() -> None:
    found = shares(DRAWS["lateness"])
    assert found == pytest.approx({0: 92, 3: 3.2, 7: 2.4, 15: 1.6, 30: 0.8}, abs=0.7)


def test_a_small_share_of_replenishments_is_late_by_three_to_ten_days() -> None:
    found = shares(plan.replenishment_late_days)
    assert found == pytest.approx({0: 94} | dict.fromkeys(range(3, 11), 0.75), abs=0.5)


def test_payment_methods_come_in_the_stated_shares() -> None:
    assert shares(DRAWS["method"]) == pytest.approx({"bank_transfer": 70, "card": 20, "cheque": 10}, abs=1)


def test_a_hold_is_overridden_within_one_to_five_days() -> None:
    assert shares(plan.override_after_days) == pytest.approx(dict.fromkeys(range(1, 6), 20), abs=1)


def test_a_walk_in_account_pays_at_once() -> None:
    keys = [str(key) for key in range(500)]
    assert {plan.payment_terms_days(1, key, walk_in=True) for key in keys} == {0}
    assert {plan.payment_late_days(1, key, walk_in=True) for key in keys} == {0}
    assert {plan.payment_method(1, key, walk_in=True) for key in keys} == {"card", "cash"}


@given(seed=st.integers(), product=st.text(), price=st.decimals("0.001", "30000", places=3))
def test_a_cost_lies_between_the_stated_shares_of_the_price(seed: int, product: str, price: Decimal) -> None:
    cost = plan.product_cost(seed, product, median_price=price)
    half_a_step = Decimal("0.00005")
    assert price * Decimal("0.45") - half_a_step <= cost <= price * Decimal("0.70") + half_a_step
    assert -int(cost.as_tuple().exponent) == 4


def test_costs_are_spread_evenly() -> None:
    costs = [plan.product_cost(1, str(key), median_price=Decimal(1)) for key in range(MANY)]
    assert sum(costs) / MANY == pytest.approx(Decimal("0.575"), abs=Decimal("0.002"))
    assert min(costs) < Decimal("0.451")
    assert max(costs) > Decimal("0.699")


@pytest.mark.parametrize(
    ("country", "percent", "days"),
    [
        ("United Kingdom", 20, range(1, 4)),
        ("Unspecified", 20, range(1, 4)),
        ("EIRE", 0, range(2, 5)),
        ("Lithuania", 0, range(3, 7)),
        ("Channel Islands", 0, range(2, 6)),
        ("Japan", 0, range(5, 13)),
        ("A country of another year", 0, range(5, 13)),
    ],
)
def test_a_country_decides_tax_and_days_to_deliver(country: str, percent: int, days: range) -> None:
    assert plan.tax_percent(country) == percent
    assert {plan.delivery_days(1, str(key), country) for key in range(2_000)} == set(days)


@pytest.mark.parametrize(
    ("turnover", "largest", "terms", "limit"),
    [
        ("3650", "100", 30, "900"),
        ("3651", "100", 30, "1000"),
        ("3650", "1000", 30, "2000"),
        ("3650", "1000.01", 30, "2100"),
        ("0", "0", 30, "0"),
        ("-50", "0", 30, "0"),
    ],
)
def test_a_credit_limit_follows_from_turnover_terms_and_largest_order(turnover: str, largest: str, terms: int, limit: str) -> None:
    found = plan.credit_limit(turnover=Decimal(turnover), largest_order=Decimal(largest), terms_days=terms, file_days=365)
    assert found == Decimal(limit)


@pytest.mark.skipif(not REAL_FILE.is_file(), reason="the public data set is not beside the project (../shared/data/online_retail)")
def test_a_small_share_of_the_real_years_orders_meets_its_limit() -> None:
    """A plain account of who owes what, with four days from order to invoice."""
    amounts: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    days: dict[str, datetime] = {}
    for row in read_rows(REAL_FILE):
        if row.customer and outcome(row) is LineOutcome.SOLD:
            gross = row.quantity * row.unit_price * (1 + plan.tax_percent(row.country) / 100)
            amounts[row.customer, row.document] += gross
            days.setdefault(row.document, row.moment)
    orders: dict[str, list[tuple[datetime, Decimal, str]]] = defaultdict(list)
    for (customer, document), amount in amounts.items():
        orders[customer].append((days[document], amount, document))
    held = sum(orders_over_the_limit(customer, sorted(theirs)) for customer, theirs in orders.items())
    assert 0.01 < held / len(amounts) < 0.04


def orders_over_the_limit(customer: str, orders: list[tuple[datetime, Decimal, str]]) -> int:
    terms = plan.payment_terms_days(1, customer, walk_in=False)
    limit = plan.credit_limit(
        turnover=sum((amount for _, amount, _ in orders), Decimal(0)),
        largest_order=max(amount for _, amount, _ in orders),
        terms_days=terms,
        file_days=365,
    )
    held = 0
    owed: list[tuple[datetime, Decimal]] = []
    for at, amount, document in orders:
        owed = [(paid_at, open_amount) for paid_at, open_amount in owed if paid_at > at]
        held += sum((open_amount for _, open_amount in owed), amount) > limit
        late = plan.payment_late_days(1, document, walk_in=False)
        owed.append((at + timedelta(days=4 + terms + late), amount))
    return held
