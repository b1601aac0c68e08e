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
from dinghuo.journey.allocation.models.policies import (
    AllocationPolicy,
    AllocationTerms,
    Commitment,
    PolicySchedule,
)
from dinghuo.journey.allocation.models.promises import (
    LinePromise,
    SupplyPeg,
)
from dinghuo.journey.allocation.models.runs import (
    PolicyRun,
    PolicyRunProduct,
    PolicyRunState,
    StockSwap,
)
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
    "AllocationPolicy",
    "AllocationRun",
    "AllocationTerms",
    "Commitment",
    "CountState",
    "HoldState",
    "InboundSupply",
    "LinePromise",
    "Lot",
    "PolicyRun",
    "PolicyRunProduct",
    "PolicyRunState",
    "PolicySchedule",
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
    "StockSwap",
    "StockTransfer",
    "StockTransferLine",
    "SupplyPeg",
    "TransferState",
]
