"""How the system says no.

A single request that business forbids raises `Refused`; a set operation returns an `Outcome` for each item instead, so that one bad
item never stops the others. Both carry a stable code and the facts behind it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar


class Refused(Exception):
    """Business says no: HTTP 409, a banner on a page, exit status 2 on the command line.

    `code` is stable and meant for programs, `facts` are JSON-ready values, `message` is one English sentence; pages translate
    by code.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409

    def __init__(self, message: str, *, code: str | None = None, **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.reason = code or self.code
        self.facts: Mapping[str, Any] = facts


class Malformed(Refused):
    """The input itself is wrong (HTTP 422); facts name the row or line and the column."""

    code = "malformed"
    status = 422


class Missing(Refused):
    """There is no such row here (HTTP 404); a row of another company answers the same."""

    code = "not_found"
    status = 404


DONE = "done"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an operation did with one item: `code` is "done" or the reason why not; `document_id` is what was made, if anything."""

    id: int
    code: str = DONE
    document_id: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        """Whether the item was done."""
        return self.code == DONE


def the_only(outcomes: Iterable[Outcome]) -> Outcome:
    """The outcome of a set of one; raises Refused with its code and facts when it was not done."""
    (outcome,) = outcomes
    if outcome.code == Missing.code:
        raise Missing("There is no such document.", id=outcome.id)
    if outcome.code.startswith((Malformed.code, "unknown_")):
        raise Malformed(
            str(outcome.facts.get("message", "")) or sentence(outcome.code),
            code=outcome.code,
            **without_message(outcome),
        )
    if not outcome.done:
        raise Refused(sentence(outcome.code), code=outcome.code, **without_message(outcome))
    return outcome


def sentence(code: str) -> str:
    """A code as plain words, for programs' logs; pages have words of their own."""
    return code.replace("_", " ").capitalize() + "."


def without_message(outcome: Outcome) -> dict[str, Any]:
    """An outcome's facts but for the sentence among them."""
    return {name: fact for name, fact in outcome.facts.items() if name not in {"message", "code"}}


def missing(asked: Iterable[int] | None, found: Iterable[int]) -> list[Outcome]:
    """An outcome for each id that was asked for and is not there."""
    if asked is None:
        return []
    known = set(found)
    return [Outcome(id=key, code=Missing.code) for key in asked if key not in known]
