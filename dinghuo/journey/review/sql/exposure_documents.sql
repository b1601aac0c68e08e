-- The documents behind each bucket of a customer's exposure (E1.1), the largest first; see credit_facts.
-- In:    company_id int, customer_id bigint, count int (documents of a bucket that are listed at most)
-- Out:   bucket text (open_orders, delivered_not_billed, billed_not_posted, open_receivables, unapplied_payments), document text
--        (sales_order, sales_invoice or payment), document_id bigint, number text, due_on date (when the goods leave or the money falls
--        due or came), amount numeric (company currency, tax included), documents bigint, total numeric (of the whole bucket)
-- Needs: nothing
-- What is delivered and not billed, or billed and not posted, is taken out of the open order it belongs to: nothing counts twice.
WITH item AS MATERIALIZED (
    SELECT open_item.bucket, open_item.document_id, open_item.order_id, open_item.due_on, open_item.amount
      FROM customer_open_item AS open_item
     WHERE open_item.company_id = %(company_id)s::INT AND open_item.customer_id = %(customer_id)s::BIGINT
), draft AS (
    SELECT order_id, sum(amount) AS amount
      FROM item
     WHERE bucket = 'billed_not_posted'
     GROUP BY order_id
), open_order AS MATERIALIZED (
    SELECT other.id, other.number, coalesce(other.requested_on, other.ordered_on) AS leaves_on,
           (other.amount_gross - other.invoiced_gross) * other.exchange_rate AS amount, coalesce(unbilled.amount, 0) AS delivered
      FROM sales_order AS other
      LEFT JOIN LATERAL (
           SELECT sum(round((line.shipped - line.invoiced) * line.unit_price * (1 + line.tax_rate) * other.exchange_rate, 2)) AS amount
             FROM sales_order_line AS line
            WHERE line.company_id = %(company_id)s::INT AND line.order_id = other.id AND line.shipped > line.invoiced) AS unbilled
        ON TRUE
     WHERE other.company_id = %(company_id)s::INT AND other.state = 'released' AND other.state IN ('submitted', 'held', 'released')
       AND other.customer_id = %(customer_id)s::BIGINT
), document AS (
    SELECT 'open_orders' AS bucket, 'sales_order' AS document, open_order.id AS document_id, open_order.number,
           open_order.leaves_on AS due_on, open_order.amount - open_order.delivered - coalesce(draft.amount, 0) AS amount
      FROM open_order
      LEFT JOIN draft ON draft.order_id = open_order.id
     UNION ALL
    SELECT 'delivered_not_billed' AS bucket, 'sales_order' AS document, id AS document_id, number, leaves_on AS due_on,
           delivered AS amount
      FROM open_order
     UNION ALL
    SELECT 'billed_not_posted' AS bucket, 'sales_invoice' AS document, item.document_id,
           coalesce(sales_invoice.number, sales_order.number, '') AS number, item.due_on, item.amount
      FROM item
     INNER JOIN sales_invoice ON sales_invoice.company_id = %(company_id)s::INT AND sales_invoice.id = item.document_id
      LEFT JOIN sales_order ON sales_order.company_id = %(company_id)s::INT AND sales_order.id = item.order_id
     WHERE item.bucket = 'billed_not_posted'
     UNION ALL
    SELECT 'open_receivables' AS bucket, 'sales_invoice' AS document, receivable.invoice_id AS document_id,
           coalesce(sales_invoice.number, '') AS number, item.due_on, item.amount
      FROM item
     INNER JOIN receivable ON receivable.company_id = %(company_id)s::INT AND receivable.id = item.document_id
      LEFT JOIN sales_invoice ON sales_invoice.company_id = %(company_id)s::INT AND sales_invoice.id = receivable.invoice_id
     WHERE item.bucket = 'receivable'
     UNION ALL
    SELECT 'unapplied_payments' AS bucket, 'payment' AS document, item.document_id, payment.number, item.due_on, item.amount
      FROM item
     INNER JOIN payment ON payment.company_id = %(company_id)s::INT AND payment.id = item.document_id
     WHERE item.bucket = 'payment'
), ranked AS (
    SELECT bucket, document, document_id, number, due_on, amount, count(*) OVER (PARTITION BY bucket) AS documents,
           sum(amount) OVER (PARTITION BY bucket) AS total,
           row_number() OVER (PARTITION BY bucket ORDER BY abs(amount) DESC, document_id) AS place
      FROM document
     WHERE amount <> 0
)
SELECT bucket, document, document_id, number, due_on, amount, documents, total
  FROM ranked
 WHERE place <= %(count)s::INT
 ORDER BY bucket, place
