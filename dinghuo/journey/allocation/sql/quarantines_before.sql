-- List goods that were set aside, the newest first, before an id.
-- In:    company_id integer, before bigint, count integer, only_open boolean
-- Out:   id bigint, warehouse text, product text, lot text (codes), quantity numeric (stock units), state text, reason text,
--        set_aside_at timestamptz, set_aside_by_id integer, ended_at timestamptz, end_reason text, document_id bigint; at most count rows
-- Needs: nothing
SELECT
    quarantine.id, warehouse.code AS warehouse, product.code AS product, lot.code AS lot, trim_scale(quarantine.quantity) AS quantity,
    quarantine.state, quarantine.reason, quarantine.set_aside_at, quarantine.set_aside_by_id, quarantine.ended_at, quarantine.end_reason,
    quarantine.document_id
  FROM quarantine
 INNER JOIN stock_level AS level ON level.company_id = quarantine.company_id AND level.id = quarantine.stock_level_id
 INNER JOIN warehouse ON warehouse.company_id = level.company_id AND warehouse.id = level.warehouse_id
 INNER JOIN product ON product.company_id = level.company_id AND product.id = level.product_id
  LEFT JOIN lot ON lot.company_id = level.company_id AND lot.id = level.lot_id
 WHERE quarantine.company_id = %(company_id)s::INT
   AND quarantine.id < %(before)s::BIGINT
   AND (NOT %(only_open)s::BOOLEAN OR quarantine.state = 'open')
 ORDER BY quarantine.id DESC
 LIMIT %(count)s::INT
