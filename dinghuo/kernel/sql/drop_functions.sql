-- Take the functions of create_functions.sql away.
-- In:    nothing
-- Out:   nothing
-- Needs: the owner's role
DROP AGGREGATE chain_hash(BYTEA, TEXT);
DROP FUNCTION next_chain_hash(BYTEA, BYTEA, TEXT);
DROP FUNCTION refuse_change();
DROP FUNCTION money_round(NUMERIC, INT, TEXT);
