-- Entries balance when their transaction ends; a posted document does not change any more.
-- In:    nothing
-- Out:   nothing
-- Needs: the owner's role
-- Runs when the transaction ends, whatever company the session acts for by then, and so with the owner's eyes.
CREATE FUNCTION entry_must_balance() RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
    IF (SELECT coalesce(sum(line.amount), 0) <> 0 OR count(*) < 2
          FROM journal_line AS line
         WHERE line.company_id = NEW.company_id AND line.entry_id = NEW.id) THEN
        RAISE EXCEPTION 'journal entry % does not balance', NEW.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_entry_balances';
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER journal_entry_balances AFTER INSERT ON journal_entry
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION entry_must_balance();

-- The lines of an entry arrive in one statement: a line added later would unbalance it, and is refused at once.
CREATE FUNCTION lines_must_balance() RETURNS TRIGGER
LANGUAGE plpgsql
AS $$
BEGIN
    IF EXISTS (SELECT 1
                 FROM journal_line AS line
                 JOIN (SELECT DISTINCT company_id, entry_id FROM added_line) AS entry
                   ON entry.company_id = line.company_id AND entry.entry_id = line.entry_id
                GROUP BY line.company_id, line.entry_id
               HAVING sum(line.amount) <> 0) THEN
        RAISE EXCEPTION 'the lines of an entry must balance'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_entry_balances';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER journal_lines_balance AFTER INSERT ON journal_line
REFERENCING NEW TABLE AS added_line FOR EACH STATEMENT EXECUTE FUNCTION lines_must_balance();

CREATE FUNCTION posted_invoice_is_final() RETURNS TRIGGER
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'invoice % is posted and does not change', OLD.number
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'posted_invoice_is_final';
END
$$;

CREATE TRIGGER posted_invoice_is_final BEFORE UPDATE OR DELETE ON sales_invoice
FOR EACH ROW WHEN (OLD.state = 'posted') EXECUTE FUNCTION posted_invoice_is_final();

CREATE FUNCTION posted_invoice_line_is_final() RETURNS TRIGGER
LANGUAGE plpgsql
AS $$
BEGIN
    IF EXISTS (SELECT 1
                 FROM sales_invoice AS invoice
                WHERE invoice.company_id = OLD.company_id AND invoice.id = OLD.invoice_id AND invoice.state = 'posted') THEN
        RAISE EXCEPTION 'a line of a posted invoice does not change'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'posted_invoice_is_final';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
$$;

REVOKE UPDATE ON sales_invoice_line FROM dinghuo_app;

CREATE TRIGGER posted_invoice_line_is_final BEFORE UPDATE OR DELETE ON sales_invoice_line
FOR EACH ROW EXECUTE FUNCTION posted_invoice_line_is_final();
