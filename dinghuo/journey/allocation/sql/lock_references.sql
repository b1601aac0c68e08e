-- Make rivals that carry the same external references wait for this transaction.
-- In:    company_id int, external_refs text[]
-- Out:   locked bigint; one row per reference
-- Needs: to come before every other lock of the transaction
SELECT key AS locked
  FROM (SELECT DISTINCT hashtextextended(asked.external_ref, %(company_id)s::BIGINT) AS key
          FROM unnest(%(external_refs)s::TEXT[]) AS asked (external_ref)
         ORDER BY key) AS keys
 CROSS JOIN LATERAL (SELECT pg_advisory_xact_lock(keys.key)) AS held
