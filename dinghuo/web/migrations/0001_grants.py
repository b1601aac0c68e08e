from django.db import migrations

from dinghuo.kernel.schema import RunScript


class Migration(migrations.Migration):
    """Let the application's role use the tables that belong to no company."""

    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("reference", "0002_security"),
        ("sessions", "0001_initial"),
    ]
    operations = [RunScript("web/grant_shared_tables", "web/revoke_shared_tables")]
