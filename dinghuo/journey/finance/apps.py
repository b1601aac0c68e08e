"""Tells Django of the stage."""

from django.apps import AppConfig


class StageConfig(AppConfig):
    """The stage `finance`."""

    name = "dinghuo.journey.finance"
    default_auto_field = "django.db.models.BigAutoField"
