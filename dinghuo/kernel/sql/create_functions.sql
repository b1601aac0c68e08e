-- Functions that constraints and statements of every stage use.
-- In:    nothing
-- Out:   nothing
-- Needs: the owner's role
CREATE FUNCTION money_round(amount NUMERIC, minor_units INT, rounding TEXT) RETURNS NUMERIC
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN rounding = 'half_even'
         AND abs(amount * 10::NUMERIC ^ minor_units) % 1 = 0.5
         AND trunc(amount * 10::NUMERIC ^ minor_units) % 2 = 0
    THEN trunc(amount, minor_units)
    ELSE round(amount, minor_units)
END;

CREATE FUNCTION refuse_change() RETURNS TRIGGER
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;

CREATE FUNCTION next_chain_hash(chain BYTEA, genesis BYTEA, content TEXT) RETURNS BYTEA
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN sha256(coalesce(chain, genesis) || convert_to(content, 'UTF8'));

CREATE AGGREGATE chain_hash(BYTEA, TEXT) (SFUNC = next_chain_hash, STYPE = BYTEA);
