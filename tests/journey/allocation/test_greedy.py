"""The one statement that allocates gives what a plain loop over ranked lines and levels would give."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dinghuo.journey.allocation.models import Allocation
from dinghuo.journey.allocation.operations import allocate_orders
from dinghuo.journey.ordering.models import SalesOrder, SalesOrderLine
from tests.builders import NOW, TODAY, a_code, a_customer, a_product, a_warehouse, some_stock
from tests.journey.allocation.conftest import Room, broken_stock

WAREHOUSES = 3


@dataclass(frozen=True, slots=True)
class Case:
    """Stock by (warehouse, product) and orders as (priority, class, warehouse, wanted by product), in the order they came."""

    stock: dict[tuple[int, int], int]
    orders: list[tuple[int, str, int, list[int]]]


CASES = st.builds(
    Case,
    st.dictionaries(st.tuples(st.integers(0, WAREHOUSES - 1), st.integers(0, 1)), st.integers(1, 12), max_size=5),
    st.lists(
        st.tuples(
            st.integers(4, 6),
            st.sampled_from("ABC"),
            st.integers(0, WAREHOUSES - 1),
            st.lists(st.integers(1, 9), min_size=2, max_size=2),
        ),
        min_size=1,
        max_size=6,
    ),
)

Line = tuple[int, int]
Place = tuple[int, int]


def greedy(case: Case) -> dict[tuple[Line, Place], int]:
    """Serve the lines by rank from their own warehouse; then serve by rank what they still want from anywhere."""
    stock = dict(case.stock)
    given: dict[tuple[Line, Place], int] = {}
    ranked = sorted(range(len(case.orders)), key=lambda number: (case.orders[number][:2], number))
    wanted = {(number, product): case.orders[number][3][product] for number in ranked for product in (0, 1)}
    for is_own in (True, False):
        for line in wanted:
            own: Iterable[int] = [case.orders[line[0]][2]] if is_own else range(WAREHOUSES)
            for place in ((warehouse, line[1]) for warehouse in own):
                quantity = min(wanted[line], stock.get(place, 0))
                if quantity:
                    given[line, place] = given.get((line, place), 0) + quantity
                    wanted[line] -= quantity
                    stock[place] -= quantity
    return given


def set_up(room: Room, case: Case) -> tuple[dict[int, Place], dict[int, Line]]:
    """The case as rows: which place each level is, and which line each order line."""
    warehouses = [a_warehouse(room.company, priority=number) for number in range(WAREHOUSES)]
    products = [a_product(room.company) for _ in (0, 1)]
    customers = {name: a_customer(room.company, customer_class=name) for name in "ABC"}
    levels = {
        some_stock(room.act, warehouses[warehouse], products[product], units).id: (warehouse, product)
        for (warehouse, product), units in case.stock.items()
    }
    lines = {}
    for number, (priority, name, warehouse, wanted) in enumerate(case.orders):
        order = SalesOrder.objects.create(
            company_id=room.company.id,
            number=a_code("SO"),
            customer=customers[name],
            warehouse=warehouses[warehouse],
            currency_id="CNY",
            ordered_on=TODAY,
            state="released",
            priority=priority,
            created_at=NOW,
        )
        for product, quantity in enumerate(wanted):
            line = SalesOrderLine.objects.create(
                company_id=room.company.id,
                order=order,
                position=product + 1,
                product=products[product],
                ordered=quantity,
                unit_price=1,
                tax_rate=0,
                amount_net=quantity,
                amount_tax=0,
            )
            lines[line.id] = (number, product)
    return levels, lines


@given(case=CASES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_statement_gives_what_a_plain_loop_gives(room: Room, case: Case) -> None:
    with transaction.atomic():
        levels, lines = set_up(room, case)
        allocate_orders(act=room.act)
        found = {
            (lines[row.order_line_id], levels[row.stock_level_id]): int(row.quantity)
            for row in Allocation.objects.filter(order_line_id__in=lines)
        }
        assert found == greedy(case)
        assert broken_stock(room.company) == []
        # The next case must not find what this one left over.
        SalesOrder.objects.filter(company_id=room.company.id).update(state="cancelled")
