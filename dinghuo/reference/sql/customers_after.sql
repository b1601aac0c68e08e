-- List customers by id, after an id, as programs read them; or the one of an id or a code.
-- In:    company_id integer, after bigint, count integer, only_id bigint (null for all), code text (null for all)
-- Out:   id bigint, code text, name text, name_zh text, customer_class text, country text, address text, city text, region text,
--        postcode text, contact text, phone text, email text, language text, tax_id text, tax_rate numeric, payment_terms_days smallint,
--        cash_discount_rate numeric, cash_discount_days smallint, credit_limit numeric (company currency, as all limits),
--        credit_limit_expires_on date, order_maximum numeric, parent text (its code), group_credit_limit numeric, account_status text,
--        dunning_level smallint, receiving_days text, po_must_be_unique boolean, price_list text (its code), is_blocked boolean; at most
--        count rows
-- Needs: nothing
SELECT
    customer.id, customer.code, customer.name, customer.name_zh, customer.customer_class, customer.country, customer.address,
    customer.city, customer.region, customer.postcode, customer.contact, customer.phone, customer.email, customer.language, customer.tax_id,
    trim_scale(customer.tax_rate) AS tax_rate, customer.payment_terms_days,
    trim_scale(customer.cash_discount_rate) AS cash_discount_rate, customer.cash_discount_days,
    round(customer.credit_limit, currency.minor_units::INT) AS credit_limit, customer.credit_limit_expires_on,
    round(customer.order_maximum, currency.minor_units::INT) AS order_maximum, parent.code AS parent,
    round(customer.group_credit_limit, currency.minor_units::INT) AS group_credit_limit, customer.account_status,
    customer.dunning_level, customer.receiving_days, customer.po_must_be_unique, price_list.code AS price_list, customer.is_blocked
  FROM customer
 INNER JOIN company ON company.id = customer.company_id
 INNER JOIN currency ON currency.code = company.currency
  LEFT JOIN customer AS parent ON parent.company_id = customer.company_id AND parent.id = customer.parent_id
  LEFT JOIN price_list ON price_list.company_id = customer.company_id AND price_list.id = customer.price_list_id
 WHERE customer.company_id = %(company_id)s::INT
   AND customer.id > %(after)s::BIGINT
   AND (%(only_id)s::BIGINT IS NULL OR customer.id = %(only_id)s::BIGINT)
   AND (%(code)s::TEXT IS NULL OR customer.code = %(code)s::TEXT)
 ORDER BY customer.id
 LIMIT %(count)s::INT
