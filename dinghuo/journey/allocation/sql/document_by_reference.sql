-- Find the stock document that an external reference made before.
-- In:    company_id int, external_ref text
-- Out:   id bigint; one row or none
-- Needs: nothing
SELECT id
  FROM stock_document
 WHERE company_id = %(company_id)s::INT AND external_ref = %(external_ref)s::TEXT
