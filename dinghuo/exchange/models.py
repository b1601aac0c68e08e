"""What an exchange remembers between runs."""

from django.db import models

from dinghuo.kernel import fields
from dinghuo.kernel.models import CompanyRow


class Replay(CompanyRow):
    """How far the replay of a file has come: the next day and step, written in the transaction of the step before.

    Started again with the same arguments it goes on from there; `seconds` adds up the time of each step.
    """

    file_name = models.CharField(max_length=300)
    file_sha256 = fields.code(64)
    seed = models.IntegerField()
    until = models.DateField(null=True)
    next_day = models.DateField()
    next_step = models.SmallIntegerField(db_default=0)
    last_day = models.DateField()
    seconds = models.JSONField(db_default={})
    is_finished = models.BooleanField(db_default=False)

    class Meta:
        db_table = "replay"
        constraints = (models.UniqueConstraint(fields=["company_id"], name="one_replay_per_company"),)
