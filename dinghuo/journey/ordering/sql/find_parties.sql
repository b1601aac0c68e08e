-- What is known about the customer, the warehouse and the external reference of each draft.
-- In:    company_id int, customer_ids bigint[], warehouse_ids bigint[], external_refs text[], one element a draft
-- Out:   one row a draft in order; null ids where nothing is known
-- Needs: nothing
SELECT (asked.position - 1)::INT AS draft, customer.id AS customer_id, warehouse.id AS warehouse_id, known.id AS known_order_id,
       customer.name, customer.address, customer.city, customer.region, customer.postcode, customer.country,
       customer.payment_terms_days, customer.cash_discount_rate, customer.cash_discount_days,
       customer.tax_rate AS customer_tax_rate, company.currency, currency.minor_units, company.rounding
  FROM unnest(%(customer_ids)s::BIGINT[], %(warehouse_ids)s::BIGINT[], %(external_refs)s::TEXT[])
       WITH ORDINALITY AS asked (customer_id, warehouse_id, external_ref, position)
 CROSS JOIN company
  JOIN currency ON currency.code = company.currency
  LEFT JOIN customer ON customer.company_id = company.id AND customer.id = asked.customer_id
  LEFT JOIN warehouse ON warehouse.company_id = company.id AND warehouse.id = asked.warehouse_id AND warehouse.is_active
  LEFT JOIN sales_order AS known ON known.company_id = company.id AND known.external_ref = asked.external_ref
 WHERE company.id = %(company_id)s::INT
 ORDER BY asked.position
