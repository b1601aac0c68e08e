-- List goods that came back, the newest first, as programs read them; or the one return of an id.
-- In:    company_id integer, before bigint, count integer, only_id bigint, only_customer bigint and order_id bigint (null for all)
-- Out:   id bigint, number text, external_ref text, customer_id bigint, customer text, warehouse text (codes), order_id bigint,
--        reason text, received_on date, is_credited boolean (its credit note is drafted), lines_count integer, quantity numeric (stock
--        units); at most count rows
-- Needs: nothing
SELECT
    returned.id, returned.number, returned.external_ref, returned.customer_id, customer.code AS customer,
    warehouse.code AS warehouse, returned.order_id, returned.reason, returned.received_on,
    returned.credited_at IS NOT NULL AS is_credited, goods.lines_count, goods.quantity
  FROM customer_return AS returned
 INNER JOIN customer ON customer.company_id = returned.company_id AND customer.id = returned.customer_id
 INNER JOIN warehouse ON warehouse.company_id = returned.company_id AND warehouse.id = returned.warehouse_id
 CROSS JOIN LATERAL (
    SELECT count(*)::INT AS lines_count, trim_scale(coalesce(sum(line.quantity), 0)) AS quantity
      FROM customer_return_line AS line
     WHERE line.company_id = returned.company_id AND line.customer_return_id = returned.id
  ) AS goods
 WHERE returned.company_id = %(company_id)s::INT
   AND returned.id < %(before)s::BIGINT
   AND (%(only_id)s::BIGINT IS NULL OR returned.id = %(only_id)s::BIGINT)
   AND (%(only_customer)s::BIGINT IS NULL OR returned.customer_id = %(only_customer)s::BIGINT)
   AND (%(order_id)s::BIGINT IS NULL OR returned.order_id = %(order_id)s::BIGINT)
 ORDER BY returned.id DESC
 LIMIT %(count)s::INT
