-- Let the migration that gives past applications their days change them.
-- In:    nothing
-- Out:   nothing
-- Needs: the owner's role
ALTER TABLE payment_application DISABLE TRIGGER payment_application_is_append_only;
