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

GRANT SELECT ON customer_balance TO dinghuo_app;
