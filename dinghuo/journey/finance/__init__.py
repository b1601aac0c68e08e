"""Stage 4, finance 财务处理与结算: what was shipped becomes money.

Takes dispatched shipments, charges, returns and payments. Gives posted invoices and credit notes, receivables, applications and
balanced journal entries. Owns account, sales_invoice, sales_invoice_line, receivable, payment, payment_application,
bank_statement_line, journal_entry, journal_line and dispute. Publishes the view customer_balance. Records InvoiceDrafted,
InvoiceDropped, InvoicePosted, CreditNotePosted, PaymentTaken, PaymentApplied, DisputeOpened, DisputeClosed
and OrderCompleted; a stock document's record is its entry.
"""
