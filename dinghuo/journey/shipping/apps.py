"""Tells Django of the stage."""

from django.apps import AppConfig


class StageConfig(AppConfig):
    """The stage `shipping`."""

    name = "dinghuo.journey.shipping"
    default_auto_field = "django.db.models.BigAutoField"
