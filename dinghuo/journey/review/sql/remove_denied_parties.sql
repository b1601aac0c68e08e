-- Take parties off their list; they stay on record.
-- In:    company_id int, ids bigint[], at timestamptz
-- Out:   nothing
-- Needs: the company locked
UPDATE denied_party
   SET removed_at = %(at)s::TIMESTAMPTZ
 WHERE company_id = %(company_id)s::INT AND id = ANY(%(ids)s::BIGINT[]) AND removed_at IS NULL
