-- Read what stands at the head of a company's papers.
-- In:    company_id integer
-- Out:   name text, name_zh text, address text, city text, postcode text, country text, country_zh text, phone text, tax_id text,
--        bank_name text, bank_account text, language text, rounding text; one row
-- Needs: nothing
SELECT
    company.name, company.name_zh, company.address, company.city, company.postcode, coalesce(country.name, '') AS country,
    coalesce(country.name_zh, '') AS country_zh, company.phone, company.tax_id, company.bank_name, company.bank_account,
    company.language, company.rounding
  FROM company
  LEFT JOIN country ON country.code = company.country
 WHERE company.id = %(company_id)s::INT
