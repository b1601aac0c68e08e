-- List carriers by id, after an id, as programs read them.
-- In:    company_id integer, after bigint, count integer, only_id bigint (null for all)
-- Out:   id bigint, code text, name text, name_zh text, mode text, country text, weight_kg_max numeric, transit_days smallint,
--        base_price numeric, price_per_kg numeric, is_active boolean; prices in company currency; at most count rows
-- Needs: nothing
SELECT
    carrier.id, carrier.code, carrier.name, carrier.name_zh, carrier.mode, carrier.country,
    trim_scale(carrier.weight_kg_max) AS weight_kg_max, carrier.transit_days,
    round(carrier.base_price, currency.minor_units::INT) AS base_price,
    round(carrier.price_per_kg, currency.minor_units::INT) AS price_per_kg, carrier.is_active
  FROM carrier
 INNER JOIN company ON company.id = carrier.company_id
 INNER JOIN currency ON currency.code = company.currency
 WHERE carrier.company_id = %(company_id)s::INT
   AND carrier.id > %(after)s::BIGINT
   AND (%(only_id)s::BIGINT IS NULL OR carrier.id = %(only_id)s::BIGINT)
 ORDER BY carrier.id
 LIMIT %(count)s::INT
