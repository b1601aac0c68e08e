"""What a customer charges for a line that is not full counts where fines are weighed against margins."""

from decimal import Decimal

import pytest

from dinghuo.journey.allocation.operations.policies import agree_terms
from dinghuo.journey.ordering.models import SalesOrder
from tests.builders import a_customer
from tests.journey.allocation.conftest import Room
from tests.journey.allocation.test_runs import in_force, posted


def two_rivals(room: Room) -> tuple[int, int]:
    """Two orders of 50 at the same price, the first entered by the room's customer, and stock for one of them."""
    room.stock(50)
    first = room.order(50)
    retailer = a_customer(room.company)
    second = room.order(50)
    SalesOrder.objects.filter(id=second).update(customer_id=retailer.pk)
    in_force(room, "fines", sharing={"method": "penalty"})
    return first, second


def test_d1_10_the_retailer_that_fines_is_served(room: Room) -> None:
    """D1.10: two rivals for 50 with equal margin, the retailer's fine is 6 % of 500 = 30, the dealer's none."""
    dealer, retailer = two_rivals(room)
    assert SalesOrder.objects.get(id=retailer).amount_net == Decimal(500)
    customer_id = SalesOrder.objects.get(id=retailer).customer_id
    assert agree_terms(act=room.act, customer_id=customer_id, wishes={"shortage_fine": 60}).done
    posted(room, "fines")
    assert room.given(dealer, retailer) == [0, 50]


def test_without_a_fine_the_first_of_two_equals_is_served(room: Room) -> None:
    dealer, retailer = two_rivals(room)
    posted(room, "fines")
    assert room.given(dealer, retailer) == [50, 0]


def test_a_line_s_own_fine_counts_before_its_customer_s(room: Room) -> None:
    dealer, retailer = two_rivals(room)
    customer_id = SalesOrder.objects.get(id=retailer).customer_id
    assert agree_terms(act=room.act, customer_id=customer_id, wishes={"shortage_fine": 60}).done
    assert agree_terms(act=room.act, order_id=dealer, wishes={"shortage_fine": 100}).done
    posted(room, "fines")
    assert room.given(dealer, retailer) == [50, 0]


@pytest.mark.parametrize("share", [-1, 1001, "6", True])
def test_a_fine_that_is_no_share_is_refused(room: Room, share: object) -> None:
    refused = agree_terms(act=room.act, customer_id=room.customer.pk, wishes={"shortage_fine": share})
    assert (refused.code, refused.facts["column"]) == ("malformed", "shortage_fine")
