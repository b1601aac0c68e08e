-- Show the lines that a run changes as people look at them: searched, sorted by a number, by the page.
-- In:    company_id int, run_id bigint, which text ('gain', 'lose' or 'all'), customer_class text (empty for all), wanted text (in the customer's
--        code, the product's code or the order's number; empty for all), sort text ('amount', 'units', 'day' or 'line'), direction int
--        (1 or -1), after_key numeric and after_id bigint (where the page before ended, null at the start), count int
-- Out:   id bigint (line), order_id bigint, order_number text, position int, customer text, customer_class text, name text, name_zh text
--        (the customer's), product text, wanted numeric, had numeric, given numeric, change numeric (stock units), amount numeric
--        (change x price, company currency, net), requested_on date, reason smallint, sort_key numeric; at most count rows
-- Needs: nothing
WITH changed AS (
    SELECT line.id, line.order_id, sales_order.number AS order_number, line.position, customer.code AS customer,
           customer.customer_class, customer.name, customer.name_zh, product.code AS product,
           trim_scale(each.wanted::NUMERIC / decided.scale) AS wanted, trim_scale(each.had::NUMERIC / decided.scale) AS had,
           trim_scale(each.given::NUMERIC / decided.scale) AS given,
           trim_scale((each.given - each.had)::NUMERIC / decided.scale) AS change,
           round((each.given - each.had)::NUMERIC / decided.scale * line.unit_price * sales_order.exchange_rate, 2) AS amount,
           sales_order.requested_on, each.reason
      FROM policy_run_product AS decided
     CROSS JOIN LATERAL unnest(decided.line_ids, decided.wanted, decided.had, decided.given, decided.reasons)
           AS each (line_id, wanted, had, given, reason)
     INNER JOIN sales_order_line AS line ON line.company_id = %(company_id)s::INT AND line.id = each.line_id
     INNER JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = line.order_id
     INNER JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = sales_order.customer_id
     INNER JOIN product ON product.company_id = %(company_id)s::INT AND product.id = line.product_id
     WHERE decided.company_id = %(company_id)s::INT AND decided.policy_run_id = %(run_id)s::BIGINT AND each.given <> each.had
       AND (%(which)s::TEXT <> 'gain' OR each.given > each.had) AND (%(which)s::TEXT <> 'lose' OR each.given < each.had)
       AND %(customer_class)s::TEXT IN ('', customer.customer_class)
       AND (strpos(lower(customer.code), lower(%(wanted)s::TEXT)) > 0 OR strpos(lower(product.code), lower(%(wanted)s::TEXT)) > 0
            OR strpos(lower(sales_order.number), lower(%(wanted)s::TEXT)) > 0)
), keyed AS (
    SELECT changed.id, changed.order_id, changed.order_number, changed.position, changed.customer, changed.customer_class, changed.name,
           changed.name_zh, changed.product, changed.wanted, changed.had, changed.given, changed.change, changed.amount,
           changed.requested_on, changed.reason, %(direction)s::INT * CASE %(sort)s::TEXT
               WHEN 'amount' THEN changed.amount
               WHEN 'units' THEN changed.change
               WHEN 'day' THEN coalesce(changed.requested_on - DATE '2000-01-01', 0)::NUMERIC
               ELSE changed.id::NUMERIC
           END AS sort_key
      FROM changed
)
SELECT id, order_id, order_number, position, customer, customer_class, name, name_zh, product, wanted, had, given, change, amount,
       requested_on, reason, sort_key
  FROM keyed
 WHERE %(after_key)s::NUMERIC IS NULL OR (sort_key, id) > (%(after_key)s::NUMERIC, %(after_id)s::BIGINT)
 ORDER BY sort_key, id
 LIMIT %(count)s::INT
