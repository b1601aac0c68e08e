"""`dinghuo doctor`, `user` and `stop`: what an administrator types."""

import argparse
import json
from pathlib import Path

import psycopg
import pytest

from dinghuo.commands import token, user
from dinghuo.kernel.errors import Refused
from dinghuo.reference.models import User
from dinghuo.serving import health
from tests import builders
from tests.commands.conftest import Dinghuo


def found_by_doctor(dinghuo: Dinghuo) -> dict[str, bool]:
    report = json.loads(dinghuo("doctor", "--json").stdout)
    assert report["ok"] == all(row["ok"] for row in report["looked"])
    return {row["name"]: row["ok"] for row in report["looked"]}


def test_doctor_finds_a_sound_database(dinghuo: Dinghuo) -> None:
    looked = found_by_doctor(dinghuo)
    for name in ("server", "durability", "encoding", "migrations", "rights", "disk", "time zones", "assets"):
        assert looked[name], name


def findings() -> dict[str, str]:
    return {looked.name: looked.found for looked in health.database() if not looked.ok}


def test_doctor_finds_a_migration_that_is_missing(own_addresses: dict[str, str]) -> None:
    with psycopg.connect(own_addresses["superuser"]) as admin:
        admin.execute("DELETE FROM django_migrations WHERE app = 'web' AND name = '0002_job_queue'")
    found = findings()
    with psycopg.connect(own_addresses["superuser"]) as admin:
        admin.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('web', '0002_job_queue', now())")
    assert "waiting: web.0002_job_queue" in found["migrations"]


def test_doctor_finds_a_table_that_the_application_owns_or_may_read_whole(own_addresses: dict[str, str]) -> None:
    with psycopg.connect(own_addresses["superuser"]) as admin:
        admin.execute("CREATE TABLE planted (company_id int)")
        admin.execute("ALTER TABLE planted OWNER TO dinghuo_app")
    found = findings()
    with psycopg.connect(own_addresses["superuser"]) as admin:
        admin.execute("DROP TABLE planted")
    assert found == {"rights": "has no row-level security planted; owns planted"}


def test_doctor_finds_files_that_others_can_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DINGHUO_HOME", str(tmp_path))
    path = tmp_path / "secret-key"
    path.write_text("k" * 60)
    path.chmod(0o640)
    assert {looked.name for looked in health.installation(tmp_path) if not looked.ok} >= {"secret-key"}
    path.chmod(0o600)
    assert "secret-key" not in {looked.name for looked in health.installation(tmp_path) if not looked.ok}


def test_doctor_tells_of_a_server_that_does_not_answer(dinghuo: Dinghuo) -> None:
    ill = dinghuo("doctor", DATABASE_URL="host=127.0.0.1 port=1 connect_timeout=1")
    assert ill.returncode == 1
    assert "FINDING database" in ill.stdout
    assert "Traceback" not in ill.stderr


def test_doctor_makes_no_database(dinghuo: Dinghuo, home: Path) -> None:
    looked = dinghuo("doctor", DATABASE_URL="")
    assert "none made yet" in looked.stdout
    assert not (home / "postgres").exists()


def test_a_given_password_is_taken_and_a_weak_one_is_not(dinghuo: Dinghuo, own_addresses: dict[str, str]) -> None:
    company = builders.a_company()
    arguments = ("user", "berta", "--company", company.code, "--role", "finance", "--password-stdin")
    weak = dinghuo(*arguments, text_in="12345\n")
    assert weak.returncode == 2
    assert not User.objects.filter(username="berta").exists()
    taken = dinghuo(*arguments, text_in="a long walk by the lake\n")
    assert taken.returncode == 0
    assert "lake" not in taken.stdout
    assert User.objects.get(username="berta").check_password("a long walk by the lake")


def asked(company: str, role: str = "admin", customer: str | None = None) -> argparse.Namespace:
    return argparse.Namespace(
        name="carla", company=company, role=role, customer=customer, password_stdin=False, scope=[], days=None
    )


def test_an_unknown_role_company_or_customer_is_told_in_a_sentence(own_addresses: dict[str, str]) -> None:
    company = builders.a_company().code
    for arguments, words in (
        (asked("nowhere"), "There is no company nowhere"),
        (asked(company, "king"), "There is no role king"),
        (asked(company, "customer", "C9"), "There is no customer C9"),
        (asked(company, "customer"), "names its customer"),
        (asked(company, "sales", "C9"), "names its customer"),
    ):
        with pytest.raises(Refused, match=words):
            user.run(arguments)
    assert not User.objects.filter(username="carla").exists()


def test_a_token_is_for_members_alone(own_addresses: dict[str, str]) -> None:
    with pytest.raises(Refused, match="carla is no member"):
        token.run(asked(builders.a_company().code))


def test_stop_leaves_a_server_of_ones_own_alone(dinghuo: Dinghuo) -> None:
    refused = dinghuo("stop")
    assert refused.returncode == 2
    assert "DATABASE_URL" in refused.stderr
