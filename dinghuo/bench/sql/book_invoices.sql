-- Floor, finance: book the invoices, each entry hashed with the one before it.
-- In:    company_id int, order_ids bigint[], at timestamptz
-- Out:   nothing
-- Needs: the invoices written, two journal numbers an order taken
INSERT INTO journal_entry (company_id, number, kind, document, document_id, description, posted_on, posted_at, chain_hash)
SELECT %(company_id)s::INT, posting.number, 'invoice', 'sales_invoice', posting.id, posting.description, posting.issued_on,
       %(at)s::TIMESTAMPTZ,
       chain_hash((SELECT chain_hash FROM journal_entry WHERE company_id = %(company_id)s::INT ORDER BY number DESC LIMIT 1),
                  journal_entry_content(posting.number, 'invoice', 'sales_invoice', posting.id, posting.description, posting.issued_on,
                                        %(at)s::TIMESTAMPTZ, NULL, NULL, posting.lines))
           OVER (ORDER BY posting.number ROWS UNBOUNDED PRECEDING)
  FROM (SELECT invoice.id, invoice.number AS description, invoice.issued_on,
               (counter.next_number - 2 * cardinality(%(order_ids)s::BIGINT[]) - 1
                + row_number() OVER (ORDER BY invoice.id))::INT AS number,
               (SELECT json_agg(json_build_array(account.id, invoice.customer_id, side.amount::NUMERIC(18, 3)::TEXT) ORDER BY account.id)
                  FROM (VALUES ('receivable', invoice.amount_gross), ('sales_revenue', -invoice.amount_net),
                               ('tax_output', -invoice.amount_tax)) AS side (role, amount)
                  JOIN account ON account.company_id = %(company_id)s::INT AND account.role = side.role) AS lines
          FROM number_series AS counter
          JOIN sales_invoice AS invoice
            ON invoice.company_id = %(company_id)s::INT AND invoice.order_id = ANY(%(order_ids)s::BIGINT[])
         WHERE counter.company_id = %(company_id)s::INT AND counter.series = 'journal' AND counter.year = 0) AS posting
