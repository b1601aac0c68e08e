-- Tell what became of each bank line, and which invoices it settled.
-- In:    company_id int
-- Out:   bank_reference text, state text, outcome text, is_automatic bool, invoice_id bigint, amount numeric; a row an invoice, or one without
-- Needs: nothing
SELECT line.bank_reference, held.state, held.outcome, held.is_automatic, receivable.invoice_id, item.amount
  FROM bank_statement_line AS line
  JOIN bank_match AS held ON held.company_id = %(company_id)s::INT AND held.line_id = line.id AND held.state <> 'undone'
  LEFT JOIN bank_match_item AS item
         ON item.company_id = %(company_id)s::INT AND item.match_id = held.id AND item.receivable_id IS NOT NULL
  LEFT JOIN receivable ON receivable.company_id = %(company_id)s::INT AND receivable.id = item.receivable_id
 WHERE line.company_id = %(company_id)s::INT
 ORDER BY line.id, item.id
