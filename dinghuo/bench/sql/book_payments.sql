-- Floor, payment: book the payments, each entry hashed with the one before it.
-- In:    company_id int, order_ids bigint[], at timestamptz
-- Out:   nothing
-- Needs: the applications written, a journal number an order taken
INSERT INTO journal_entry (company_id, number, kind, document, document_id, description, posted_on, posted_at, chain_hash)
SELECT %(company_id)s::INT, posting.number, 'payment', 'payment', posting.id, posting.description, posting.received_on,
       %(at)s::TIMESTAMPTZ,
       chain_hash((SELECT chain_hash FROM journal_entry WHERE company_id = %(company_id)s::INT ORDER BY number DESC LIMIT 1),
                  journal_entry_content(posting.number, 'payment', 'payment', posting.id, posting.description, posting.received_on,
                                        %(at)s::TIMESTAMPTZ, NULL, NULL, posting.lines))
           OVER (ORDER BY posting.number ROWS UNBOUNDED PRECEDING)
  FROM (SELECT payment.id, payment.number AS description, payment.received_on,
               (counter.next_number - cardinality(%(order_ids)s::BIGINT[]) - 1 + row_number() OVER (ORDER BY payment.id))::INT AS number,
               (SELECT json_agg(json_build_array(account.id, payment.customer_id, side.amount::NUMERIC(18, 3)::TEXT) ORDER BY account.id)
                  FROM (VALUES ('bank', payment.amount), ('receivable', -payment.amount)) AS side (role, amount)
                  JOIN account ON account.company_id = %(company_id)s::INT AND account.role = side.role) AS lines
          FROM number_series AS counter
          JOIN sales_invoice AS invoice
            ON invoice.company_id = %(company_id)s::INT AND invoice.order_id = ANY(%(order_ids)s::BIGINT[])
          JOIN receivable ON receivable.company_id = %(company_id)s::INT AND receivable.invoice_id = invoice.id
          JOIN payment_application AS application
            ON application.company_id = %(company_id)s::INT AND application.receivable_id = receivable.id
          JOIN payment ON payment.company_id = %(company_id)s::INT AND payment.id = application.payment_id
         WHERE counter.company_id = %(company_id)s::INT AND counter.series = 'journal' AND counter.year = 0) AS posting
