-- Sum what is owed by how long it has been due; by the partial index receivable_still_open.
-- In:    company_id integer, on_day date
-- Out:   age text (current, 1-30, 31-60, 61-90, over-90), documents bigint, open_amount numeric (credit notes count against it);
--        one row per age, the youngest first
-- Needs: nothing
SELECT ages.age, count(receivable.id) AS documents, coalesce(sum(receivable.amount - receivable.applied), 0) AS open_amount
  FROM (
      VALUES ('current', -99999, 0), ('1-30', 1, 30), ('31-60', 31, 60), ('61-90', 61, 90), ('over-90', 91, 99999)
  ) AS ages (age, days_min, days_max)
  LEFT JOIN receivable
         ON receivable.company_id = %(company_id)s::INT
        AND receivable.applied <> receivable.amount
        AND %(on_day)s::DATE - receivable.due_on BETWEEN ages.days_min AND ages.days_max
 GROUP BY ages.age, ages.days_min
 ORDER BY ages.days_min
