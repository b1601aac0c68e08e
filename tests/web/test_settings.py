"""What the settings make of the environment, each time in a process of its own."""

import json
import os
import subprocess
import sys

import pytest

SCRIPT = """
import json
import django
from django.conf import settings
django.setup()
names = [name for name in dir(settings) if name.isupper()]
print(json.dumps({name: getattr(settings, name) for name in names}, default=str))
"""


def settings_with(**environment: str) -> subprocess.CompletedProcess[str]:
    """The settings of a process with these variables and no others of ours."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("DINGHUO_")}
    plain["DJANGO_SETTINGS_MODULE"] = "dinghuo.web.settings"
    return subprocess.run([sys.executable, "-c", SCRIPT], env=plain | environment, capture_output=True, text=True, check=False)


def test_a_site_behind_https_keeps_cookies_and_addresses_to_it() -> None:
    found = json.loads(settings_with(DINGHUO_HTTPS="1").stdout)
    assert found["SESSION_COOKIE_NAME"] == "__Host-session"
    assert found["CSRF_COOKIE_NAME"] == "__Host-csrf"
    assert found["SESSION_COOKIE_SECURE"]
    assert found["CSRF_COOKIE_SECURE"]
    assert found["SECURE_SSL_REDIRECT"]
    assert found["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600


def test_a_site_on_this_machine_alone_works_without_https() -> None:
    found = json.loads(settings_with().stdout)
    assert not found["SESSION_COOKIE_SECURE"]
    assert found["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert found["DEBUG"] is False


@pytest.mark.parametrize("key", ["", "short", "x" * 39])
def test_a_site_with_a_weak_key_refuses_to_serve(key: str) -> None:
    done = settings_with(DINGHUO_SERVING="1", DINGHUO_SECRET_KEY=key)
    assert done.returncode != 0
    assert "DINGHUO_SECRET_KEY" in done.stderr


def test_passwords_are_kept_by_a_hash_that_needs_memory() -> None:
    assert json.loads(settings_with().stdout)["PASSWORD_HASHERS"][0].endswith("ScryptPasswordHasher")
