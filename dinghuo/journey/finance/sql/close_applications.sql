-- Nobody changes an application from here on.
-- In:    nothing
-- Out:   nothing
-- Needs: the owner's role
ALTER TABLE payment_application ENABLE TRIGGER payment_application_is_append_only;
