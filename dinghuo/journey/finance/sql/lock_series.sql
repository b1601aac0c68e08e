-- Lock some number series in a fixed order, making those that are new, and take numbers of them; a count of 0 only locks.
-- In:    company_id int, series text[], years int[], counts int[]
-- Out:   series text, year int, next_number int (the first number that is still free)
-- Needs: to come before every other lock of the transaction
INSERT INTO number_series AS counter (company_id, series, year, next_number)
SELECT %(company_id)s::INT, wanted.series, wanted.year, 1 + wanted.count
  FROM unnest(%(series)s::TEXT[], %(years)s::SMALLINT[], %(counts)s::INT[]) AS wanted (series, year, count)
 ORDER BY wanted.series, wanted.year
    ON CONFLICT (company_id, series, year) DO UPDATE SET next_number = counter.next_number + excluded.next_number - 1
RETURNING series, year, next_number
