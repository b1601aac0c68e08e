-- Keep an undone application within its company.
-- In:    nothing
-- Out:   nothing
-- Needs: the owner's role
ALTER TABLE payment_application
ADD CONSTRAINT payment_application_undoes_id_fk FOREIGN KEY (company_id, undoes_id) REFERENCES payment_application (company_id, id);
