"""Programs that call the API: each with a token, a company and a role."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client

from dinghuo.journey.finance.operations import install_accounts
from dinghuo.journey.review.operations import install_rules
from dinghuo.kernel import tenancy
from dinghuo.reference.access import PERMISSIONS
from dinghuo.reference.models import Company, Membership, User
from dinghuo.reference.operations import issue_token
from tests import builders
from tests.api.document import ROOT, called, document, faults


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over the wire."""

    status: int
    raw: bytes
    headers: Any

    @property
    def body(self) -> Any:
        """The JSON that it holds."""
        return json.loads(self.raw)

    def ok(self) -> Any:
        """The JSON of a success; fails the test on anything else."""
        assert self.status < 300, (self.status, self.raw)
        return self.body


@dataclass(slots=True)
class Caller:
    """A program with a token."""

    token: str
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Call the API; `Idempotency_Key="k"` sends a header of that name."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        raw = "" if body is None else json.dumps(body)
        answer = answer_of(self.client.generic(method, ROOT + path, raw, "application/json", headers=sent))
        check(method, ROOT + path, answer)
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        """Read something."""
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        """Do something."""
        return self.call("POST", path, body, **headers)

    def pages(self, path: str, limit: int) -> Iterator[list[Any]]:
        """A list, page by page."""
        cursor = ""
        while True:
            found = self.get(f"{path}{'&' if '?' in path else '?'}limit={limit}{cursor}").ok()
            yield found["items"]
            if found["next"] is None:
                return
            cursor = f"&cursor={found['next']}"


def check(method: str, path: str, answer: Answer) -> None:
    """Fail the test unless the OpenAPI document describes the answer: its status, and every field of its body."""
    operation = called(method, path)
    if operation is not None:
        assert str(answer.status) in operation.details["responses"], (method, path, answer)
        media = operation.is_file(answer.status)
        if media is not None:
            assert answer.headers["Content-Type"] == media, (method, path)
            return
        found = faults(answer.body, operation.schema_of(answer.status), document())
        assert not found, (method, path, found)


def answer_of(response: HttpResponseBase) -> Answer:
    """A response of the test client as an answer."""
    return Answer(response.status_code, getattr(response, "content", b""), response.headers)


def a_user(company: Company, *roles: str, customer_id: int | None = None, password: str | None = None) -> User:
    """A member of the company with these roles."""
    user = User(username=builders.a_code("user"))
    if password is None:
        user.set_unusable_password()
    else:
        user.set_password(password)
    user.save()
    with tenancy.acting_for(company.id), transaction.atomic():
        for role in roles:
            Membership.objects.create(
                company_id=company.id, user=user, role=role, customer_id=customer_id if role == "customer" else None
            )
    return user


def a_caller(
    company: Company, *roles: str, scopes: Sequence[str] | None = None, customer_id: int | None = None, user: User | None = None
) -> Caller:
    """A program of a member with these roles; it may do all that they allow."""
    user = user or a_user(company, *(roles or ("admin",)), customer_id=customer_id)
    wanted = list(PERMISSIONS) if scopes is None else scopes
    with tenancy.acting_for(company.id):
        return Caller(issue_token(act=builders.an_act(company, actor_id=user.pk), user_id=user.pk, name="test", scopes=wanted))


@contextmanager
def a_wholesaler(**settings: Any) -> Iterator[Company]:
    """A company that can do the whole journey, for which the test acts."""
    # A letterhead, since an e-invoice must name who sends it.
    letterhead = {"country": "CN", "address": "1 Harbour Road", "tax_id": "91310000MA1K35XX1A"}
    company = builders.a_company(**{**letterhead, **settings})
    with tenancy.acting_for(company.id):
        act = builders.an_act(company)
        with transaction.atomic():
            install_rules(act=act)
            install_accounts(act=act)
            builders.a_warehouse(company)
            builders.a_carrier(company)
        yield company
