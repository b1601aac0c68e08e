"""Stage 2, allocation 库存检查与分配: whose the stock is.

Takes released orders and stock as it is. Gives allocations, a shortage for each line that waits, and the day by which goods will
be there. Owns lot, stock_level, stock_document, stock_move, inbound_supply, stock_setting, stock_transfer with its lines,
stock_count with its lines, quarantine, stock_hold with its parts, line_promise, supply_peg, allocation_run, allocation,
allocation_decision, shortage, allocation_policy, allocation_terms, policy_schedule, policy_run with its products, commitment,
stock_swap, product_substitute, substitution_consent, shortage_proposal and shortage_question. Records
StockReceived, StockAdjusted, StockAllocated, LineShort, AllocationGivenBack, TransferSent, TransferArrived, TransferClosed,
TransferCancelled, CountOpened, StockCounted, CountPosted, CountCancelled, StockSetAside,
QuarantineReleased, QuarantineScrapped, StockHeld,
StockHoldExtended, StockHoldReleased, StockHoldExpired, StockHoldAllocated, StockSettingChanged, SupplyChanged, LinesPromised,
PromiseMoved, PolicyInForce, PolicyRetired, PolicyScheduled, ScheduleEnded, PolicyRunAsked, PolicyRunComputed, PolicyRunDropped,
PolicyRunPosted, LineCommitted, CommitmentLifted, TermsAgreed, StockSwapped, SwapUndone, ShortageProposed,
ProposalAccepted, ProposalUndone, CustomerAsked, CustomerAnswered, SubstitutesSet and SubstitutionConsentSet. Others may read its
tables; only this stage allocates, and only shipping and this stage write stock levels and moves.
"""
