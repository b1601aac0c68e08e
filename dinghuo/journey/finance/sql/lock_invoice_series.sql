-- Lock the number series that posting some drafts will take numbers of, and the journal's, in a fixed order.
-- In:    company_id int, invoice_ids bigint[]
-- Out:   series text, year int, next_number int (the first number that is still free)
-- Needs: to come before every other lock of the transaction; a draft's kind and day of issue never change
INSERT INTO number_series AS counter (company_id, series, year, next_number)
SELECT %(company_id)s::INT, wanted.series, wanted.year, 1
  FROM (SELECT 'journal' AS series, 0 AS year
         UNION
        SELECT kind AS series, extract(YEAR FROM issued_on)::INT AS year
          FROM sales_invoice
         WHERE company_id = %(company_id)s::INT AND id = ANY(%(invoice_ids)s::BIGINT[]) AND state = 'draft') AS wanted
 ORDER BY wanted.series, wanted.year
    ON CONFLICT (company_id, series, year) DO UPDATE SET next_number = counter.next_number
RETURNING series, year, next_number
