-- Say how far, how long and how dear it is from each active warehouse to each country that orders in work go to.
-- In:    company_id int
-- Out:   warehouse_id bigint, zone int (the country as a number), distance int (0 within a country, 1 across a border), days int,
--        shipment_cost bigint (millionths of company currency, the cheapest carrier's base price); by the company's order of warehouses
-- Needs: nothing
WITH country AS (
    SELECT DISTINCT ship_to_country AS code
      FROM sales_order
     WHERE company_id = %(company_id)s::INT AND state IN ('released', 'held')
)
SELECT warehouse.id AS warehouse_id,
       CASE WHEN country.code = '' THEN 0 ELSE ascii(country.code) * 256 + ascii(substr(country.code, 2)) END AS zone,
       CASE WHEN country.code IN ('', warehouse.country) THEN 0 ELSE 1 END AS distance,
       coalesce(min(carrier.transit_days), 0)::INT AS days,
       coalesce(min(round(carrier.base_price * 1000000)), 0)::BIGINT AS shipment_cost
  FROM warehouse
 CROSS JOIN country
  LEFT JOIN carrier
    ON carrier.company_id = %(company_id)s::INT AND carrier.is_active AND carrier.country IN ('', country.code)
 WHERE warehouse.company_id = %(company_id)s::INT AND warehouse.is_active
 GROUP BY warehouse.id, warehouse.priority, warehouse.country, country.code
 ORDER BY warehouse.priority, warehouse.id, country.code
