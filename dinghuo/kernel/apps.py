"""Tells Django of the package."""

from django.apps import AppConfig


class PackageConfig(AppConfig):
    """The package `kernel`."""

    name = "dinghuo.kernel"
    default_auto_field = "django.db.models.BigAutoField"
