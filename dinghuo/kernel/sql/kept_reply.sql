-- The reply kept under an idempotency key.
-- In:    company_id int, user_id int, key text
-- Out:   request_hash bytea, status int, content_type text, body bytea
-- Needs: nothing
SELECT request_hash, status, content_type, body
  FROM kept_reply
 WHERE company_id = %(company_id)s::INT AND user_id = %(user_id)s::INT AND key = %(key)s::TEXT
