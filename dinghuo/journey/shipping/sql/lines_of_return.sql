-- Show what a return brought back, by position.
-- In:    company_id integer, return_id bigint
-- Out:   id bigint, position integer, product_id bigint, product text (its code), shipment_line_id bigint (null: the sale is not known),
--        quantity numeric (stock units), unit_price numeric, tax_rate numeric (what is credited), restocked boolean
-- Needs: nothing
SELECT
    line.id, line.position, line.product_id, product.code AS product, line.shipment_line_id, trim_scale(line.quantity) AS quantity,
    trim_scale(line.unit_price) AS unit_price, trim_scale(line.tax_rate) AS tax_rate, line.restocked
  FROM customer_return_line AS line
 INNER JOIN product ON product.company_id = line.company_id AND product.id = line.product_id
 WHERE line.company_id = %(company_id)s::INT AND line.customer_return_id = %(return_id)s::BIGINT
 ORDER BY line.position
