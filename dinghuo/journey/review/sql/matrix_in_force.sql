-- The approval matrix that is in force, band by band.
-- In:    company_id int
-- Out:   matrix_id bigint, escalate_after_hours int, quantity_tolerance numeric (a share), customer_class text, amount_over numeric,
--        amount_up_to numeric (gross, company currency), margin_from numeric, margin_below numeric (shares), roles jsonb (texts, in order);
--        one row a band, none without a matrix
-- Needs: nothing
SELECT
    matrix.id AS matrix_id, matrix.escalate_after_hours::INT AS escalate_after_hours, matrix.quantity_tolerance, band.customer_class,
    band.amount_over, band.amount_up_to, band.margin_from, band.margin_below, band.roles
  FROM approval_matrix AS matrix
 INNER JOIN approval_band AS band ON band.company_id = matrix.company_id AND band.matrix_id = matrix.id
 WHERE matrix.company_id = %(company_id)s::INT AND matrix.retired_at IS NULL
 ORDER BY band.position
