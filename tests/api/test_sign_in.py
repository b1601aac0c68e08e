"""Programs get in by token alone; what a token may do is what its scopes and its user's roles have in common."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from dinghuo.kernel import tenancy
from dinghuo.kernel.errors import Malformed, Missing
from dinghuo.reference.bearers import hash_of
from dinghuo.reference.models import ApiToken, Company, Membership
from dinghuo.reference.operations import issue_token, revoke_tokens
from tests.api.callers import Caller, a_caller, a_user
from tests.builders import a_company, an_act

PASSWORD = "a long enough secret"


@pytest.fixture(autouse=True)
def no_attempts_yet() -> None:
    cache.clear()


def test_a_password_gets_a_token_that_lets_its_program_in(wholesaler: Company) -> None:
    user = a_user(wholesaler, "sales", password=PASSWORD)
    asked = {"username": user.username, "password": PASSWORD, "company": wholesaler.code}
    made = Caller("").post("/token", asked)
    assert made.status == 201
    me = Caller(made.body["token"]).get("/me").ok()
    assert (me["username"], me["company"], me["roles"]) == (user.username, wholesaler.code, ["sales"])
    assert "orders.write" in me["permissions"]
    assert "invoices.post" not in me["permissions"]


def test_of_a_token_only_its_hash_is_kept(wholesaler: Company) -> None:
    token = a_caller(wholesaler, "sales").token
    with connection.cursor() as cursor:
        cursor.execute("SELECT api_token::text FROM api_token")
        kept = cursor.fetchall()
    assert bytes(ApiToken.objects.get().token_hash) == hash_of(token)
    assert not any(token in row[0] for row in kept)


def test_a_wrong_password_an_unknown_user_and_a_strange_company_get_the_same_answer(wholesaler: Company) -> None:
    user = a_user(wholesaler, "sales", password=PASSWORD)
    stranger, other = a_user(a_company(), "sales", password=PASSWORD), a_company()
    closed = a_user(wholesaler, "sales", password=PASSWORD)
    closed.is_active = False
    closed.save()
    tries = [
        (user.username, "wrong", wholesaler.code),
        ("nobody", PASSWORD, wholesaler.code),
        (stranger.username, PASSWORD, wholesaler.code),
        (user.username, PASSWORD, other.code),
        (user.username, PASSWORD, "NOWHERE"),
        (closed.username, PASSWORD, wholesaler.code),
    ]
    answers = [Caller("").post("/token", dict(zip(("username", "password", "company"), asked, strict=True))) for asked in tries]
    assert {(answer.status, answer.raw) for answer in answers} == {(401, answers[0].raw)}
    assert answers[0].body["code"] == "wrong_credentials"


def test_guessing_passwords_is_stopped(wholesaler: Company) -> None:
    user = a_user(wholesaler, "sales", password=PASSWORD)
    asked = {"username": user.username, "password": "wrong", "company": wholesaler.code}
    statuses = [Caller("").post("/token", asked).status for _ in range(12)]
    assert statuses[:10] == [401] * 10
    assert statuses[10:] == [429, 429]


@pytest.mark.parametrize("token", ["", "dh_unknown", "x", "dh_" + "a" * 500, "dh_\u00e4"])
def test_without_a_token_that_opens_anything_there_is_no_way_in(wholesaler: Company, token: str) -> None:
    refused = Caller(token).get("/me")
    assert (refused.status, refused.body["code"]) == (401, "unauthenticated")
    assert refused.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_ends_when_it_expires_or_is_revoked_or_its_user_leaves(wholesaler: Company) -> None:
    users = [a_user(wholesaler, "sales") for _ in range(4)]
    callers = [a_caller(wholesaler, user=user) for user in users]
    assert [caller.get("/me").status for caller in callers] == [200] * 4
    ApiToken.objects.filter(user=users[0]).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert callers[1].call("DELETE", "/token").ok() == {"done": True}
    Membership.objects.filter(user=users[2]).delete()
    users[3].is_active = False
    users[3].save()
    assert [caller.get("/me").status for caller in callers] == [401] * 4


def test_scopes_narrow_what_the_role_allows_and_never_widen_it(wholesaler: Company) -> None:
    reader = a_caller(wholesaler, "sales", scopes=["orders.read", "invoices.post"])
    assert reader.get("/me").ok()["permissions"] == ["orders.read"]
    assert reader.get("/orders").status == 200
    assert reader.get("/customers").status == 403
    assert reader.post("/invoices/1/post").status == 403


def test_a_token_acts_for_its_own_company_alone(wholesaler: Company, admin: Caller) -> None:
    admin.post("/customers", {"code": "C1", "name": "Lotus", "country": "CN"}).ok()
    other = a_company()
    user = a_user(other, "admin")
    with tenancy.acting_for(wholesaler.id):
        Membership.objects.create(company_id=wholesaler.id, user=user, role="admin")
    there = a_caller(other, user=user)
    assert there.get("/customers").ok()["items"] == []
    assert there.get("/me").ok()["company"] == other.code


def test_a_session_opens_nothing_in_the_api(wholesaler: Company) -> None:
    caller = Caller("")
    caller.client.force_login(a_user(wholesaler, "admin"), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert caller.get("/orders").status == 401


def test_a_token_works_whatever_company_its_bearers_browser_is_in(wholesaler: Company) -> None:
    other = a_company()
    caller = a_caller(wholesaler, "admin")
    caller.client.force_login(a_user(other, "admin"), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert caller.get("/me").ok()["company"] == wholesaler.code


def test_tokens_are_issued_to_members_for_permissions_that_there_are(wholesaler: Company) -> None:
    act, user = an_act(wholesaler), a_user(wholesaler, "sales")
    with pytest.raises(Missing):
        issue_token(act=act, user_id=a_user(a_company(), "sales").pk, name="x", scopes=["orders.read"])
    with pytest.raises(Malformed, match="scope"):
        issue_token(act=act, user_id=user.pk, name="x", scopes=["everything"])
    assert [outcome.code for outcome in revoke_tokens(act=act, token_ids=[0])] == ["not_found"]
