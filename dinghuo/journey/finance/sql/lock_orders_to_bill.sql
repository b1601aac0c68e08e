-- Lock the orders that have left something to bill: goods on the road or delivered, or charges of an order without goods.
-- In:    company_id int
-- Out:   id bigint
-- Needs: number series locked before, documents after; an order is completed only when all of it is billed, so released ones suffice
SELECT sales_order.id
  FROM sales_order
 WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.state = 'released'
   AND (EXISTS (SELECT 1
                  FROM shipment
                 WHERE shipment.company_id = %(company_id)s::INT AND shipment.order_id = sales_order.id
                   AND shipment.state IN ('dispatched', 'delivered')
                   AND NOT EXISTS (SELECT 1
                                     FROM sales_invoice AS former
                                    WHERE former.company_id = %(company_id)s::INT AND former.shipment_id = shipment.id
                                      AND former.state <> 'dropped'))
     OR EXISTS (SELECT 1
                  FROM order_charge AS charge
                 WHERE charge.company_id = %(company_id)s::INT AND charge.order_id = sales_order.id
                   AND NOT EXISTS (SELECT 1
                                     FROM sales_invoice_line AS bill_line
                                     JOIN sales_invoice AS former
                                       ON former.company_id = %(company_id)s::INT AND former.id = bill_line.invoice_id
                                      AND former.state <> 'dropped'
                                    WHERE bill_line.company_id = %(company_id)s::INT AND bill_line.order_charge_id = charge.id)
                   AND NOT EXISTS (SELECT 1
                                     FROM sales_order_line AS line
                                    WHERE line.company_id = %(company_id)s::INT AND line.order_id = sales_order.id)))
 ORDER BY sales_order.id
   FOR NO KEY UPDATE
