-- What is hashed of a journal entry: one text, made alike by whoever writes the chain and by whoever checks it.
-- In:    nothing
-- Out:   nothing
-- Needs: the owner's role
CREATE FUNCTION journal_genesis(company_id INT) RETURNS BYTEA
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN convert_to('company ' || company_id, 'UTF8');

CREATE FUNCTION journal_entry_content(
    number INT, kind TEXT, document TEXT, document_id BIGINT, description TEXT, posted_on DATE, posted_at TIMESTAMPTZ, posted_by_id INT,
    source_row INT, lines JSON
) RETURNS TEXT
LANGUAGE sql STABLE PARALLEL SAFE
RETURN json_build_array(
    number, kind, document, document_id, description, posted_on, to_char(posted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    posted_by_id, source_row, lines
)::TEXT;
