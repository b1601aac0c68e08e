-- Find the import of a file that came before.
-- In:    company_id int, sha256 text
-- Out:   id bigint, imported_at timestamptz
-- Needs: nothing
SELECT id, imported_at
  FROM bank_file
 WHERE company_id = %(company_id)s::INT AND sha256 = %(sha256)s::TEXT
