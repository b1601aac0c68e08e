"""`dinghuo serve` as a user meets it: it answers, lets people in, mends itself and ends without a trace."""

import os
import re
import signal
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from django.db import transaction

from dinghuo.journey.ordering.models import OrderState, SalesOrder
from dinghuo.journey.ordering.operations import submit_orders
from dinghuo.journey.review.operations import install_rules
from dinghuo.journey.shipping.models import Shipment
from dinghuo.kernel.tenancy import acting_for
from dinghuo.reference.companies import act_now
from dinghuo.reference.models import Company
from dinghuo.reference.operations.users import admit_user
from dinghuo.web import jobs
from tests import builders
from tests.commands.conftest import Dinghuo, Served, command_line, descendants, environment_for, eventually, sign_in
from tests.own_database import as_environment

Serve = Callable[..., Served]


@pytest.fixture(scope="module")
def site(own_addresses: dict[str, str], home: Path) -> Iterator[Served]:
    """A site that tests look at and leave as it is."""
    served = Served(environment_for(home) | as_environment(own_addresses))
    assert served.url in served.first_lines()[0]
    eventually(served.answers)
    yield served
    served.end()


def a_submitted_order(company: Company) -> int:
    """An order of goods that are there, waiting for review."""
    act = act_now(company)
    install_rules(act=act)
    warehouse, product = builders.a_warehouse(company), builders.a_product(company)
    builders.a_carrier(company)
    builders.some_stock(act, warehouse, product, 100)
    order_id = builders.an_order(act, builders.a_customer(company), warehouse, [(product, 7)])
    submit_orders(act=act, order_ids=[order_id])
    return order_id


def test_the_site_answers_and_whoever_was_let_in_signs_in(site: Served, dinghuo: Dinghuo, own_addresses: dict[str, str]) -> None:
    company = builders.a_company()
    told = dinghuo("user", "anna", "--company", company.code, "--role", "sales")
    password = re.search(r": (\S+)\s*$", told.stdout)
    assert password is not None, told.stderr
    browser = sign_in(site.url, "anna", password[1])
    assert browser.get("/orders/").status_code == 200
    assert browser.get("/orders/").url.path == "/orders/"
    stranger = sign_in(site.url, "anna", "not the password")
    assert stranger.get("/orders/").url.path == "/sign-in/"


def test_the_worker_moves_a_submitted_order_on_by_itself(site: Served, own_addresses: dict[str, str]) -> None:
    company = builders.a_company()
    with acting_for(company.id):
        with transaction.atomic():
            order_id = a_submitted_order(company)
        jobs.wake(company.id)
        eventually(lambda: has_a_notice(order_id))


def has_a_notice(order_id: int) -> bool:
    with transaction.atomic():
        released = SalesOrder.objects.filter(id=order_id, state=OrderState.RELEASED)
        return released.exists() and Shipment.objects.filter(order_id=order_id).exists()


def test_a_killed_site_and_a_killed_worker_are_started_again(serve: Serve) -> None:
    served = serve()
    eventually(lambda: len(descendants(served.process.pid)) >= 3)
    before = {name: served.child(name) for name in ("site", "worker")}
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: all(not command_line(pid) for pid in before.values()))
    eventually(lambda: served.child("site") and served.child("worker"))
    eventually(served.answers)


def test_a_signal_ends_everything(serve: Serve) -> None:
    served = serve()
    family = descendants(served.process.pid)
    assert len(family) >= 2
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(20) == 0
    assert [command_line(pid) for pid in family if command_line(pid)] == []


def test_children_go_when_their_supervisor_is_killed(serve: Serve) -> None:
    served = serve()
    family = descendants(served.process.pid)
    served.process.kill()
    eventually(lambda: not any(command_line(pid) for pid in family))


def test_a_taken_port_is_told_in_a_sentence(dinghuo: Dinghuo) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        port = taken.getsockname()[1]
        refused = dinghuo("serve", "--port", str(port))
    assert refused.returncode == 2
    assert f"Port {port} is in use" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_secret_key_is_made_once_and_for_the_caller_alone(site: Served, serve: Serve, dinghuo: Dinghuo, home: Path) -> None:
    path = home / "secret-key"
    key = path.read_text()
    assert len(key) >= 40
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    serve()
    assert path.read_text() == key
    path.chmod(0o644)
    refused = dinghuo("serve", "--port", "8765")
    path.chmod(0o600)
    assert refused.returncode == 2
    assert "Others can read" in refused.stderr


def test_a_short_secret_key_is_refused(dinghuo: Dinghuo) -> None:
    refused = dinghuo("serve", "--port", "8766", DINGHUO_SECRET_KEY="short")
    assert refused.returncode == 2
    assert "DINGHUO_SECRET_KEY" in refused.stderr


def test_a_token_from_the_command_line_opens_the_api(site: Served, dinghuo: Dinghuo, own_addresses: dict[str, str]) -> None:
    company = builders.a_company()
    with acting_for(company.id):
        admit_user(act=act_now(company), name="program", password_hash="!", role="auditor")
    token = dinghuo("token", "program", "--company", company.code, "--days", "1").stdout.strip()
    answer = httpx.get(f"{site.url}/api/v1/me", headers={"Authorization": f"Bearer {token}"}, timeout=30)
    assert answer.status_code == 200
    assert answer.json()["company"] == company.code
