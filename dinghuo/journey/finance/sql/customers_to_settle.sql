-- Name the customers who owe something while we still hold money or a credit of theirs.
-- In:    company_id int
-- Out:   id bigint
-- Needs: nothing
SELECT ours.customer_id AS id
  FROM (SELECT customer_id FROM payment WHERE company_id = %(company_id)s::INT AND applied < amount
         UNION
        SELECT customer_id FROM receivable WHERE company_id = %(company_id)s::INT AND amount < 0 AND applied <> amount) AS ours
 WHERE EXISTS (SELECT 1
                 FROM receivable AS debt
                WHERE debt.company_id = %(company_id)s::INT AND debt.customer_id = ours.customer_id AND debt.applied <> debt.amount
                  AND debt.amount > 0)
 ORDER BY ours.customer_id
