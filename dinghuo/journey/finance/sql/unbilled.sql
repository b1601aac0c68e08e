-- How much of some orders is still to be billed and posted.
-- In:    company_id int, order_ids bigint[]
-- Out:   order_id bigint, number text, state text, lines int (with goods to be billed), charges int (on no posted document), drafts int
-- Needs: the orders locked by this transaction
SELECT sales_order.id AS order_id, sales_order.number, sales_order.state,
       (SELECT count(*)
          FROM sales_order_line AS line
         WHERE line.company_id = %(company_id)s::INT AND line.order_id = sales_order.id AND line.invoiced < line.ordered)::INT AS lines,
       (SELECT count(*)
          FROM order_charge AS charge
         WHERE charge.company_id = %(company_id)s::INT AND charge.order_id = sales_order.id
           AND NOT EXISTS (SELECT 1
                             FROM sales_invoice_line AS bill_line
                             JOIN sales_invoice AS former
                               ON former.company_id = %(company_id)s::INT AND former.id = bill_line.invoice_id AND former.state = 'posted'
                            WHERE bill_line.company_id = %(company_id)s::INT AND bill_line.order_charge_id = charge.id))::INT AS charges,
       (SELECT count(*)
          FROM sales_invoice AS draft
         WHERE draft.company_id = %(company_id)s::INT AND draft.order_id = sales_order.id AND draft.state = 'draft')::INT AS drafts
  FROM sales_order
 WHERE sales_order.company_id = %(company_id)s::INT AND sales_order.id = ANY(%(order_ids)s::BIGINT[])
 ORDER BY sales_order.id
