-- Read what an e-invoice says of posted documents beside their lines.
-- In:    company_id integer, ids bigint[], only_customer bigint (null for staff: then any customer's)
-- Out:   id bigint, kind text, number text, issued_on date, due_on date, currency text, amount_net numeric, amount_tax numeric,
--        amount_gross numeric, applied numeric, name text, address text, city text, postcode text, country text, tax_id text, contact text,
--        phone text, email text (all the customer's), order_number text, customer_po text, delivery_note text, delivered_on date,
--        ship_to_name text, ship_to_address text, ship_to_city text, ship_to_postcode text, ship_to_country text (empty or null where there is none),
--        preceding text[] (numbers of the invoices that a credit note corrects); one row a posted document, by id
-- Needs: nothing
SELECT
    invoice.id, invoice.kind, invoice.number, invoice.issued_on, invoice.due_on, invoice.currency, invoice.amount_net,
    invoice.amount_tax, invoice.amount_gross, coalesce(receivable.applied, 0) AS applied, customer.name, customer.address,
    customer.city, customer.postcode, customer.country, customer.tax_id, customer.contact, customer.phone, customer.email,
    coalesce(ordered.number, '') AS order_number, coalesce(ordered.customer_po, '') AS customer_po,
    coalesce(shipment.number, '') AS delivery_note, shipment.dispatched_on AS delivered_on,
    coalesce(ordered.ship_to_name, '') AS ship_to_name, coalesce(ordered.ship_to_address, '') AS ship_to_address,
    coalesce(ordered.ship_to_city, '') AS ship_to_city, coalesce(ordered.ship_to_postcode, '') AS ship_to_postcode,
    coalesce(ordered.ship_to_country, '') AS ship_to_country,
    array(
        SELECT DISTINCT former.number
          FROM sales_invoice_line AS credited
         INNER JOIN customer_return_line AS back
                 ON back.company_id = credited.company_id AND back.id = credited.return_line_id
         INNER JOIN sales_invoice_line AS billed
                 ON billed.company_id = credited.company_id AND billed.shipment_line_id = back.shipment_line_id
         INNER JOIN sales_invoice AS former
                 ON former.company_id = credited.company_id AND former.id = billed.invoice_id AND former.kind = 'invoice'
         WHERE credited.company_id = invoice.company_id
           AND credited.invoice_id = invoice.id
           AND former.state = 'posted'
         ORDER BY former.number
    ) AS preceding
  FROM sales_invoice AS invoice
 INNER JOIN customer ON customer.company_id = invoice.company_id AND customer.id = invoice.customer_id
  LEFT JOIN sales_order AS ordered ON ordered.company_id = invoice.company_id AND ordered.id = invoice.order_id
  LEFT JOIN shipment ON shipment.company_id = invoice.company_id AND shipment.id = invoice.shipment_id
  LEFT JOIN receivable ON receivable.company_id = invoice.company_id AND receivable.invoice_id = invoice.id
 WHERE invoice.company_id = %(company_id)s::INT
   AND invoice.id = ANY(%(ids)s::BIGINT[])
   AND invoice.state = 'posted'
   AND (%(only_customer)s::BIGINT IS NULL OR invoice.customer_id = %(only_customer)s::BIGINT)
 ORDER BY invoice.id
