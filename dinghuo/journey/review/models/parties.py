"""What the outside says about customers: whom nobody may supply, and what tax registries answered."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dinghuo.kernel import fields
from dinghuo.kernel.models import CompanyRow


class DeniedParty(CompanyRow):
    """Somebody whom a list forbids to supply, by name and, where the list knows one, by the number of a register.

    `list_code` names the list, an official one or the company's own; one that was taken off keeps its row with `removed_at`.
    """

    list_code = fields.code()
    name = models.CharField(max_length=300)
    identifier = fields.code(60, db_default="")
    country = fields.code(2, db_default="")
    remark = models.CharField(max_length=300, db_default="")
    listed_at = models.DateTimeField()
    listed_by_id = models.IntegerField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "denied_party"
        constraints = (
            models.CheckConstraint(condition=~models.Q(name=""), name="denied_party_has_a_name"),
            models.UniqueConstraint(
                fields=["company_id", "list_code", "name", "identifier"],
                condition=models.Q(removed_at=None),
                name="denied_party_is_listed_once",
            ),
        )


class RegistryCheck(CompanyRow):
    """What a tax registry answered about one tax number on a day; the newest answer counts. Append-only."""

    class Status(models.TextChoices):
        """The answer; a registry that could not be asked leaves no row."""

        VALID = "valid", _("Valid")
        INVALID = "invalid", _("Not valid")

    country = fields.code(2)
    tax_number = fields.code(40)
    status = fields.code(10, choices=Status.choices)
    registry = fields.code(20, db_default="vies")
    name = models.CharField(max_length=300, db_default="")
    checked_at = models.DateTimeField()
    checked_on = models.DateField()

    class Meta:
        db_table = "registry_check"
        indexes = (models.Index(fields=["company_id", "country", "tax_number", "checked_at"], name="registry_check_by_tax_number"),)
