-- Move the days of waiting lines to those of the goods that they count on now.
-- In:    company_id int, at timestamptz, today date, line_ids bigint[], latest_before date[] (of the goods that each counted on, null: none),
--        latest_now date[] (null: no supply known fills it)
-- Out:   line_id bigint, order_id bigint, promised_before date, promised_on date; one row per line whose day moved, by line
-- Needs: the products locked for promises by this transaction
WITH asked AS MATERIALIZED (
    SELECT line.id AS line_id, line.order_id, line.product_id, promise.promised_on AS promised_before,
           -- What a promise allowed beyond the goods' arrival it goes on to allow.
           CASE WHEN given.latest_now IS NOT NULL
                THEN greatest(given.latest_now, %(today)s::DATE)
                     + greatest(coalesce(promise.promised_on - greatest(given.latest_before, %(today)s::DATE), 0), 0) END AS promised_on
      FROM unnest(%(line_ids)s::BIGINT[], %(latest_before)s::DATE[], %(latest_now)s::DATE[])
           AS given (line_id, latest_before, latest_now)
      JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.id = given.line_id
      LEFT JOIN line_promise AS promise ON promise.company_id = %(company_id)s::INT AND promise.order_line_id = line.id AND promise.is_open
     WHERE given.latest_now IS DISTINCT FROM given.latest_before OR promise.promised_on IS NULL
), moved AS (
    INSERT INTO line_promise AS promise (company_id, order_line_id, product_id, promised_on, first_promised_on, made_at)
    SELECT %(company_id)s::INT, line_id, product_id, promised_on, promised_on, %(at)s::TIMESTAMPTZ
      FROM asked
     WHERE promised_on IS DISTINCT FROM promised_before
     ORDER BY line_id
    ON CONFLICT (company_id, order_line_id) DO UPDATE
       SET promised_on = excluded.promised_on, first_promised_on = coalesce(promise.first_promised_on, excluded.promised_on),
           is_open = TRUE, made_at = excluded.made_at
)
SELECT line_id, order_id, promised_before, promised_on
  FROM asked
 WHERE promised_on IS DISTINCT FROM promised_before
 ORDER BY line_id
