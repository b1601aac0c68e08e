-- What other stages may read of finance.
-- In:    nothing
-- Out:   nothing
-- Needs: the owner's role
-- customer_balance: open items of a customer, receivables and payments with money left; a credit note's open amount is negative.
CREATE VIEW customer_balance WITH (security_invoker = TRUE) AS
SELECT company_id, customer_id, amount - applied AS open_receivables, 0::NUMERIC AS unapplied_payments
  FROM receivable
 WHERE applied <> amount
 UNION ALL
SELECT company_id, customer_id, 0::NUMERIC AS open_receivables, amount - applied AS unapplied_payments
  FROM payment
 WHERE applied < amount;

-- customer_open_item: what a customer owes or has paid, item by item, with draft invoices; positive amounts in every bucket but credits.
CREATE VIEW customer_open_item WITH (security_invoker = TRUE) AS
SELECT company_id, customer_id, 'receivable' AS bucket, id AS document_id, NULL::BIGINT AS order_id, due_on, amount - applied AS amount,
       exists (
           SELECT FROM dispute
            WHERE dispute.company_id = receivable.company_id AND dispute.receivable_id = receivable.id
              AND dispute.closed_at IS NULL) AS is_disputed,
       '' AS reference
  FROM receivable
 WHERE applied <> amount
 UNION ALL
SELECT company_id, customer_id, 'billed_not_posted' AS bucket, id AS document_id, order_id, due_on,
       amount_gross * exchange_rate AS amount, FALSE AS is_disputed, '' AS reference
  FROM sales_invoice
 WHERE state = 'draft' AND kind = 'invoice'
 UNION ALL
SELECT company_id, customer_id, 'payment' AS bucket, id AS document_id, NULL::BIGINT AS order_id, received_on AS due_on,
       amount - applied AS amount, FALSE AS is_disputed, reference
  FROM payment
 WHERE applied < amount;

GRANT SELECT ON customer_balance TO dinghuo_app;
GRANT SELECT ON customer_open_item TO dinghuo_app;
