-- Name the customers that a typed text may mean: exact codes first, then codes that begin with it, then names that hold it.
-- In:    company_id integer, wanted text, count integer
-- Out:   id bigint, code text, name text, name_zh text; at most count rows, the likeliest first
-- Needs: nothing
SELECT customer.id, customer.code, customer.name, customer.name_zh
  FROM customer
 WHERE customer.company_id = %(company_id)s::INT
   AND (
       strpos(lower(customer.code), lower(%(wanted)s::TEXT)) > 0
       OR strpos(lower(customer.name), lower(%(wanted)s::TEXT)) > 0
       OR strpos(customer.name_zh, %(wanted)s::TEXT) > 0
   )
 ORDER BY
    lower(customer.code) <> lower(%(wanted)s::TEXT),
    NOT starts_with(lower(customer.code), lower(%(wanted)s::TEXT)),
    customer.code
 LIMIT %(count)s::INT
