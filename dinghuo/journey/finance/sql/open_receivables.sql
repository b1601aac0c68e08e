-- Open a receivable for each posted document that comes to anything, say how much of their orders is billed, and use up the numbers.
-- In:    company_id int, invoice_ids bigint[]; one element a series: series text[], years int[], counts int[]
-- Out:   invoice_id bigint, kinds text[], amounts_net numeric[] (one a kind of line), amount_tax numeric; in company currency
-- Needs: the documents posted, their orders and series locked by this transaction
WITH posted AS MATERIALIZED (
    SELECT id, order_id, customer_id, customer_return_id, exchange_rate, issued_on, due_on, amount_gross
      FROM sales_invoice
     WHERE company_id = %(company_id)s::INT AND id = ANY(%(invoice_ids)s::BIGINT[])
), owed AS (
    INSERT INTO receivable (company_id, invoice_id, customer_id, issued_on, due_on, amount)
    SELECT %(company_id)s::INT, id, customer_id, issued_on, due_on, amount_gross
      FROM posted
     WHERE amount_gross <> 0
     ORDER BY id
), billed AS (
    -- Goods that came back do not make an order less billed: credit limits would count them twice.
    UPDATE sales_order SET invoiced_gross = sales_order.invoiced_gross + part.amount_gross
      FROM (SELECT order_id, sum(amount_gross) AS amount_gross
              FROM posted
             WHERE order_id IS NOT NULL AND customer_return_id IS NULL
             GROUP BY order_id) AS part
     WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.id = part.order_id
), counted AS (
    UPDATE number_series SET next_number = number_series.next_number + taken.count
      FROM unnest(%(series)s::TEXT[], %(years)s::SMALLINT[], %(counts)s::INT[]) AS taken (series, year, count)
     WHERE number_series.company_id = %(company_id)s::INT AND number_series.series = taken.series AND number_series.year = taken.year
), part AS (
    SELECT posted.id, posted.exchange_rate, CASE WHEN line.return_line_id IS NULL THEN line.kind ELSE 'return' END AS kind,
           sum(line.amount_net) AS amount_net, sum(line.amount_tax) AS amount_tax
      FROM posted
      JOIN sales_invoice_line AS line ON line.company_id = %(company_id)s::INT AND line.invoice_id = posted.id
     GROUP BY posted.id, posted.exchange_rate, CASE WHEN line.return_line_id IS NULL THEN line.kind ELSE 'return' END
)
SELECT part.id AS invoice_id, array_agg(part.kind ORDER BY part.kind) AS kinds,
       array_agg(money_round(part.amount_net * part.exchange_rate, currency.minor_units, company.rounding)
                 ORDER BY part.kind) AS amounts_net,
       money_round(sum(part.amount_tax) * part.exchange_rate, currency.minor_units, company.rounding) AS amount_tax
  FROM part
  JOIN company ON company.id = %(company_id)s::INT
  JOIN currency ON currency.code = company.currency
 GROUP BY part.id, part.exchange_rate, currency.minor_units, company.rounding
 ORDER BY part.id
