-- Make rivals that promise, hold or move goods of the same products wait for this transaction.
-- In:    company_id int, product_ids bigint[]
-- Out:   locked bigint; one row per product
-- Needs: orders and supplies locked before, stock levels after
SELECT key AS locked
  FROM (SELECT DISTINCT hashtextextended('promise ' || asked.product_id, %(company_id)s::BIGINT) AS key
          FROM unnest(%(product_ids)s::BIGINT[]) AS asked (product_id)
         ORDER BY key) AS keys
 CROSS JOIN LATERAL (SELECT pg_advisory_xact_lock(keys.key)) AS held
