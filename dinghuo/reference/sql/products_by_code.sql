-- Find products by the codes that somebody typed, whatever the letter case.
-- In:    company_id integer, codes text[]
-- Out:   typed text (as asked for), id bigint, code text, name text, name_zh text, unit text; one row per code that is known
-- Needs: nothing
SELECT DISTINCT ON (asked.typed) asked.typed, product.id, product.code, product.name, product.name_zh, product.unit
  FROM unnest(%(codes)s::TEXT []) AS asked (typed)
 INNER JOIN product ON product.company_id = %(company_id)s::INT AND product.code IN (asked.typed, upper(asked.typed))
 ORDER BY asked.typed, product.code <> asked.typed
