-- List warehouses by id, after an id, as programs read them.
-- In:    company_id integer, after bigint, count integer, only_id bigint (null for all)
-- Out:   id bigint, code text, name text, name_zh text, address text, city text, country text, priority smallint, is_active boolean;
--        at most count rows
-- Needs: nothing
SELECT id, code, name, name_zh, address, city, country, priority, is_active
  FROM warehouse
 WHERE company_id = %(company_id)s::INT
   AND id > %(after)s::BIGINT
   AND (%(only_id)s::BIGINT IS NULL OR id = %(only_id)s::BIGINT)
 ORDER BY id
 LIMIT %(count)s::INT
