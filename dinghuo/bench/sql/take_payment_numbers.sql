-- Floor, payment: take a payment number and a journal number for each order.
-- In:    company_id int, order_ids bigint[], today date
-- Out:   nothing
-- Needs: nothing
INSERT INTO number_series AS counter (company_id, series, year, next_number)
VALUES (%(company_id)s::INT, 'journal', 0, 1 + cardinality(%(order_ids)s::BIGINT[])),
       (%(company_id)s::INT, 'payment', extract(YEAR FROM %(today)s::DATE), 1 + cardinality(%(order_ids)s::BIGINT[]))
    ON CONFLICT (company_id, series, year) DO UPDATE SET next_number = counter.next_number + excluded.next_number - 1
