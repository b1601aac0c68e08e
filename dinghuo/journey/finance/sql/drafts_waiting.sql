-- Name the drafts that may be posted without a person: all of a company that does not confirm them.
-- In:    company_id int
-- Out:   id bigint
-- Needs: nothing
SELECT invoice.id
  FROM sales_invoice AS invoice
  JOIN company ON company.id = %(company_id)s::INT AND NOT company.finance_confirms
 WHERE invoice.company_id = %(company_id)s::INT AND invoice.state = 'draft'
 ORDER BY invoice.id
