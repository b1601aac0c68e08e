-- Show a count's sheet; a blind one does not say what is expected while it is open.
-- In:    company_id integer, count_id bigint
-- Out:   line_id bigint, zone text, product_id bigint, product text, name text, name_zh text, unit text, lot_id bigint, lot text,
--        expected numeric (null: not to be seen), counted numeric (null: not yet), difference numeric (stock units), rounds integer,
--        counted_at timestamptz, counted_by_id integer; by zone, product and lot
-- Needs: nothing
SELECT
    line.id AS line_id, coalesce(setting.zone, '') AS zone, product.id AS product_id, product.code AS product, product.name,
    product.name_zh, product.unit, lot.id AS lot_id, lot.code AS lot,
    CASE WHEN shown.is_shown THEN trim_scale(line.expected) END AS expected, trim_scale(line.counted) AS counted,
    CASE WHEN shown.is_shown THEN trim_scale(line.counted - line.expected) END AS difference, line.rounds, line.counted_at,
    line.counted_by_id
  FROM stock_count
 CROSS JOIN LATERAL (SELECT NOT stock_count.is_blind OR stock_count.state <> 'open' AS is_shown) AS shown
 INNER JOIN stock_count_line AS line ON line.company_id = stock_count.company_id AND line.count_id = stock_count.id
 INNER JOIN stock_level AS level ON level.company_id = line.company_id AND level.id = line.stock_level_id
 INNER JOIN product ON product.company_id = level.company_id AND product.id = level.product_id
  LEFT JOIN lot ON lot.company_id = level.company_id AND lot.id = level.lot_id
  LEFT JOIN stock_setting AS setting
         ON setting.company_id = level.company_id AND setting.warehouse_id = level.warehouse_id
        AND setting.product_id = level.product_id
 WHERE stock_count.company_id = %(company_id)s::INT AND stock_count.id = %(count_id)s::BIGINT
 ORDER BY setting.zone NULLS FIRST, product.code, lot.code, line.id
