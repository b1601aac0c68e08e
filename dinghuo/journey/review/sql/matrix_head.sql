-- The approval matrix that is in force, without its bands.
-- In:    company_id int
-- Out:   id bigint, version int, escalate_after_hours int, quantity_tolerance numeric, bars_sales_person boolean, deputies jsonb,
--        created_at timestamptz, created_by_id int; no row without a matrix
-- Needs: nothing
SELECT
    id, version, escalate_after_hours::INT AS escalate_after_hours, quantity_tolerance, bars_sales_person, deputies, created_at,
    created_by_id
  FROM approval_matrix
 WHERE company_id = %(company_id)s::INT AND retired_at IS NULL
