-- List customers by id, after an id, as programs read them; or the one of an id or a code.
-- In:    company_id integer, after bigint, count integer, only_id bigint (null for all), code text (null for all)
-- Out:   id bigint, code text, name text, name_zh text, customer_class text, country text, address text, city text, contact text,
--        phone text, email text, language text, tax_id text, tax_rate numeric, payment_terms_days smallint,
--        credit_limit numeric (company currency), price_list text (its code), is_blocked boolean; at most count rows
-- Needs: nothing
SELECT
    customer.id, customer.code, customer.name, customer.name_zh, customer.customer_class, customer.country, customer.address,
    customer.city, customer.contact, customer.phone, customer.email, customer.language, customer.tax_id,
    trim_scale(customer.tax_rate) AS tax_rate, customer.payment_terms_days,
    round(customer.credit_limit, currency.minor_units::INT) AS credit_limit, price_list.code AS price_list, customer.is_blocked
  FROM customer
 INNER JOIN company ON company.id = customer.company_id
 INNER JOIN currency ON currency.code = company.currency
  LEFT JOIN price_list ON price_list.company_id = customer.company_id AND price_list.id = customer.price_list_id
 WHERE customer.company_id = %(company_id)s::INT
   AND customer.id > %(after)s::BIGINT
   AND (%(only_id)s::BIGINT IS NULL OR customer.id = %(only_id)s::BIGINT)
   AND (%(code)s::TEXT IS NULL OR customer.code = %(code)s::TEXT)
 ORDER BY customer.id
 LIMIT %(count)s::INT
