-- Write the statements that say who may enter a database and make tables in it.
-- In:    database text, owner text, application text
-- Out:   statement text, in the order to run them
-- Needs: a superuser connected to this database to run the statements
WITH wanted AS (
    SELECT %(database)s::text AS database, %(owner)s::text AS owner,
           %(application)s::text AS application
), statements AS (
    SELECT 1 AS place, format('REVOKE ALL ON DATABASE %%I FROM PUBLIC', database) AS statement
      FROM wanted
     UNION ALL
    SELECT 2, format('ALTER DATABASE %%I OWNER TO %%I', database, owner) FROM wanted
     UNION ALL
    SELECT 3, format('GRANT CONNECT ON DATABASE %%I TO %%I', database, application) FROM wanted
     UNION ALL
    SELECT 4, 'REVOKE CREATE ON SCHEMA public FROM PUBLIC'
     UNION ALL
    SELECT 5, format('GRANT USAGE, CREATE ON SCHEMA public TO %%I', owner) FROM wanted
     UNION ALL
    SELECT 6, format('GRANT USAGE ON SCHEMA public TO %%I', application) FROM wanted
     UNION ALL
    SELECT 7, format('CREATE EXTENSION IF NOT EXISTS %%I', name)
      FROM pg_available_extensions
     WHERE name = 'pg_stat_statements'
)
SELECT statement FROM statements ORDER BY place
