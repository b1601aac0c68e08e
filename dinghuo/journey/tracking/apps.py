"""Tells Django of the stage."""

from django.apps import AppConfig


class StageConfig(AppConfig):
    """The stage `tracking`."""

    name = "dinghuo.journey.tracking"
    default_auto_field = "django.db.models.BigAutoField"
