-- List invoices and credit notes, the newest first, as programs read them; or the one of an id.
-- In:    company_id integer, before bigint, count integer, and filters that null opens: only_id bigint, only_customer bigint (then
--        posted ones alone), customer text (its code), state text, kind text, order_id bigint
-- Out:   id bigint, kind text, state text, number text (null before posting), customer_id bigint, customer text (its code),
--        order_id bigint, shipment_id bigint, return_id bigint, currency text, issued_on date, due_on date, amount_net numeric,
--        amount_tax numeric, amount_gross numeric, open_amount numeric (null before posting), minor_units smallint; amounts in the
--        document's currency, a credit note's negative; at most count rows
-- Needs: nothing
SELECT
    invoice.id, invoice.kind, invoice.state, invoice.number, invoice.customer_id, customer.code AS customer, invoice.order_id,
    invoice.shipment_id, invoice.customer_return_id AS return_id, invoice.currency, invoice.issued_on, invoice.due_on,
    round(invoice.amount_net, currency.minor_units::INT) AS amount_net,
    round(invoice.amount_tax, currency.minor_units::INT) AS amount_tax,
    round(invoice.amount_gross, currency.minor_units::INT) AS amount_gross,
    round(receivable.amount - receivable.applied, currency.minor_units::INT) AS open_amount,
    currency.minor_units
  FROM sales_invoice AS invoice
 INNER JOIN currency ON currency.code = invoice.currency
 INNER JOIN customer ON customer.company_id = invoice.company_id AND customer.id = invoice.customer_id
  LEFT JOIN receivable ON receivable.company_id = invoice.company_id AND receivable.invoice_id = invoice.id
 WHERE invoice.company_id = %(company_id)s::INT
   AND invoice.id < %(before)s::BIGINT
   AND (%(only_id)s::BIGINT IS NULL OR invoice.id = %(only_id)s::BIGINT)
   AND (%(only_customer)s::BIGINT IS NULL OR (invoice.customer_id = %(only_customer)s::BIGINT AND invoice.state = 'posted'))
   AND (%(customer)s::TEXT IS NULL OR customer.code = %(customer)s::TEXT)
   AND (%(state)s::TEXT IS NULL OR invoice.state = %(state)s::TEXT)
   AND (%(kind)s::TEXT IS NULL OR invoice.kind = %(kind)s::TEXT)
   AND (%(order_id)s::BIGINT IS NULL OR invoice.order_id = %(order_id)s::BIGINT)
 ORDER BY invoice.id DESC
 LIMIT %(count)s::INT
