"""Stage 2, allocation 库存检查与分配: whose the stock is.

Takes released orders and stock as it is. Gives allocations, and a shortage for each line that waits. Owns lot, stock_level,
stock_document, stock_move, inbound_supply, allocation_run, allocation, allocation_decision and shortage. Records StockReceived,
StockAdjusted, StockAllocated, LineShort and AllocationGivenBack. Others may read its tables; only this stage allocates, and only
shipping and this stage write stock levels and moves.
"""
