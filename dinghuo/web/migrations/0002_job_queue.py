from django.db import migrations

from dinghuo.kernel.schema import RunScript


class Migration(migrations.Migration):
    """Let the application's role use the job queue."""

    dependencies = [("procrastinate", "0041_post_retry_failed_job"), ("web", "0001_grants")]
    operations = [RunScript("web/grant_job_queue", "web/revoke_job_queue")]
