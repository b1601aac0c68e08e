-- Write the heads of returns.
-- In:    company_id int, at timestamptz; places, numbers, external_refs, customer_ids, warehouse_ids, order_ids, reasons, received_ons: arrays,
--        one element a return
-- Out:   place int, return_id bigint, order_id bigint, number text
-- Needs: the numbers taken by this transaction
WITH asked AS (
    SELECT place, number, external_ref, customer_id, warehouse_id, order_id, reason, received_on
      FROM unnest(%(places)s::INT[], %(numbers)s::TEXT[], %(external_refs)s::TEXT[], %(customer_ids)s::BIGINT[],
                  %(warehouse_ids)s::BIGINT[], %(order_ids)s::BIGINT[], %(reasons)s::TEXT[], %(received_ons)s::DATE[])
           AS head (place, number, external_ref, customer_id, warehouse_id, order_id, reason, received_on)
), made AS (
    INSERT INTO customer_return (company_id, number, external_ref, customer_id, warehouse_id, order_id, reason, received_on,
                                 recorded_at)
    SELECT %(company_id)s::INT, number, external_ref, customer_id, warehouse_id, order_id, reason, received_on, %(at)s::TIMESTAMPTZ
      FROM asked
     ORDER BY place
    RETURNING id, number
)
SELECT asked.place, made.id AS return_id, asked.order_id, made.number
  FROM made
  JOIN asked ON asked.number = made.number
 ORDER BY asked.place
