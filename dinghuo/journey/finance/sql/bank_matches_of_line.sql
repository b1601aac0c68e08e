-- Tell every match that a line ever had, the newest first, with what each settled.
-- In:    company_id int, line_id bigint
-- Out:   id bigint, state text, outcome text, score int, is_automatic bool, decided_at timestamptz, decided_by_id int, undone_at timestamptz,
--        undone_by_id int, undo_reason text, payment_ids bigint[], invoice_numbers text[], amounts numeric[] (one element an item)
-- Needs: nothing
SELECT held.id, held.state, held.outcome, held.score::INT AS score, held.is_automatic, held.decided_at, held.decided_by_id, held.undone_at,
       held.undone_by_id, held.undo_reason,
       coalesce(array_agg(item.payment_id ORDER BY item.id) FILTER (WHERE item.id IS NOT NULL), '{}') AS payment_ids,
       coalesce(array_agg(coalesce(invoice.number, '') ORDER BY item.id) FILTER (WHERE item.id IS NOT NULL), '{}') AS invoice_numbers,
       coalesce(array_agg(item.amount ORDER BY item.id) FILTER (WHERE item.id IS NOT NULL), '{}') AS amounts
  FROM bank_match AS held
  LEFT JOIN bank_match_item AS item ON item.company_id = %(company_id)s::INT AND item.match_id = held.id
  LEFT JOIN receivable ON receivable.company_id = %(company_id)s::INT AND receivable.id = item.receivable_id
  LEFT JOIN sales_invoice AS invoice ON invoice.company_id = %(company_id)s::INT AND invoice.id = receivable.invoice_id
 WHERE held.company_id = %(company_id)s::INT AND held.line_id = %(line_id)s::BIGINT
 GROUP BY held.company_id, held.id
 ORDER BY held.id DESC
