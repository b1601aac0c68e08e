"""Tells Django of the stage."""

from django.apps import AppConfig


class StageConfig(AppConfig):
    """The stage `analytics`."""

    name = "dinghuo.journey.analytics"
    default_auto_field = "django.db.models.BigAutoField"
