-- Write the statement that makes a database, if it is not there yet.
-- In:    database text, owner text
-- Out:   statement text; no row when the database exists
-- Needs: a superuser outside a transaction to run the statement
SELECT format('CREATE DATABASE %%I OWNER %%I', wanted.database, wanted.owner) AS statement
  FROM (VALUES (%(database)s::text, %(owner)s::text)) AS wanted (database, owner)
 WHERE NOT EXISTS (SELECT 1 FROM pg_database WHERE datname = wanted.database)
