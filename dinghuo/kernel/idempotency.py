"""Exactly once: the first reply to an `Idempotency-Key` is kept and replayed byte for byte.

The reply is written in the transaction of the work it answers for: either both are there or neither. A second request with the same
key waits for the first on the unique index, then finds the reply.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from dinghuo.kernel import sql
from dinghuo.kernel.errors import Malformed, Refused
from dinghuo.kernel.tenancy import Act

KEY_MAX = 200
KEPT_FOR = timedelta(days=30)
FORGOTTEN_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it went over the wire."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept under a key; status 0 while the first request is at work."""

    request_hash: bytes
    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Claimed:
    """The row that this request claimed."""

    id: int


class KeyReused(Malformed):
    """The same key with another request (HTTP 422)."""

    code = "idempotency_key_reused"


def fingerprint(*parts: str | bytes) -> bytes:
    """SHA-256 over a request's method, path and body; each part is delimited by its length."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.digest()


def once(*, act: Act, key: str, request_hash: bytes, work: Callable[[], Reply]) -> Reply:
    """Do the work and keep its reply, or replay the reply of the first time.

    Replies of status 500 and above are not kept: the work was rolled back, and a repeat may do better. Raises Malformed for a key
    over 200 characters, KeyReused when the key came with another request before.
    """
    if not 0 < len(key) <= KEY_MAX:
        raise Malformed("An Idempotency-Key has between 1 and 200 characters.", length=len(key))
    with transaction.atomic():
        kept = claim(act, key, request_hash)
        if kept is not None:
            if bytes(kept.request_hash) != request_hash:
                raise KeyReused("This Idempotency-Key came with another request before.", key=key)
            return Reply(kept.status, kept.content_type, bytes(kept.body))
        reply = attempt(work)
        if reply.status >= 500:
            transaction.set_rollback(True)
        else:
            keep(act, key, reply)
        return reply


def attempt(work: Callable[[], Reply]) -> Reply:
    """Do the work inside a savepoint, so that a refusal leaves nothing of it behind but its reply."""
    savepoint = transaction.savepoint()
    reply = work()
    if reply.status >= 400:
        transaction.savepoint_rollback(savepoint)
    else:
        transaction.savepoint_commit(savepoint)
    return reply


def claim(act: Act, key: str, request_hash: bytes) -> Kept | None:
    """Claim the key for this request; returns what an earlier one keeps under it."""
    assert act.actor_id is not None, "a key belongs to a user"
    owner = {"company_id": act.company_id, "user_id": act.actor_id, "key": key}
    claimed = sql.rows("kernel/claim_key", Claimed, request_hash=request_hash, at=act.at, **owner)
    if claimed:
        return None
    found = sql.rows("kernel/kept_reply", Kept, **owner)
    if not found:
        raise Refused("The first request with this key is still running; try again shortly.", code="still_running")
    return found[0]


def keep(act: Act, key: str, reply: Reply) -> None:
    """Keep the reply under the claimed key."""
    sql.execute(
        "kernel/keep_reply",
        company_id=act.company_id,
        user_id=act.actor_id,
        key=key,
        status=reply.status,
        content_type=reply.content_type,
        body=reply.body,
    )


@transaction.atomic
def forget_old_replies(*, act: Act) -> int:
    """Forget the replies that are older than thirty days; returns how many.

    Oldest first and at most 10,000 in one transaction, so that a long neglected table is emptied in short steps: call again while
    the answer is 10,000.
    """
    return sql.execute("kernel/forget_replies", company_id=act.company_id, before=act.at - KEPT_FOR, at_most=FORGOTTEN_AT_ONCE)
