-- Take the views of create_views.sql away.
-- In:    nothing
-- Out:   nothing
-- Needs: the owner's role
DROP VIEW customer_open_item;
DROP VIEW customer_balance;
