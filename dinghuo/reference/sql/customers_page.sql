-- List customers by code, those whose code or names hold a text.
-- In:    company_id integer, wanted text (empty for all), after_code text (empty for the first page), count integer
-- Out:   id bigint, code text, name text, name_zh text, customer_class text, country text, city text, payment_terms_days integer,
--        credit_limit numeric, is_blocked boolean, open_amount numeric (owed now, less payments not applied); one row per customer
-- Needs: nothing
SELECT
    customer.id, customer.code, customer.name, customer.name_zh, customer.customer_class, customer.country, customer.city,
    customer.payment_terms_days, customer.credit_limit, customer.is_blocked,
    (
        SELECT coalesce(sum(customer_balance.open_receivables - customer_balance.unapplied_payments), 0)
          FROM customer_balance
         WHERE customer_balance.company_id = customer.company_id AND customer_balance.customer_id = customer.id
    ) AS open_amount
  FROM customer
 WHERE customer.company_id = %(company_id)s::INT
   AND customer.code > %(after_code)s::TEXT
   AND (
       strpos(lower(customer.code), lower(%(wanted)s::TEXT)) > 0
       OR strpos(lower(customer.name), lower(%(wanted)s::TEXT)) > 0
       OR strpos(customer.name_zh, %(wanted)s::TEXT) > 0
   )
 ORDER BY customer.code
 LIMIT %(count)s::INT
