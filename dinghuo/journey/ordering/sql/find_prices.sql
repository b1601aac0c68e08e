-- The price agreed with a customer for a product on a day: its price list's latest item in force, else the list price.
-- In:    company_id int, customer_ids bigint[], product_ids bigint[] (pairs), day date
-- Out:   customer_id bigint, product_id bigint, unit_price numeric, tax_rate numeric; unknown products are left out
-- Needs: nothing
SELECT asked.customer_id, asked.product_id, coalesce(agreed.unit_price, product.list_price) AS unit_price, product.tax_rate
  FROM unnest(%(customer_ids)s::BIGINT[], %(product_ids)s::BIGINT[]) AS asked (customer_id, product_id)
  JOIN product ON product.company_id = %(company_id)s::INT AND product.id = asked.product_id
  LEFT JOIN customer ON customer.company_id = %(company_id)s::INT AND customer.id = asked.customer_id
  LEFT JOIN LATERAL (
       SELECT item.unit_price
         FROM price_list_item AS item
        WHERE item.company_id = %(company_id)s::INT
          AND item.price_list_id = customer.price_list_id AND item.product_id = asked.product_id
          AND item.valid_from <= %(day)s::DATE AND coalesce(item.valid_until, %(day)s::DATE) >= %(day)s::DATE
        ORDER BY item.valid_from DESC
        LIMIT 1) AS agreed ON customer.price_list_id IS NOT NULL
