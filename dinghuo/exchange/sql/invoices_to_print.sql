-- Read what stands at the head of invoices and credit notes.
-- In:    company_id integer, ids bigint[], only_customer bigint (null for staff: then any customer's, and drafts too)
-- Out:   id bigint, kind text, state text, number text (empty for a draft), customer_code text, name text, name_zh text, address text,
--        city text, region text, postcode text, country text, country_zh text, tax_id text (the customer's), language text, order_number text, customer_po text
--        (both empty for none), shipment_number text (empty for none), issued_on date, due_on date, currency text,
--        minor_units smallint, amount_net numeric, amount_tax numeric, amount_gross numeric, applied numeric; one row a document, by id
-- Needs: nothing
SELECT
    invoice.id, invoice.kind, invoice.state, coalesce(invoice.number, '') AS number, customer.code AS customer_code,
    customer.name, customer.name_zh, customer.address, customer.city, customer.region, customer.postcode,
    country.name AS country, country.name_zh AS country_zh,
    customer.tax_id, customer.language, coalesce(ordered.number, '') AS order_number,
    coalesce(ordered.customer_po, '') AS customer_po, coalesce(shipment.number, '') AS shipment_number, invoice.issued_on,
    invoice.due_on, invoice.currency, currency.minor_units, invoice.amount_net, invoice.amount_tax, invoice.amount_gross,
    coalesce(receivable.applied, 0) AS applied
  FROM sales_invoice AS invoice
 INNER JOIN customer ON customer.company_id = invoice.company_id AND customer.id = invoice.customer_id
 INNER JOIN country ON country.code = customer.country
 INNER JOIN currency ON currency.code = invoice.currency
  LEFT JOIN sales_order AS ordered ON ordered.company_id = invoice.company_id AND ordered.id = invoice.order_id
  LEFT JOIN shipment ON shipment.company_id = invoice.company_id AND shipment.id = invoice.shipment_id
  LEFT JOIN receivable ON receivable.company_id = invoice.company_id AND receivable.invoice_id = invoice.id
 WHERE invoice.company_id = %(company_id)s::INT
   AND invoice.id = ANY(%(ids)s::BIGINT[])
   AND (
       %(only_customer)s::BIGINT IS NULL
       OR invoice.customer_id = %(only_customer)s::BIGINT AND invoice.state = 'posted'
   )
 ORDER BY invoice.id
