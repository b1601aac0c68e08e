-- Tables without a company: shared masters, sign-in, sessions, the job queue.
-- In:    nothing
-- Out:   table_name text
-- Needs: nothing
SELECT class.relname::TEXT AS table_name
  FROM pg_class AS class
 WHERE class.relkind IN ('r', 'p') AND class.relnamespace = current_schema()::REGNAMESPACE
   AND NOT EXISTS (SELECT 1
                     FROM pg_attribute AS attribute
                    WHERE attribute.attrelid = class.oid AND attribute.attname = 'company_id' AND NOT attribute.attisdropped)
 ORDER BY class.relname
