-- What came of a replay, counted from its documents; amounts are net of tax in the file's currency, returned ones positive.
-- In:    company_id int, expense_roles text[]
-- Out:   one row, as exchange.replay.result.Counted
-- Needs: nothing
WITH billed AS (
    SELECT line.kind, line.shipment_line_id, line.return_line_id, line.amount_net, line.amount_tax
      FROM sales_invoice_line AS line
      JOIN sales_invoice AS invoice ON invoice.company_id = line.company_id AND invoice.id = line.invoice_id
     WHERE line.company_id = %(company_id)s::INT AND invoice.state = 'posted'
), net AS (
    SELECT coalesce(sum(amount_net) FILTER (WHERE shipment_line_id IS NOT NULL), 0) AS invoiced,
           coalesce(-sum(amount_net) FILTER (WHERE return_line_id IS NOT NULL), 0) AS credited,
           coalesce(sum(amount_net) FILTER (WHERE shipment_line_id IS NULL AND return_line_id IS NULL), 0) AS charged,
           coalesce(sum(amount_tax), 0) AS tax
      FROM billed
), booked AS (
    SELECT coalesce(-sum(line.amount), 0) AS amount
      FROM journal_entry AS entry
      JOIN journal_line AS line ON line.company_id = entry.company_id AND line.entry_id = entry.id
      JOIN account ON account.company_id = line.company_id AND account.id = line.account_id
     WHERE entry.company_id = %(company_id)s::INT AND entry.document = 'charge' AND account.role = ANY(%(expense_roles)s::TEXT[])
)
SELECT (SELECT count(*) FROM sales_order WHERE company_id = %(company_id)s::INT) AS orders,
       (SELECT count(DISTINCT order_id) FROM hold WHERE company_id = %(company_id)s::INT) AS orders_held,
       (SELECT count(DISTINCT journey_id)
          FROM event
         WHERE company_id = %(company_id)s::INT AND kind = 'OrderReleased') AS orders_released,
       (SELECT count(DISTINCT order_line_id) FROM shortage WHERE company_id = %(company_id)s::INT) AS lines_backordered,
       (SELECT count(*) FROM shipment WHERE company_id = %(company_id)s::INT AND state <> 'cancelled') AS shipments,
       (SELECT count(*)
          FROM sales_invoice
         WHERE company_id = %(company_id)s::INT AND state = 'posted' AND kind = 'invoice') AS invoices,
       (SELECT count(*)
          FROM sales_invoice
         WHERE company_id = %(company_id)s::INT AND state = 'posted' AND kind = 'credit_note') AS credit_notes,
       (SELECT count(*) FROM payment WHERE company_id = %(company_id)s::INT) AS payments,
       net.invoiced AS invoiced_net, net.credited AS credited_net, net.charged + booked.amount AS charged_net, net.tax,
       (SELECT coalesce(sum(amount - applied), 0) FROM receivable WHERE company_id = %(company_id)s::INT) AS receivable_open,
       (SELECT count(*) FROM journal_entry WHERE company_id = %(company_id)s::INT) AS journal_entries,
       (SELECT count(*)
          FROM customer_return_line
         WHERE company_id = %(company_id)s::INT AND shipment_line_id IS NULL) AS returns_unmatched,
       (SELECT count(*) FROM inbound_supply WHERE company_id = %(company_id)s::INT) AS supplies,
       (SELECT coalesce(sum(quantity), 0) FROM inbound_supply WHERE company_id = %(company_id)s::INT) AS supplied_quantity,
       (SELECT coalesce(sum(move.quantity), 0)
          FROM stock_document AS document
          JOIN stock_move AS move ON move.company_id = document.company_id AND move.document_id = document.id
         WHERE document.company_id = %(company_id)s::INT AND document.external_ref LIKE 'found ____-__-__') AS found_quantity,
       (SELECT count(*) FROM approval WHERE company_id = %(company_id)s::INT) AS holds_overridden
  FROM net
 CROSS JOIN booked
