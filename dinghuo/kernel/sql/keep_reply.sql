-- Keep the reply under a key that this transaction claimed.
-- In:    company_id int, user_id int, key text, status int, content_type text, body bytea
-- Out:   nothing
-- Needs: the key claimed by this transaction
UPDATE kept_reply
   SET status = %(status)s::SMALLINT, content_type = %(content_type)s::TEXT, body = %(body)s::BYTEA
 WHERE company_id = %(company_id)s::INT AND user_id = %(user_id)s::INT AND key = %(key)s::TEXT
