-- Keep what was found for lines: the outcome, its points, whose money it is, why, and by which policy.
-- In:    company_id int, version int; one element a line: match_ids bigint[], outcomes text[], scores int[], customer_ids bigint[],
--        findings text[] (JSON)
-- Out:   nothing
-- Needs: the matches locked by this transaction
UPDATE bank_match AS held
   SET outcome = given.outcome, score = given.score, customer_id = given.customer_id, findings = given.findings::JSONB,
       policy_version = %(version)s::INT
  FROM unnest(%(match_ids)s::BIGINT[], %(outcomes)s::TEXT[], %(scores)s::INT[], %(customer_ids)s::BIGINT[], %(findings)s::TEXT[])
       AS given (match_id, outcome, score, customer_id, findings)
 WHERE held.company_id = %(company_id)s::INT AND held.id = given.match_id AND held.state = 'waiting'
