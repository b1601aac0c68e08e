"""The semantic model of EN 16931, as far as a wholesaler's documents fill it. Numbers in docstrings are the standard's terms.

Amounts are positive on a credit note too: its type says that they are owed the other way round.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

INVOICE: Final = "380"
CREDIT_NOTE: Final = "381"

# UNCL 5305 as the standard allows it: standard rate, zero rate, export outside the union, supply inside it.
STANDARD: Final = "S"
ZERO: Final = "Z"
EXPORT: Final = "G"
INTRA_COMMUNITY: Final = "K"

# Why no tax is charged (BT-120), by category; the others need no reason.
REASONS: Final = {EXPORT: "Export outside the EU", INTRA_COMMUNITY: "Intra-community supply"}

# UNCL 4461: credit transfer.
CREDIT_TRANSFER: Final = "30"


@dataclass(frozen=True, slots=True)
class Party:
    """Seller (BG-4) or buyer (BG-7).

    `vat_id` has its country's prefix (BT-31, BT-48), any other number is `registration` (BT-32).
    """

    name: str
    street: str = ""
    city: str = ""
    postcode: str = ""
    country: str = ""
    vat_id: str = ""
    registration: str = ""
    contact: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """An invoice line (BG-25): quantity in a UN/ECE unit, net price never negative (BT-146), net amount (BT-131), rate in %."""

    id: str
    name: str
    code: str
    quantity: Decimal
    unit: str
    price: Decimal
    net: Decimal
    category: str
    percent: Decimal


@dataclass(frozen=True, slots=True)
class TaxPart:
    """The tax of one category and rate (BG-23)."""

    category: str
    percent: Decimal
    basis: Decimal
    tax: Decimal

    @property
    def reason(self) -> str:
        """Why no tax is charged (BT-120); empty where the category needs no reason."""
        return REASONS.get(self.category, "")


@dataclass(frozen=True, slots=True)
class EInvoice:
    """An invoice or credit note. `preceding` are the invoices that a credit note corrects (BT-25); `paid` is BT-113."""

    number: str
    type_code: str
    issued_on: date
    due_on: date | None
    currency: str
    seller: Party
    buyer: Party
    lines: tuple[Line, ...]
    taxes: tuple[TaxPart, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal
    paid: Decimal = Decimal(0)
    buyer_reference: str = ""
    order_number: str = ""
    delivery_note: str = ""
    delivered_on: date | None = None
    delivered_to: Party | None = None
    preceding: tuple[str, ...] = ()
    account: str = ""
    bank: str = ""
    terms: str = ""

    @property
    def is_credit_note(self) -> bool:
        """Whether the seller owes the buyer."""
        return self.type_code == CREDIT_NOTE

    @property
    def payable(self) -> Decimal:
        """What is still to be paid (BT-115)."""
        return self.gross - self.paid
