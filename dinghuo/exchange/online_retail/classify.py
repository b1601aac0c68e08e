"""What becomes of each line of a file: exactly one outcome; of a charged line, also its kind and where it is booked.

Product codes are five digits with up to two letters. All else under which a wholesaler writes a line (postage, fees,
vouchers, samples, corrections) is a charge: billed to the customer, or a journal entry of the company's own. Both
tables below are data.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from dinghuo.exchange.online_retail.rows import SourceRow

PRODUCT_CODE = re.compile(r"[0-9]{5}[A-Za-z]{0,2}")
BAD_DEBT_DOCUMENT = "A"
CREDIT_DOCUMENT = "C"
CACHED_CODES = 65_536


class LineOutcome(StrEnum):
    """The one thing that becomes of a line, in the order in which the rules are asked."""

    CHARGED = "charged"
    RETURNED = "returned"
    STOCK_ADJUSTED = "stock_adjusted"
    SOLD = "sold"
    REJECTED = "rejected"


class Rejection(StrEnum):
    """Why a line is rejected."""

    QUANTITY_IS_ZERO = "quantity_is_zero"
    SALE_BELOW_ZERO = "sale_below_zero"
    PRICED_NEGATIVE_QUANTITY = "priced_negative_quantity"


REJECTION_SENTENCES = {
    Rejection.QUANTITY_IS_ZERO: "the quantity is 0",
    Rejection.SALE_BELOW_ZERO: "a product is sold at a price below 0",
    Rejection.PRICED_NEGATIVE_QUANTITY: "the quantity is negative, the price is not 0, and it is no credit note",
}


class ChargeKind(StrEnum):
    """What a charged line is for."""

    POSTAGE = "postage"
    MANUAL = "manual"
    DISCOUNT = "discount"
    VOUCHER = "voucher"
    SAMPLE = "sample"
    TEST = "test"
    PACKAGING = "packaging"
    OTHER_ITEM = "other_item"
    BANK_CHARGES = "bank_charges"
    MARKETPLACE_FEE = "marketplace_fee"
    ADJUSTMENT = "adjustment"
    BAD_DEBT = "bad_debt"
    COMMISSION = "commission"


class Treatment(StrEnum):
    """Where a kind of charge is booked: on a document to the customer, or as an entry of the company's own."""

    INVOICE = "invoice"
    JOURNAL = "journal"


class ChargePlace(StrEnum):
    """Where one charged line ends up."""

    INVOICE_LINE = "invoice_line"
    CREDIT_NOTE_LINE = "credit_note_line"
    JOURNAL_ENTRY = "journal_entry"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class ChargeRule:
    """How a kind of charge is booked.

    For a journal kind, a line of negative value debits `expense` and credits `against` by that value, one of positive
    value the other way round. For an invoice kind `expense` is empty and `against` is the account that the line
    credits (a credit note: debits). Roles are names that the company's chart of accounts resolves; none is the
    receivables account, whose every entry belongs to a document.
    """

    treatment: Treatment
    against: str
    expense: str = ""


# Asked in this order; a code is compared whole and without regard to case. What matches none is an item outside the
# catalogue.
CHARGE_CODES: tuple[tuple[str, ChargeKind], ...] = (
    (r"POST|DOT|C2|C3", ChargeKind.POSTAGE),
    (r"M", ChargeKind.MANUAL),
    (r"D", ChargeKind.DISCOUNT),
    (r"GIFT|gift_.*", ChargeKind.VOUCHER),
    (r"BANK CHARGES", ChargeKind.BANK_CHARGES),
    (r"AMAZONFEE", ChargeKind.MARKETPLACE_FEE),
    (r"ADJUST2?", ChargeKind.ADJUSTMENT),
    (r"B", ChargeKind.BAD_DEBT),
    (r"S", ChargeKind.SAMPLE),
    (r"TEST.*", ChargeKind.TEST),
    (r"PADS", ChargeKind.PACKAGING),
    (r"CRUK", ChargeKind.COMMISSION),
)

# Vouchers are owed until they are redeemed; a discount lowers sales; the rest that is billed is income of its kind.
CHARGE_RULES: dict[ChargeKind, ChargeRule] = {
    ChargeKind.POSTAGE: ChargeRule(Treatment.INVOICE, against="postage_income"),
    ChargeKind.MANUAL: ChargeRule(Treatment.INVOICE, against="other_income"),
    ChargeKind.DISCOUNT: ChargeRule(Treatment.INVOICE, against="sales_discounts"),
    ChargeKind.VOUCHER: ChargeRule(Treatment.INVOICE, against="voucher_liability"),
    ChargeKind.SAMPLE: ChargeRule(Treatment.INVOICE, against="sample_income"),
    ChargeKind.TEST: ChargeRule(Treatment.INVOICE, against="other_income"),
    ChargeKind.PACKAGING: ChargeRule(Treatment.INVOICE, against="packaging_income"),
    ChargeKind.OTHER_ITEM: ChargeRule(Treatment.INVOICE, against="other_item_income"),
    ChargeKind.BANK_CHARGES: ChargeRule(Treatment.JOURNAL, against="bank", expense="bank_charges_expense"),
    ChargeKind.MARKETPLACE_FEE: ChargeRule(Treatment.JOURNAL, against="bank", expense="marketplace_fees_expense"),
    ChargeKind.ADJUSTMENT: ChargeRule(Treatment.JOURNAL, against="adjustments_clearing", expense="adjustments_expense"),
    ChargeKind.BAD_DEBT: ChargeRule(Treatment.JOURNAL, against="bad_debt_allowance", expense="bad_debt_expense"),
    ChargeKind.COMMISSION: ChargeRule(Treatment.JOURNAL, against="bank", expense="commissions_expense"),
}

COMPILED_CODES = tuple((re.compile(pattern, re.IGNORECASE | re.DOTALL), kind) for pattern, kind in CHARGE_CODES)


@lru_cache(maxsize=CACHED_CODES)
def is_product_code(code: str) -> bool:
    """Whether a code names a product of the catalogue: five digits and at most two letters, nothing around them."""
    return PRODUCT_CODE.fullmatch(code) is not None


def outcome(row: SourceRow) -> LineOutcome:
    """The one outcome of a line; a product with a quantity above 0 is sold even on a document that starts with C."""
    if row.document[0] == BAD_DEBT_DOCUMENT or not is_product_code(row.code):
        return LineOutcome.CHARGED
    # The remaining rules exclude one another: asking by sign gives what their stated order gives, only sooner.
    quantity, price = row.quantity, row.unit_price
    if quantity > 0:
        return LineOutcome.SOLD if price >= 0 else LineOutcome.REJECTED
    if quantity < 0 and row.document[0] == CREDIT_DOCUMENT:
        return LineOutcome.RETURNED
    return LineOutcome.STOCK_ADJUSTED if quantity < 0 and price == 0 else LineOutcome.REJECTED


def rejection(row: SourceRow) -> Rejection:
    """Why a line whose outcome is `rejected` is neither a sale nor a return, a correction of stock or a charge."""
    if row.quantity == 0:
        return Rejection.QUANTITY_IS_ZERO
    return Rejection.SALE_BELOW_ZERO if row.quantity > 0 else Rejection.PRICED_NEGATIVE_QUANTITY


def charge_kind(row: SourceRow) -> ChargeKind:
    """What a charged line is for: a document that starts with A writes off a debt, else the code decides."""
    return ChargeKind.BAD_DEBT if row.document[0] == BAD_DEBT_DOCUMENT else kind_of_code(row.code)


@lru_cache(maxsize=CACHED_CODES)
def kind_of_code(code: str) -> ChargeKind:
    """The kind of charge that a code stands for."""
    return next((kind for pattern, kind in COMPILED_CODES if pattern.fullmatch(code)), ChargeKind.OTHER_ITEM)


def charge_place(row: SourceRow) -> ChargePlace:
    """Where a charged line is booked: by its kind, and by the sign of its value, not by the letter of its document.

    A line of value 0 (a free carriage, a write-off of an item outside the catalogue) has nothing to book and is kept
    as a note.
    """
    if row.quantity == 0 or row.unit_price == 0:
        return ChargePlace.NOTE
    if CHARGE_RULES[charge_kind(row)].treatment is Treatment.JOURNAL:
        return ChargePlace.JOURNAL_ENTRY
    return ChargePlace.INVOICE_LINE if (row.quantity > 0) == (row.unit_price > 0) else ChargePlace.CREDIT_NOTE_LINE
