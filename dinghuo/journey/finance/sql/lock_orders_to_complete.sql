-- Lock the released orders whose goods and charges are all billed and posted.
-- In:    company_id int
-- Out:   id bigint
-- Needs: number series locked before, documents after
SELECT sales_order.id
  FROM sales_order
 WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.state = 'released'
   AND NOT EXISTS (SELECT 1
                     FROM sales_order_line AS line
                    WHERE line.company_id = %(company_id)s::INT AND line.order_id = sales_order.id AND line.invoiced < line.ordered)
   AND NOT EXISTS (SELECT 1
                     FROM sales_invoice AS draft
                    WHERE draft.company_id = %(company_id)s::INT AND draft.order_id = sales_order.id AND draft.state = 'draft')
   AND NOT EXISTS (SELECT 1
                     FROM order_charge AS charge
                    WHERE charge.company_id = %(company_id)s::INT AND charge.order_id = sales_order.id
                      AND NOT EXISTS (SELECT 1
                                        FROM sales_invoice_line AS bill_line
                                        JOIN sales_invoice AS former
                                          ON former.company_id = %(company_id)s::INT AND former.id = bill_line.invoice_id
                                         AND former.state = 'posted'
                                       WHERE bill_line.company_id = %(company_id)s::INT AND bill_line.order_charge_id = charge.id))
 ORDER BY sales_order.id
   FOR NO KEY UPDATE
