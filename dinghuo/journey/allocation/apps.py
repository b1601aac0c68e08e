"""Tells Django of the stage."""

from django.apps import AppConfig


class StageConfig(AppConfig):
    """The stage `allocation`."""

    name = "dinghuo.journey.allocation"
    default_auto_field = "django.db.models.BigAutoField"
