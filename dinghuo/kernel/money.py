"""Amounts of money: exact decimals, rounded to the currency's minor unit by the company's stated rounding."""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

ROUNDINGS = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN}


def rounded(amount: Decimal, *, minor_units: int, rounding: str = "half_up") -> Decimal:
    """The amount in whole minor units; halves go away from zero (`half_up`) or to the even neighbour (`half_even`).

    The database function `money_round` gives the same answer; a test compares the two.
    """
    return amount.quantize(Decimal(1).scaleb(-minor_units), rounding=ROUNDINGS[rounding])
