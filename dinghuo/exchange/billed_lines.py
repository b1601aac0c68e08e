"""What invoices bill and credit notes credit, as paper and e-invoice both tell it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from dinghuo.kernel import sql


@dataclass(frozen=True, slots=True)
class BilledLine:
    """One line of a document: amounts signed in its currency, quantity in the unit of `unit_code`.

    That is a UN/ECE code: for a charge C62, a piece.
    """

    invoice_id: int
    position: int
    kind: str
    code: str
    name: str
    name_zh: str
    description: str
    quantity: Decimal
    unit_code: str
    unit: str
    unit_zh: str
    unit_price: Decimal
    tax_rate: Decimal
    amount_net: Decimal
    amount_tax: Decimal


def billed_lines(*, company_id: int, invoice_ids: Sequence[int]) -> dict[int, list[BilledLine]]:
    """The lines of each document by position; one statement however many. A document without lines is not among them."""
    lines = sql.rows("exchange/billed_lines", BilledLine, company_id=company_id, ids=list(invoice_ids))
    return {invoice_id: list(held) for invoice_id, held in groupby(lines, lambda line: line.invoice_id)}
