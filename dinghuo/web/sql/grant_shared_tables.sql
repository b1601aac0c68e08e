-- Let the application's role use the tables that belong to no company: users, sessions, sign-in, shared masters.
-- In:    nothing
-- Out:   nothing
-- Needs: the owner's role
GRANT SELECT, INSERT, UPDATE ON company, app_user, currency, country, unit TO dinghuo_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON django_session, account_emailaddress TO dinghuo_app;
GRANT SELECT ON django_content_type, auth_permission, auth_group, auth_group_permissions TO dinghuo_app;
GRANT SELECT ON app_user_groups, app_user_user_permissions, django_migrations TO dinghuo_app;
