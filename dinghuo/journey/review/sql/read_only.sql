-- Let the rest of the transaction, or of the part of it that a savepoint opened, write nothing.
-- In:    nothing
-- Out:   nothing
-- Needs: a transaction
SET LOCAL transaction_read_only TO on
