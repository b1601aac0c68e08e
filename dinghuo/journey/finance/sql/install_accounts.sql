-- Write the chart of accounts that the code needs; an account that is there already stays as the company has it.
-- In:    company_id int, codes text[], roles text[], names text[], names_zh text[]
-- Out:   nothing
-- Needs: nothing
INSERT INTO account (company_id, code, role, name, name_zh)
SELECT %(company_id)s::INT, planned.code, planned.role, planned.name, planned.name_zh
  FROM unnest(%(codes)s::TEXT[], %(roles)s::TEXT[], %(names)s::TEXT[], %(names_zh)s::TEXT[]) AS planned (code, role, name, name_zh)
 ORDER BY planned.code
    ON CONFLICT DO NOTHING
