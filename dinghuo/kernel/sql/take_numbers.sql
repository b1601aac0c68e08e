-- Take consecutive numbers of a series, making its counter when it is new.
-- In:    company_id int, series text, year int, count int
-- Out:   first_number int
-- Needs: to come before every other lock of the transaction
INSERT INTO number_series AS counter (company_id, series, year, next_number)
VALUES (%(company_id)s::INT, %(series)s::TEXT, %(year)s::SMALLINT, 1 + %(count)s::INT)
ON CONFLICT (company_id, series, year) DO UPDATE SET next_number = counter.next_number + %(count)s::INT
RETURNING next_number - %(count)s::INT AS first_number
