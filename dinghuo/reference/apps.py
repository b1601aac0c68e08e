"""Tells Django of the package."""

from django.apps import AppConfig


class PackageConfig(AppConfig):
    """The package `reference`."""

    name = "dinghuo.reference"
    default_auto_field = "django.db.models.BigAutoField"
