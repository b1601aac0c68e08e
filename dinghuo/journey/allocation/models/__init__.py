"""The tables of the stage, by noun."""

from dinghuo.journey.allocation.models.stock import (
    Allocation,
    AllocationDecision,
    AllocationRun,
    InboundSupply,
    Lot,
    Shortage,
    StockDocument,
    StockLevel,
    StockMove,
)

__all__ = [
    "Allocation",
    "AllocationDecision",
    "AllocationRun",
    "InboundSupply",
    "Lot",
    "Shortage",
    "StockDocument",
    "StockLevel",
    "StockMove",
]
