"""How a page runs an operation: again when the database asks for it, and with a sentence about what came of it."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import ngettext
from django_stubs_ext import StrOrPromise

from dinghuo.kernel.errors import Missing, Outcome, Refused, the_only
from dinghuo.kernel.journal import as_json
from dinghuo.kernel.retries import with_retries
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.access import MemberRequest

Operation = Callable[..., Sequence[Outcome] | Outcome]

# Marks a message that holds a refusal's code and facts: the words are chosen in the language it is shown in.
REFUSAL = "refusal"


def perform(request: MemberRequest, operation: Operation, *, done: StrOrPromise, **arguments: Any) -> Outcome | None:
    """Run an operation on one document and tell the next page what came of it; None when it was refused.

    Raises Missing, so that a document of another company and none at all answer alike.
    """
    try:
        found = with_retries(operation, act=request.act, **arguments)
        outcome = the_only([found] if isinstance(found, Outcome) else found)
    except Missing:
        raise
    except Refused as refusal:
        tell_refusal(request, refusal)
        return None
    messages.success(request, str(done))
    return outcome


def move_later(request: HttpRequest, act: Act, order_ids: Sequence[int]) -> None:
    """Name the orders that a page moved, so that they go on by themselves once it is done, as far as they go."""
    vars(request)["moved"] = (act, list(order_ids))


def perform_all(request: MemberRequest, operation: Callable[..., Sequence[Outcome]], **arguments: Any) -> Sequence[Outcome]:
    """Run an operation on everything that is ready and tell how many were done, and why the others were not."""
    outcomes = with_retries(operation, act=request.act, **arguments)
    done = sum(outcome.done for outcome in outcomes)
    messages.success(request, ngettext("%(done)s document done.", "%(done)s documents done.", done) % {"done": done})
    for code, count in Counter(outcome.code for outcome in outcomes if not outcome.done).most_common(3):
        tell_refusal(request, Refused("", code=code, count=count))
    return outcomes


def tell_refusal(request: MemberRequest, refusal: Refused) -> None:
    """Keep a refusal for the next page: its code and facts, not its words."""
    messages.error(request, as_json({"code": refusal.reason, "facts": refusal.facts}), extra_tags=REFUSAL)


def told(message: str) -> tuple[str, dict[str, Any]]:
    """The code and the facts of a refusal that was kept as a message."""
    kept = json.loads(message)
    return str(kept["code"]), dict(kept["facts"])
