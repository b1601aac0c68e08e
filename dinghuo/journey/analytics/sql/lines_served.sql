-- Count the lines that orders of a period asked for, and those that had to wait for stock, by the month of the order.
-- In:    company_id integer, ordered_from date, ordered_until date
-- Out:   month date (its first day), lines bigint, lines_waited bigint (not served whole at the first try); months in order
-- Needs: nothing
WITH wanted AS (
    SELECT sales_order.id, sales_order.company_id, date_trunc('month', sales_order.ordered_on::TIMESTAMP)::DATE AS month
      FROM sales_order
     WHERE sales_order.company_id = %(company_id)s::INT
       AND sales_order.state IN ('released', 'completed')
       AND sales_order.ordered_on BETWEEN %(ordered_from)s::DATE AND %(ordered_until)s::DATE
), counted AS (
    -- The lines are only counted, so that the index one_line_per_position is all that is read of them.
    SELECT wanted.month, count(line.order_id) AS lines
      FROM wanted
     INNER JOIN sales_order_line AS line ON line.company_id = wanted.company_id AND line.order_id = wanted.id
     GROUP BY wanted.month
), waited AS (
    SELECT wanted.month, count(DISTINCT shortage.order_line_id) AS lines
      FROM shortage
     INNER JOIN sales_order_line AS line ON line.company_id = shortage.company_id AND line.id = shortage.order_line_id
     INNER JOIN wanted ON wanted.company_id = line.company_id AND wanted.id = line.order_id
     WHERE shortage.company_id = %(company_id)s::INT
     GROUP BY wanted.month
)
SELECT counted.month, counted.lines, coalesce(waited.lines, 0) AS lines_waited
  FROM counted
  LEFT JOIN waited ON waited.month = counted.month
 ORDER BY counted.month
