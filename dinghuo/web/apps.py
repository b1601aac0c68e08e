"""Tells Django of the package."""

from django.apps import AppConfig


class PackageConfig(AppConfig):
    """The package `web`."""

    name = "dinghuo.web"
    default_auto_field = "django.db.models.BigAutoField"
