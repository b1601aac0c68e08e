"""Tells Django of the stage."""

from django.apps import AppConfig


class StageConfig(AppConfig):
    """The stage `ordering`."""

    name = "dinghuo.journey.ordering"
    default_auto_field = "django.db.models.BigAutoField"
