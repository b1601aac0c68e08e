-- Lock the number series of stock documents without taking a number.
-- In:    company_id int, year int
-- Out:   id bigint; none before the year's first document
-- Needs: to come before every other lock of the transaction
SELECT id
  FROM number_series
 WHERE company_id = %(company_id)s::INT AND series = 'stock' AND year = %(year)s::SMALLINT
   FOR NO KEY UPDATE
