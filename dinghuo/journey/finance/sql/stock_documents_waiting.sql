-- Name the stock documents that the ledger does not have yet.
-- In:    company_id int
-- Out:   id bigint
-- Needs: nothing
SELECT id
  FROM stock_document
 WHERE company_id = %(company_id)s::INT AND posted_at IS NULL
 ORDER BY id
