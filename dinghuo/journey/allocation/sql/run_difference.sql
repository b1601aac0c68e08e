-- List the lines that a run changes, those who lose first, with units, money and whether they were or are served in full.
-- In:    company_id int, run_id bigint, after bigint (line), count int, which text ('gain', 'lose' or 'all')
-- Out:   id bigint (line), order_id bigint, order_number text, position int, customer text, product text (codes), wanted numeric,
--        had numeric, given numeric, change numeric (stock units), amount numeric (change x price, company currency, net),
--        requested_on date, reason smallint; by line, at most count rows
-- Needs: nothing
WITH changed AS MATERIALIZED (
    SELECT each.line_id, each.wanted::NUMERIC / decided.scale AS wanted, each.had::NUMERIC / decided.scale AS had,
           each.given::NUMERIC / decided.scale AS given, each.reason
      FROM policy_run_product AS decided
     CROSS JOIN LATERAL unnest(decided.line_ids, decided.wanted, decided.had, decided.given, decided.reasons)
           AS each (line_id, wanted, had, given, reason)
     WHERE decided.company_id = %(company_id)s::INT AND decided.policy_run_id = %(run_id)s::BIGINT AND each.given <> each.had
       AND each.line_id > %(after)s::BIGINT
       AND (%(which)s::TEXT <> 'gain' OR each.given > each.had) AND (%(which)s::TEXT <> 'lose' OR each.given < each.had)
     ORDER BY each.line_id
     LIMIT %(count)s::INT
)
SELECT changed.line_id AS id, line.order_id, sales_order.number AS order_number, line.position, customer.code AS customer,
       product.code AS product, trim_scale(changed.wanted) AS wanted, trim_scale(changed.had) AS had,
       trim_scale(changed.given) AS given, trim_scale(changed.given - changed.had) AS change,
       round((changed.given - changed.had) * line.unit_price * sales_order.exchange_rate, 2) AS amount, sales_order.requested_on,
       changed.reason
  FROM changed
  JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.id = changed.line_id
  JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = line.order_id
  JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = sales_order.customer_id
  JOIN product ON product.company_id = %(company_id)s::INT AND product.id = line.product_id
 ORDER BY changed.line_id
