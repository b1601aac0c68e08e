-- Page through the orders with an invoice that should have been paid, latest first; by receivable_still_open.
-- In:    company_id integer, states text[], ordered_from date, ordered_until date, customer_ids bigint[] (null for all),
--        reference text, before_on date and before_id bigint (where the page before ended), count integer, on_day date
-- Out:   id bigint; at most count rows, latest first
-- Needs: nothing
SELECT sales_order.id
  FROM sales_order
 WHERE sales_order.company_id = %(company_id)s::INT
   AND sales_order.id IN (
       SELECT sales_invoice.order_id
         FROM receivable
        INNER JOIN sales_invoice
                ON sales_invoice.company_id = receivable.company_id AND sales_invoice.id = receivable.invoice_id
        WHERE receivable.company_id = %(company_id)s::INT
          AND receivable.applied <> receivable.amount
          AND receivable.amount > 0
          AND receivable.due_on < %(on_day)s::DATE
   )
   AND sales_order.state = ANY(%(states)s::TEXT [])
   AND sales_order.ordered_on BETWEEN %(ordered_from)s::DATE AND %(ordered_until)s::DATE
   AND (sales_order.ordered_on, sales_order.id) < (%(before_on)s::DATE, %(before_id)s::BIGINT)
   AND (%(customer_ids)s::BIGINT [] IS NULL OR sales_order.customer_id = ANY(%(customer_ids)s::BIGINT []))
 ORDER BY sales_order.ordered_on DESC, sales_order.id DESC
 LIMIT %(count)s::INT
