-- Ageing: write posted invoices, spread evenly over some years and over all customers.
-- In:    company_id int, count int, days int (how many days they are spread over), today date, at timestamptz
-- Out:   nothing
-- Needs: the customers
WITH buyer AS (
    SELECT array_agg(id ORDER BY id) AS ids FROM customer WHERE company_id = %(company_id)s::INT
)
INSERT INTO sales_invoice (company_id, kind, state, number, series_year, series_number, customer_id, currency, drafted_at, posted_at,
                           issued_on, due_on, amount_net, amount_tax, amount_gross)
SELECT %(company_id)s::INT, 'invoice', 'posted', 'INV-' || n, 2026, n, buyer.ids[1 + mod(n, cardinality(buyer.ids))], 'CNY',
       %(at)s::TIMESTAMPTZ, %(at)s::TIMESTAMPTZ, spread.issued_on, spread.issued_on + 30, 100 + mod(n, 900), 0, 100 + mod(n, 900)
  FROM generate_series(1, %(count)s::INT) AS n
 CROSS JOIN buyer
 CROSS JOIN LATERAL (SELECT %(today)s::DATE - %(days)s::INT + (n::BIGINT * %(days)s::INT / %(count)s::INT)::INT AS issued_on) AS spread
