-- Take the guards of create_ledger_guards.sql away.
-- In:    nothing
-- Out:   nothing
-- Needs: the owner's role
DROP TRIGGER journal_entry_balances ON journal_entry;
DROP TRIGGER journal_lines_balance ON journal_line;
DROP TRIGGER posted_invoice_is_final ON sales_invoice;
DROP TRIGGER posted_invoice_line_is_final ON sales_invoice_line;
DROP FUNCTION entry_must_balance();
DROP FUNCTION lines_must_balance();
DROP FUNCTION posted_invoice_is_final();
DROP FUNCTION posted_invoice_line_is_final();
