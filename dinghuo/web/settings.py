"""Django's settings. All come from the environment (`DINGHUO_*`) with safe defaults; an unsafe one refuses to start."""

import os
from pathlib import Path
from typing import Any

import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from dinghuo.web import databases, logs

# Lets annotations such as ForeignKey[A, B] be evaluated.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent
DEBUG = False

SECRET_KEY = os.environ.get("DINGHUO_SECRET_KEY", "")
if os.environ.get("DINGHUO_SERVING") and len(SECRET_KEY) < 40:
    raise ImproperlyConfigured("DINGHUO_SECRET_KEY must be set to at least 40 random characters before the site can serve.")
SECRET_KEY = SECRET_KEY or os.urandom(40).hex()

# A site that people reach by https says so; it then sends cookies and addresses over https alone.
HTTPS = os.environ.get("DINGHUO_HTTPS", "") not in {"", "0"}
ALLOWED_HOSTS = os.environ.get("DINGHUO_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("DINGHUO_TRUSTED_ORIGINS", "").split(",") if origin]
ROOT_URLCONF = "dinghuo.web.urls"
WSGI_APPLICATION = "dinghuo.web.wsgi.application"

# The site's own package comes first, so that its templates stand in for those of the packages after it.
INSTALLED_APPS = [
    "dinghuo.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "ninja",
    "allauth",
    "allauth.account",
    "procrastinate.contrib.django",
    "dinghuo.kernel",
    "dinghuo.reference",
    "dinghuo.journey.ordering",
    "dinghuo.journey.review",
    "dinghuo.journey.allocation",
    "dinghuo.journey.shipping",
    "dinghuo.journey.finance",
    "dinghuo.journey.tracking",
    "dinghuo.journey.analytics",
    "dinghuo.exchange",
]

# Where carriers reach this site, such as https://orders.example.com; without it they are polled and push nothing.
PUBLIC_URL = os.environ.get("DINGHUO_PUBLIC_URL", "").rstrip("/")

MIDDLEWARE = [
    "dinghuo.web.middleware.Logged",
    "dinghuo.web.middleware.Guarded",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "dinghuo.web.jobs.Waking",
    "dinghuo.web.middleware.Membership",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "dinghuo.web.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "dinghuo.web.templatetags.figures",
                "dinghuo.web.templatetags.wording",
            ],
        },
    }
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
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
# scrypt needs memory as well as time, and no package; the second reads what an older installation wrote.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# The worker alone imports the tasks; what wakes it needs only their names.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_IMPORT_PATHS = ["dinghuo.serving.tasks"]

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "dinghuo.web.sign_in.Adapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# Per address and, for a minute, per account: long enough to stop guessing, short enough not to lock its owner out.
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/m/ip,10/m/key", "change_password": "5/m/user"}

SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
# The prefix makes browsers refuse a cookie of that name from another host or without https.
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = ("__Host-session", "__Host-csrf") if HTTPS else ("session", "csrf")
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
CSRF_FAILURE_VIEW = "dinghuo.web.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
# Tabler draws its marks from data: addresses inside its style sheet; all else comes from the site itself.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# What one request may carry: 5,000 order lines of three fields each, and what comes with them.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR.parent / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
# With a folder to collect into, static files get hashed names and are compressed; without one they are served as they lie.
STATIC_ROOT = os.environ.get("DINGHUO_STATIC") or None
WHITENOISE_USE_FINDERS = STATIC_ROOT is None
WHITENOISE_MAX_AGE = 600
_static = "whitenoise.storage.CompressedManifestStaticFilesStorage" if STATIC_ROOT else None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": _static or "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

logs.configure()
LOGGING = logs.logging_settings(os.environ.get("DINGHUO_LOG_LEVEL", "INFO" if os.environ.get("DINGHUO_SERVING") else "WARNING"))
