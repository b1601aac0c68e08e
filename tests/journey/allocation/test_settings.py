"""Whether a product is kept by lot changes only while none of it is in stock."""

import pytest

from dinghuo.journey.allocation.operations import adjust_stock
from dinghuo.journey.allocation.operations.settings import change_product, keep_by_lot
from dinghuo.journey.allocation.rules import Adjustment
from dinghuo.kernel.errors import Missing
from dinghuo.kernel.models import Event
from dinghuo.reference.models import Product
from tests.journey.allocation.conftest import Room


def test_a_product_without_stock_is_kept_by_lot_from_now_on(room: Room) -> None:
    assert keep_by_lot(act=room.act, product_id=room.product.id, keeps_lots=True).done
    assert Product.objects.get(id=room.product.id).keeps_lots
    assert Event.objects.get(kind="ProductChanged").facts == {"columns": ["keeps_lots"]}


@pytest.mark.parametrize("keeps_lots", [False, True])
def test_while_some_is_in_stock_it_stays_as_it_is(room: Room, keeps_lots: bool) -> None:
    room.stock(3)
    assert keep_by_lot(act=room.act, product_id=room.product.id, keeps_lots=keeps_lots).code == "stock_there"
    assert not Product.objects.get(id=room.product.id).keeps_lots
    level = room.level()
    adjust_stock(act=room.act, adjustments=[Adjustment(level.warehouse_id, level.product_id, -level.on_hand)], reason="gone")
    assert keep_by_lot(act=room.act, product_id=room.product.id, keeps_lots=keeps_lots).done


def test_a_product_that_is_not_there_is_missing(room: Room) -> None:
    with pytest.raises(Missing):
        keep_by_lot(act=room.act, product_id=999_999_999, keeps_lots=True)


def test_other_columns_change_while_some_is_in_stock_and_lots_only_to_what_they_are(room: Room) -> None:
    room.stock(1)
    named = {"name": "Green tea", "keeps_lots": False}
    assert change_product(act=room.act, product_id=room.product.id, fields=named).done
    assert Product.objects.get(id=room.product.id).name == "Green tea"
    both = {"name": "Black tea", "keeps_lots": True}
    assert change_product(act=room.act, product_id=room.product.id, fields=both).code == "stock_there"
    assert Product.objects.get(id=room.product.id).name == "Green tea"
