-- Say of each receivable on which day its document was issued.
-- In:    nothing
-- Out:   nothing
-- Needs: the owner's role
UPDATE receivable SET issued_on = invoice.issued_on
  FROM sales_invoice AS invoice
 WHERE invoice.company_id = receivable.company_id AND invoice.id = receivable.invoice_id
