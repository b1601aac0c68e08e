-- Everybody whom a list of a company denies today, oldest entry first.
-- In:    company_id int
-- Out:   list_code text, name text, identifier text
-- Needs: nothing
SELECT denied_party.list_code, denied_party.name, denied_party.identifier
  FROM denied_party
 WHERE denied_party.company_id = %(company_id)s::INT AND denied_party.removed_at IS NULL
 ORDER BY denied_party.id
