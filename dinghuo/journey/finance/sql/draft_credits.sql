-- Draft documents that credit returns, bill or credit charges, or do both at once.
-- In:    company_id int, at timestamptz; one element a document: customer_ids bigint[], external_refs text[], issued_ons date[],
--        return_ids bigint[] (null: none); one element a charge: documents int[] (its document's place, from 1), kinds text[],
--        descriptions text[], quantities numeric[], prices numeric[], rates numeric[], source_rows int[]
-- Out:   place int (from 0), invoice_id bigint, order_id bigint (of the return), kind text, amount_gross numeric
-- Needs: the returns locked by this transaction and not credited
WITH asked AS MATERIALIZED (
    SELECT given.place, given.customer_id, given.external_ref, given.issued_on, given.return_id, customer_return.order_id,
           company.currency, currency.minor_units, company.rounding, customer.payment_terms_days
      FROM unnest(%(customer_ids)s::BIGINT[], %(external_refs)s::TEXT[], %(issued_ons)s::DATE[], %(return_ids)s::BIGINT[])
           WITH ORDINALITY AS given (customer_id, external_ref, issued_on, return_id, place)
      JOIN company ON company.id = %(company_id)s::INT
      JOIN currency ON currency.code = company.currency
      JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = given.customer_id
      LEFT JOIN customer_return ON customer_return.company_id = %(company_id)s::INT AND customer_return.id = given.return_id
), asked_line AS (
    SELECT asked.place, line.position, 'goods' AS kind, line.id AS return_line_id, '' AS description, -line.quantity AS quantity,
           line.unit_price, line.tax_rate, line.source_row
      FROM asked
      JOIN customer_return_line AS line ON line.company_id = %(company_id)s::INT AND line.customer_return_id = asked.return_id
     UNION ALL
    SELECT given.document AS place, given.position, given.kind, NULL::BIGINT AS return_line_id, given.description, given.quantity,
           given.unit_price, given.tax_rate, given.source_row
      FROM unnest(%(documents)s::INT[], %(kinds)s::TEXT[], %(descriptions)s::TEXT[], %(quantities)s::NUMERIC[], %(prices)s::NUMERIC[],
                  %(rates)s::NUMERIC[], %(source_rows)s::INT[])
           WITH ORDINALITY AS given (document, kind, description, quantity, unit_price, tax_rate, source_row, position)
), priced_line AS (
    SELECT asked_line.place, asked_line.position, asked_line.kind, asked_line.return_line_id, asked_line.description, asked_line.quantity,
           asked_line.unit_price, asked_line.tax_rate, asked_line.source_row, asked.minor_units, asked.rounding,
           money_round(asked_line.quantity * asked_line.unit_price, asked.minor_units, asked.rounding) AS amount_net
      FROM asked_line
      -- Each has its other half, here and below. FULL, because that is never a nested loop, however few rows the planner expects.
      FULL JOIN asked ON asked.place = asked_line.place
), bill_line AS MATERIALIZED (
    SELECT place, kind, return_line_id, description, quantity, unit_price, tax_rate, source_row, amount_net,
           money_round(amount_net * tax_rate, minor_units, rounding) AS amount_tax,
           row_number() OVER (PARTITION BY place ORDER BY return_line_id IS NULL, position) AS position
      FROM priced_line
), drafted AS (
    INSERT INTO sales_invoice (company_id, kind, customer_id, order_id, customer_return_id, external_ref, currency, drafted_at, issued_on,
                               due_on, amount_net, amount_tax, amount_gross)
    SELECT %(company_id)s::INT,
           CASE WHEN total.amount_gross < 0 OR total.amount_gross = 0 AND asked.return_id IS NOT NULL
                THEN 'credit_note' ELSE 'invoice' END,
           asked.customer_id, asked.order_id, asked.return_id, asked.external_ref, asked.currency, %(at)s::TIMESTAMPTZ, asked.issued_on,
           asked.issued_on + CASE WHEN total.amount_gross > 0 THEN asked.payment_terms_days ELSE 0 END,
           total.amount_net, total.amount_tax, total.amount_gross
      FROM (SELECT place, sum(amount_net) AS amount_net, sum(amount_tax) AS amount_tax, sum(amount_net + amount_tax) AS amount_gross
              FROM bill_line
             GROUP BY place) AS total
      FULL JOIN asked ON asked.place = total.place
     ORDER BY asked.place
    RETURNING id, order_id, kind, amount_gross
), placed AS MATERIALIZED (
    -- Ids are drawn in the order of the places, so a document's rank by id is its place.
    SELECT id, row_number() OVER (ORDER BY id) AS place, order_id, kind, amount_gross
      FROM drafted
), drafted_line AS (
    INSERT INTO sales_invoice_line (company_id, invoice_id, position, kind, return_line_id, description, quantity, unit_price, tax_rate,
                                    amount_net, amount_tax, source_row)
    SELECT %(company_id)s::INT, placed.id, bill_line.position, bill_line.kind, bill_line.return_line_id, bill_line.description,
           bill_line.quantity, bill_line.unit_price, bill_line.tax_rate, bill_line.amount_net, bill_line.amount_tax, bill_line.source_row
      FROM bill_line
      FULL JOIN placed ON placed.place = bill_line.place
     ORDER BY placed.id, bill_line.position
), credited AS (
    UPDATE customer_return SET credited_at = %(at)s::TIMESTAMPTZ
     WHERE company_id = %(company_id)s::INT AND id = ANY(%(return_ids)s::BIGINT[])
)
SELECT (place - 1)::INT AS place, id AS invoice_id, order_id, kind, amount_gross
  FROM placed
 ORDER BY place
