"""Django's settings. All come from the environment (`DINGHUO_*`) with safe defaults; an unsafe one refuses to start."""

import os
from pathlib import Path
from typing import Any

import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from dinghuo.web import databases

# Lets annotations such as ForeignKey[A, B] be evaluated.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent
DEBUG = False

SECRET_KEY = os.environ.get("DINGHUO_SECRET_KEY", "")
if os.environ.get("DINGHUO_SERVING") and len(SECRET_KEY) < 40:
    raise ImproperlyConfigured("DINGHUO_SECRET_KEY must be set to at least 40 random characters before the site can serve.")
SECRET_KEY = SECRET_KEY or os.urandom(40).hex()

ALLOWED_HOSTS = os.environ.get("DINGHUO_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "dinghuo.kernel",
    "dinghuo.reference",
    "dinghuo.journey.ordering",
    "dinghuo.journey.review",
    "dinghuo.journey.allocation",
    "dinghuo.journey.shipping",
    "dinghuo.journey.finance",
    "dinghuo.journey.tracking",
    "dinghuo.journey.analytics",
]

_address = os.environ.get(databases.APPLICATION_ADDRESS, "dbname=dinghuo")
DATABASES: dict[str, dict[str, Any]] = {
    "default": databases.database(_address, connections=int(os.environ.get("DINGHUO_POOL", "0"))),
    "owner": databases.database(os.environ.get(databases.OWNER_ADDRESS, _address)),
}
# The owner's alias is for migrations alone; tests reach the same database through `default`.
DATABASES["owner"]["TEST"] = {"MIRROR": "default"}

AUTH_USER_MODEL = "reference.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "static/"
