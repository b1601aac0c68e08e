-- The tax ids of customers inside the EU that no registry answered about in the last days.
-- In:    company_id int, day date, days int
-- Out:   country text, tax_number text; each once
-- Needs: nothing
SELECT customer.country::TEXT AS country, customer.tax_id::TEXT AS tax_number
  FROM customer
 WHERE customer.company_id = %(company_id)s::INT AND customer.tax_id <> ''
   AND customer.country IN ('AT', 'BE', 'BG', 'CY', 'CZ', 'DE', 'DK', 'EE', 'ES', 'FI', 'FR', 'GR', 'HR', 'HU', 'IE', 'IT', 'LT',
                            'LU', 'LV', 'MT', 'NL', 'PL', 'PT', 'RO', 'SE', 'SI', 'SK', 'XI')
   AND (customer.country, customer.tax_id) NOT IN (
       SELECT registry_check.country, registry_check.tax_number
         FROM registry_check
        WHERE registry_check.company_id = %(company_id)s::INT
          AND registry_check.checked_on >= %(day)s::DATE - %(days)s::INT)
 GROUP BY customer.country, customer.tax_id
 ORDER BY customer.country, customer.tax_id
