"""Tells Django of the stage."""

from django.apps import AppConfig


class StageConfig(AppConfig):
    """The stage `review`."""

    name = "dinghuo.journey.review"
    default_auto_field = "django.db.models.BigAutoField"
