"""Which duties nobody may unite, as pure functions. Rule: docs/rules/approval.md."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

DUTIES = ("edit_credit_limit", "release_hold", "create_customer", "approve_order", "take_payment", "write_off")
PAIRS_MAX = 20


@dataclass(frozen=True, slots=True)
class Pair:
    """Two duties that one person must not have, and why."""

    duty: str
    other: str
    reason: str


DEFAULT_PAIRS = (
    Pair("edit_credit_limit", "release_hold", "Who may raise a limit could release his own breach of it."),
    Pair("create_customer", "approve_order", "Who may invent a customer could approve goods for it."),
    Pair("take_payment", "write_off", "Who takes money could write off what he kept."),
)


def clash_in_use(pairs: Sequence[Pair], duty: str, done: Collection[str]) -> Pair | None:
    """The pair that somebody would unite by doing a duty after those done already, or None."""
    for pair in pairs:
        if (pair.duty == duty and pair.other in done) or (pair.other == duty and pair.duty in done):
            return pair
    return None


def clash_in_grant(pairs: Sequence[Pair], new: str, held: Collection[str], duties: Mapping[str, Collection[str]]) -> Pair | None:
    """The pair that a new role would unite with the roles that somebody holds, or None; `duties` tells each role's.

    A role that has both by itself is a matter of its making: what its holder does is looked at when he does it.
    """
    for pair in pairs:
        for role in held:
            brings, has = duties[new], duties[role]
            if role != new and ((pair.duty in brings and pair.other in has) or (pair.other in brings and pair.duty in has)):
                return pair
    return None
