-- Tell the match policy in force and the coin of the company's currency; no settings where the first policy is in force.
-- In:    company_id int
-- Out:   version int, settings jsonb, minor_units int
-- Needs: nothing
SELECT coalesce(policy.version, 0) AS version, coalesce(policy.settings, '{}'::JSONB) AS settings, currency.minor_units
  FROM company
  JOIN currency ON currency.code = company.currency
  LEFT JOIN match_policy AS policy
         ON policy.company_id = company.id
        AND policy.version = (SELECT max(newest.version) FROM match_policy AS newest WHERE newest.company_id = %(company_id)s::INT)
 WHERE company.id = %(company_id)s::INT
