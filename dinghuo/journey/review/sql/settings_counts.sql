-- Count what a company has set up of review.
-- In:    company_id int, day date (today)
-- Out:   rules bigint (in force), matrix_version int (0 without a matrix), delegations bigint (lent for now or later),
--        duties_version int (0 for the usual pairs); one row
-- Needs: nothing
SELECT
    (
        SELECT count(*) FROM review_rule
         WHERE review_rule.company_id = %(company_id)s::INT AND review_rule.retired_at IS NULL
    ) AS rules,
    coalesce((
        SELECT matrix.version FROM approval_matrix AS matrix
         WHERE matrix.company_id = %(company_id)s::INT AND matrix.retired_at IS NULL
    ), 0) AS matrix_version,
    (
        SELECT count(*) FROM delegation
         WHERE delegation.company_id = %(company_id)s::INT AND delegation.ended_at IS NULL
           AND delegation.until_on >= %(day)s::DATE
    ) AS delegations,
    coalesce((
        SELECT duties.version FROM duty_separation AS duties
         WHERE duties.company_id = %(company_id)s::INT AND duties.retired_at IS NULL
    ), 0) AS duties_version
