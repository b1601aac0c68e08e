-- Take back what grant_shared_tables gave.
-- In:    nothing
-- Out:   nothing
-- Needs: the owner's role
REVOKE ALL ON company, app_user, currency, country, unit FROM dinghuo_app;
REVOKE ALL ON django_session, account_emailaddress FROM dinghuo_app;
REVOKE ALL ON django_content_type, auth_permission, auth_group, auth_group_permissions FROM dinghuo_app;
REVOKE ALL ON app_user_groups, app_user_user_permissions, django_migrations FROM dinghuo_app;
