-- List the versions of the approval matrix, the newest first, before an id.
-- In:    company_id int, before_id bigint, count int
-- Out:   id bigint, version int, escalate_after_hours int, quantity_tolerance numeric (a share), bars_sales_person boolean,
--        deputies jsonb, created_at timestamptz, created_by_id int, author text (empty for the system), retired_at timestamptz,
--        bands int; at most count rows
-- Needs: nothing
SELECT
    matrix.id, matrix.version, matrix.escalate_after_hours::INT AS escalate_after_hours, matrix.quantity_tolerance,
    matrix.bars_sales_person, matrix.deputies, matrix.created_at, matrix.created_by_id,
    coalesce(app_user.username, '') AS author, matrix.retired_at,
    (
        SELECT count(*)::INT FROM approval_band AS band
         WHERE band.company_id = matrix.company_id AND band.matrix_id = matrix.id
    ) AS bands
  FROM approval_matrix AS matrix
  LEFT JOIN app_user ON app_user.id = matrix.created_by_id
 WHERE matrix.company_id = %(company_id)s::INT AND matrix.id < %(before_id)s::BIGINT
 ORDER BY matrix.id DESC
 LIMIT %(count)s::INT
