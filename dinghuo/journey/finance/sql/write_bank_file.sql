-- Keep a file of statements as it came; one that is known writes nothing.
-- In:    company_id int, actor_id int, at timestamptz, name text, format text, sha256 text, raw bytea
-- Out:   id bigint
-- Needs: nothing
INSERT INTO bank_file (company_id, name, format, sha256, raw, imported_at, imported_by_id)
VALUES (%(company_id)s::INT, %(name)s::TEXT, %(format)s::TEXT, %(sha256)s::TEXT, %(raw)s::BYTEA, %(at)s::TIMESTAMPTZ, %(actor_id)s::INT)
    ON CONFLICT (company_id, sha256) DO NOTHING
RETURNING id
