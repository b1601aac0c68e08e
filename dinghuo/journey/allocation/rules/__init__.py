"""The rules of allocation, free of any database: what stock may change by, and who gets how much of what is scarce."""

from dinghuo.journey.allocation.rules.stock import (
    POLICY,
    PRICE_LIMIT,
    QUANTITY_LIMIT,
    Adjustment,
    Change,
    Level,
    Receipt,
    Supply,
    changes,
    cost_taken,
    is_price,
    is_quantity,
    wrong_columns,
)

__all__ = [
    "POLICY",
    "PRICE_LIMIT",
    "QUANTITY_LIMIT",
    "Adjustment",
    "Change",
    "Level",
    "Receipt",
    "Supply",
    "changes",
    "cost_taken",
    "is_price",
    "is_quantity",
    "wrong_columns",
]
