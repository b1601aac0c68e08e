-- Write the statements that make a role that can sign in and holds no power of its own.
-- In:    role text, password text
-- Out:   statement text; the one that makes the role only if it is missing, then its attributes
-- Needs: a superuser to run the statements, in the order given
WITH wanted AS (
    SELECT %(role)s::text AS role, %(password)s::text AS password
), statements AS (
    SELECT 1 AS place, format('CREATE ROLE %%I', role) AS statement
      FROM wanted
     WHERE NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = wanted.role)
     UNION ALL
    SELECT 2, format(
               'ALTER ROLE %%I LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION '
               'NOBYPASSRLS PASSWORD %%L', role, password)
      FROM wanted
)
SELECT statement FROM statements ORDER BY place
