-- Undo what dropped drafts had counted: quantities invoiced on order lines, and returns credited.
-- In:    company_id int, invoice_ids bigint[]
-- Out:   nothing
-- Needs: the documents dropped and their orders locked by this transaction
WITH given_back AS (
    UPDATE sales_order_line AS line SET invoiced = line.invoiced - billed.quantity
      FROM (SELECT allocation.order_line_id, sum(bill_line.quantity) AS quantity
              FROM sales_invoice_line AS bill_line
              JOIN shipment_line ON shipment_line.company_id = %(company_id)s::INT AND shipment_line.id = bill_line.shipment_line_id
              JOIN allocation ON allocation.company_id = %(company_id)s::INT AND allocation.id = shipment_line.allocation_id
             WHERE bill_line.company_id = %(company_id)s::INT AND bill_line.invoice_id = ANY(%(invoice_ids)s::BIGINT[])
             GROUP BY allocation.order_line_id) AS billed
     WHERE line.company_id = %(company_id)s::INT AND line.id = billed.order_line_id
)
UPDATE customer_return SET credited_at = NULL
 WHERE company_id = %(company_id)s::INT
   AND id IN (SELECT customer_return_id
                FROM sales_invoice
               WHERE company_id = %(company_id)s::INT AND id = ANY(%(invoice_ids)s::BIGINT[]) AND customer_return_id IS NOT NULL)
