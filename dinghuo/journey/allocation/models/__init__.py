"""The tables of the stage, by noun."""

from dinghuo.journey.allocation.models.keeping import (
    CountState,
    HoldState,
    Quarantine,
    QuarantineState,
    StockCount,
    StockCountLine,
    StockHold,
    StockHoldPart,
    StockSetting,
    StockTransfer,
    StockTransferLine,
    TransferState,
)
from dinghuo.journey.allocation.models.promises import LinePromise, SupplyPeg
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
    "CountState",
    "HoldState",
    "InboundSupply",
    "LinePromise",
    "Lot",
    "Quarantine",
    "QuarantineState",
    "Shortage",
    "StockCount",
    "StockCountLine",
    "StockDocument",
    "StockHold",
    "StockHoldPart",
    "StockLevel",
    "StockMove",
    "StockSetting",
    "StockTransfer",
    "StockTransferLine",
    "SupplyPeg",
    "TransferState",
]
