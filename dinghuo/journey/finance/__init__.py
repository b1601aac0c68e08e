"""Stage 4, finance 财务处理与结算: what was shipped becomes money.

Takes dispatched shipments, charges, returns, payments and bank statements. Gives posted invoices and credit notes, receivables,
applications and balanced journal entries. Owns account, sales_invoice, sales_invoice_line, receivable, payment,
payment_application, payment_reversal, bank_account, bank_file, bank_statement, bank_statement_line, bank_match, bank_match_item,
payer_alias, match_policy, journal_entry, journal_line and dispute. Publishes the view customer_balance. Records InvoiceDrafted,
InvoiceDropped, InvoicePosted, CreditNotePosted, PaymentTaken, PaymentApplied, DisputeOpened, DisputeClosed,
OrderCompleted, BankAccountKept, BankFileImported,
BankLineMatched, BankLineUnmatched, BankLineSetAside, PayerAliasTaught, PayerAliasRetired and MatchPolicySet; a stock document's
record is its entry.
"""
