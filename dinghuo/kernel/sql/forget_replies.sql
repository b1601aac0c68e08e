-- Forget the replies that were kept before a moment, oldest first.
-- In:    company_id int, before timestamptz, at_most int
-- Out:   number of rows
-- Needs: nothing; a request at work has kept_at of its own time and is never old
WITH old AS (
    SELECT r.id
      FROM kept_reply AS r
     WHERE r.company_id = %(company_id)s::INT
       AND r.kept_at < %(before)s::TIMESTAMPTZ
     ORDER BY r.kept_at
     LIMIT %(at_most)s::INT
       FOR UPDATE SKIP LOCKED
)

DELETE FROM kept_reply AS r
 USING old
 WHERE r.company_id = %(company_id)s::INT
   AND r.id = old.id
