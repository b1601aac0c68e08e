"""The one outcome of a line, and where charges are booked."""

from collections import defaultdict
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinghuo.exchange.online_retail.classify import (
    CHARGE_RULES,
    REJECTION_SENTENCES,
    ChargeKind,
    ChargePlace,
    LineOutcome,
    Rejection,
    Treatment,
    charge_kind,
    charge_place,
    outcome,
    rejection,
)
from dinghuo.exchange.online_retail.rows import SourceRow
from tests.exchange.online_retail.files import a_row


@pytest.mark.parametrize("code", ["85048", "79323P", "79323wp", "00000"])
def test_a_product_that_leaves_for_money_or_nothing_is_sold(code: str) -> None:
    assert outcome(a_row(code=code)) is LineOutcome.SOLD
    assert outcome(a_row(code=code, unit_price="0")) is LineOutcome.SOLD


@pytest.mark.parametrize(
    "code", ["47503J ", " 47503", "47503\n", "4750", "475033", "47503ABC", "47503É", "٤٧٥٠٣", "POST", "m", "DCGS0003"]
)
def test_a_code_that_is_no_products_is_charged(code: str) -> None:
    for quantity, price in ((1, "1"), (-1, "1"), (1, "-1"), (-1, "0"), (0, "0")):
        assert outcome(a_row(code=code, quantity=quantity, unit_price=price)) is LineOutcome.CHARGED


def test_a_product_on_a_document_with_a_is_charged() -> None:
    for quantity, price in ((1, "1"), (-1, "1"), (1, "-1"), (-1, "0"), (0, "0")):
        row = a_row(document="A506401", quantity=quantity, unit_price=price)
        assert outcome(row) is LineOutcome.CHARGED


@pytest.mark.parametrize("price", ["1", "0", "-1"])
def test_a_negative_quantity_on_a_credit_document_is_returned(price: str) -> None:
    assert outcome(a_row(document="C489434", quantity=-1, unit_price=price)) is LineOutcome.RETURNED


@pytest.mark.parametrize("document", ["489434", "c489434", "X1"])
def test_a_negative_quantity_without_price_is_a_stock_adjustment(document: str) -> None:
    assert outcome(a_row(document=document, quantity=-1, unit_price="0.0")) is LineOutcome.STOCK_ADJUSTED


def test_a_positive_quantity_on_a_credit_document_is_sold() -> None:
    assert outcome(a_row(document="C489434")) is LineOutcome.SOLD


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"quantity": 0}, Rejection.QUANTITY_IS_ZERO),
        ({"quantity": 0, "document": "C489434"}, Rejection.QUANTITY_IS_ZERO),
        ({"unit_price": "-0.01"}, Rejection.SALE_BELOW_ZERO),
        ({"unit_price": "-0.01", "document": "C489434"}, Rejection.SALE_BELOW_ZERO),
        ({"quantity": -1}, Rejection.PRICED_NEGATIVE_QUANTITY),
        ({"quantity": -1, "unit_price": "-1"}, Rejection.PRICED_NEGATIVE_QUANTITY),
    ],
)
def test_what_fits_no_rule_is_rejected_with_a_reason(changed: dict[str, object], why: Rejection) -> None:
    row = a_row(**changed)
    assert outcome(row) is LineOutcome.REJECTED
    assert rejection(row) is why
    assert REJECTION_SENTENCES[why]


ROWS = st.builds(
    a_row,
    document=st.sampled_from(["489434", "C489434", "A489434", "c489434", "489434A"]),
    code=st.sampled_from(["85048", "85048a", "85048ab", "85048abc", "POST", "M", "B", "gift_0001_10", "85048 "]),
    quantity=st.integers(-2, 2),
    unit_price=st.sampled_from(["-1.5", "-0.0", "0", "0.0", "2.55"]),
)


def outcome_as_stated(row: SourceRow) -> LineOutcome:
    """The rules word by word, in their order."""
    letters = row.code[5:]
    is_product = len(row.code) <= 7 and row.code[:5].isdigit() and (letters == "" or letters.isalpha())
    if not is_product or row.document.startswith("A"):
        return LineOutcome.CHARGED
    if row.document.startswith("C") and row.quantity < 0:
        return LineOutcome.RETURNED
    if not row.document.startswith("C") and row.quantity < 0 and row.unit_price == 0:
        return LineOutcome.STOCK_ADJUSTED
    if row.quantity > 0 and row.unit_price >= 0:
        return LineOutcome.SOLD
    return LineOutcome.REJECTED


@given(row=ROWS)
def test_every_line_has_the_outcome_that_the_rules_state(row: SourceRow) -> None:
    assert outcome(row) is outcome_as_stated(row)


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        (["POST", "DOT", "C2", "C3", "post"], ChargeKind.POSTAGE),
        (["M", "m"], ChargeKind.MANUAL),
        (["D"], ChargeKind.DISCOUNT),
        (["gift_0001_10", "GIFT"], ChargeKind.VOUCHER),
        (["BANK CHARGES"], ChargeKind.BANK_CHARGES),
        (["AMAZONFEE"], ChargeKind.MARKETPLACE_FEE),
        (["ADJUST", "ADJUST2"], ChargeKind.ADJUSTMENT),
        (["B"], ChargeKind.BAD_DEBT),
        (["S"], ChargeKind.SAMPLE),
        (["TEST001", "TEST"], ChargeKind.TEST),
        (["PADS"], ChargeKind.PACKAGING),
        (["CRUK"], ChargeKind.COMMISSION),
        (["DCGS0003", "SP1002", "47503J ", "POSTE", "gifts", "C", "M\n", "22"], ChargeKind.OTHER_ITEM),
    ],
)
def test_the_code_of_a_charge_says_its_kind(codes: list[str], kind: ChargeKind) -> None:
    assert {charge_kind(a_row(code=code)) for code in codes} == {kind}


def test_a_document_with_a_writes_off_a_debt_whatever_its_code() -> None:
    assert {charge_kind(a_row(document="A1", code=code)) for code in ("B", "POST", "85048")} == {ChargeKind.BAD_DEBT}


def test_every_kind_of_charge_has_a_rule_with_its_accounts() -> None:
    assert set(CHARGE_RULES) == set(ChargeKind)
    for rule in CHARGE_RULES.values():
        assert rule.against
        assert bool(rule.expense) == (rule.treatment is Treatment.JOURNAL)


def test_the_companys_own_charges_are_journal_entries() -> None:
    journal = {kind for kind, rule in CHARGE_RULES.items() if rule.treatment is Treatment.JOURNAL}
    assert journal == {
        ChargeKind.BANK_CHARGES,
        ChargeKind.MARKETPLACE_FEE,
        ChargeKind.ADJUSTMENT,
        ChargeKind.BAD_DEBT,
        ChargeKind.COMMISSION,
    }


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"code": "POST", "quantity": 1}, ChargePlace.INVOICE_LINE),
        ({"code": "POST", "quantity": -1, "document": "C1"}, ChargePlace.CREDIT_NOTE_LINE),
        ({"code": "M", "quantity": 1, "document": "C1"}, ChargePlace.INVOICE_LINE),
        ({"code": "M", "quantity": -1}, ChargePlace.CREDIT_NOTE_LINE),
        ({"code": "M", "quantity": 1, "unit_price": "-2"}, ChargePlace.CREDIT_NOTE_LINE),
        ({"code": "M", "quantity": -1, "unit_price": "-2"}, ChargePlace.INVOICE_LINE),
        ({"code": "POST", "unit_price": "0.0"}, ChargePlace.NOTE),
        ({"code": "DCGS0027", "quantity": -9, "unit_price": "0"}, ChargePlace.NOTE),
        ({"code": "POST", "quantity": 0}, ChargePlace.NOTE),
        ({"code": "B", "document": "A1", "unit_price": "-53594.36"}, ChargePlace.JOURNAL_ENTRY),
        ({"code": "BANK CHARGES", "quantity": -1, "document": "C1"}, ChargePlace.JOURNAL_ENTRY),
        ({"code": "BANK CHARGES", "unit_price": "0"}, ChargePlace.NOTE),
        ({"code": "85048", "document": "A1"}, ChargePlace.JOURNAL_ENTRY),
    ],
)
def test_every_charge_has_a_place(changed: dict[str, object], place: ChargePlace) -> None:
    assert charge_place(a_row(**changed)) is place


@given(rows=st.lists(ROWS, max_size=30))
def test_what_is_billed_and_booked_adds_up_to_what_is_charged(rows: list[SourceRow]) -> None:
    charged = [row for row in rows if outcome(row) is LineOutcome.CHARGED]
    sums: defaultdict[ChargePlace, Decimal] = defaultdict(Decimal)
    for row in charged:
        value = row.quantity * row.unit_price
        place = charge_place(row)
        assert {"invoice_line": value > 0, "credit_note_line": value < 0, "note": value == 0}.get(place, value != 0)
        sums[place] += value
    assert sum(sums.values(), Decimal(0)) == sum((row.quantity * row.unit_price for row in charged), Decimal(0))
