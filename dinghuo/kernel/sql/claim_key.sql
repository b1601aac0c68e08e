-- Claim an idempotency key; waits for a request that holds it and is still at work.
-- In:    company_id int, user_id int, key text, request_hash bytea, at timestamptz
-- Out:   id bigint; no row when the key was claimed before
-- Needs: the transaction that does the work
INSERT INTO kept_reply (company_id, user_id, key, request_hash, status, content_type, body, kept_at)
VALUES (%(company_id)s::INT, %(user_id)s::INT, %(key)s::TEXT, %(request_hash)s::BYTEA, 0, '', ''::BYTEA, %(at)s::TIMESTAMPTZ)
ON CONFLICT (company_id, user_id, key) DO NOTHING
RETURNING id
