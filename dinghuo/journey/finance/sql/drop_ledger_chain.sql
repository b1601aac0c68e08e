-- Take the functions of create_ledger_chain.sql away.
-- In:    nothing
-- Out:   nothing
-- Needs: the owner's role
DROP FUNCTION journal_entry_content(INT, TEXT, TEXT, BIGINT, TEXT, DATE, TIMESTAMPTZ, INT, INT, JSON);
DROP FUNCTION journal_genesis(INT);
