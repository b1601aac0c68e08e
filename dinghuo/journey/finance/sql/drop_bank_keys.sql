-- Take back what create_bank_keys made.
-- In:    nothing
-- Out:   nothing
-- Needs: the owner's role
ALTER TABLE payment_application DROP CONSTRAINT payment_application_undoes_id_fk;
