-- Name what the application's role has and must not have: its own tables, a way around row-level security, open company tables.
-- In:    nothing
-- Out:   right_found text, subject text; one row a finding
-- Needs: to be connected as the application's role
SELECT 'owns' AS right_found, class.relname::TEXT AS subject
  FROM pg_class AS class
 WHERE class.relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user) AND class.relkind IN ('r', 'p', 'v', 'm', 'S')
   AND class.relpersistence <> 't'
 UNION ALL
SELECT 'passes row-level security', role.rolname::TEXT
  FROM pg_roles AS role
 WHERE role.rolname = current_user AND (role.rolsuper OR role.rolbypassrls)
 UNION ALL
SELECT 'has no row-level security', class.relname::TEXT
  FROM pg_class AS class
 WHERE class.relkind IN ('r', 'p') AND class.relnamespace = current_schema()::REGNAMESPACE AND NOT class.relrowsecurity
   AND EXISTS (SELECT 1
                 FROM pg_attribute AS attribute
                WHERE attribute.attrelid = class.oid AND attribute.attname = 'company_id' AND NOT attribute.attisdropped)
 ORDER BY right_found, subject
