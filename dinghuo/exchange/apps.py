"""Tells Django of the package."""

from django.apps import AppConfig


class PackageConfig(AppConfig):
    """The package `exchange`."""

    name = "dinghuo.exchange"
    default_auto_field = "django.db.models.BigAutoField"
