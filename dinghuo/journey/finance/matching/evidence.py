"""What speaks for a set of invoices being what a line pays, and against it: each piece with its points and its facts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from dinghuo.journey.finance.matching.book import (
    Book,
    Item,
    Mention,
    groups_near_name,
    groups_of_account,
    groups_of_name,
    mentions,
)
from dinghuo.journey.finance.matching.policy import Policy


@dataclass(frozen=True, slots=True)
class Incoming:
    """A line of money in; `amount` in smallest coins."""

    line_id: int
    amount: int
    payer: str
    payer_account: str
    text: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A piece of evidence: a code that has words in both languages, its points, its facts."""

    code: str
    points: int
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """A set of invoices that a line may pay, and why; without invoices: money of that group to be kept."""

    items: tuple[Item, ...]
    group_id: int
    reasons: tuple[Reason, ...]

    @property
    def score(self) -> int:
        """The points of all that speaks for and against it."""
        return sum(reason.points for reason in self.reasons)

    @property
    def owed(self) -> int:
        """What is open of its invoices."""
        return sum(item.open for item in self.items)


@dataclass(frozen=True, slots=True)
class Payers:
    """Which groups may have paid, with the piece of evidence for each; `is_known` when account or name say it outright."""

    reasons: Mapping[int, Reason]
    is_known: bool

    def groups(self) -> set[int]:
        """The groups."""
        return set(self.reasons)


@dataclass(frozen=True, slots=True)
class Clues:
    """All that is to be read from a line by itself."""

    line: Incoming
    payers: Payers
    mentions: Sequence[Mention]
    minor_units: int

    def money(self, coins: int) -> Decimal:
        """Coins as money."""
        return Decimal(coins).scaleb(-self.minor_units)

    @property
    def named(self) -> dict[int, Item]:
        """The open invoices that the text names outright."""
        return {item.invoice_id: item for mention in self.mentions for item in mention.exact if item.open}

    @property
    def near(self) -> set[int]:
        """Invoices whose number is a slip away from what is written."""
        return {item.invoice_id for mention in self.mentions for item in mention.near}

    @property
    def short(self) -> set[int]:
        """Invoices that are named by order, PO or the tail of their number."""
        return {item.invoice_id for mention in self.mentions for item in mention.short}


def clues_of(book: Book, line: Incoming, policy: Policy) -> Clues:
    """Read a line: who paid, and what it refers to."""
    return Clues(line, payers_of(book, line, policy), mentions(book, line.text), book.minor_units)


def payers_of(book: Book, line: Incoming, policy: Policy) -> Payers:
    """Who may have paid: by account, else by name, else by a name that is nearly one."""
    by_account = groups_of_account(book, line.payer_account)
    if by_account:
        reason = Reason("payer_account", policy.payer_account, {"account": line.payer_account})
        return Payers(dict.fromkeys(by_account, reason), is_known=True)
    by_name = groups_of_name(book, line.payer)
    if by_name:
        return Payers(dict.fromkeys(by_name, Reason("payer_name", policy.payer_name, {"payer": line.payer})), is_known=True)
    near = groups_near_name(book, line.payer) if line.payer else set()
    return Payers(dict.fromkeys(near, Reason("payer_near", policy.payer_near, {"payer": line.payer})), is_known=False)


def weighed(book: Book, clues: Clues, items: Iterable[Item], policy: Policy, *, chance: float | None = None) -> Choice | None:
    """A set of invoices as a choice with all its evidence; None when they are of more than one group.

    `chance` is given for a set that was searched for: how many such sets chance alone would make up.
    """
    chosen = tuple(sorted(items, key=lambda item: (item.due_on, item.invoice_id)))
    groups = {book.group_of[item.customer_id] for item in chosen}
    if len(groups) != 1:
        return None
    (group_id,) = groups
    reasons = [*reference_reasons(clues, chosen, policy), *payer_reasons(clues, group_id, policy)]
    reasons += amount_reasons(clues, chosen, policy, chance)
    return Choice(chosen, group_id, tuple(reasons))


def reference_reasons(clues: Clues, items: Sequence[Item], policy: Policy) -> list[Reason]:
    """What the text says for a set: as much as it says for the least of those that it refers to at all."""
    exact, near, short = clues.named, clues.near, clues.short
    kinds = [
        "reference" if item.invoice_id in exact
        else "reference_near" if item.invoice_id in near
        else "reference_short" if item.invoice_id in short
        else ""
        for item in items
    ]  # fmt: skip
    points = {"reference": policy.reference, "reference_near": policy.reference_near, "reference_short": policy.reference_short}
    told = [kind for kind in kinds if kind]
    left_out = [] if len(told) == len(items) else numbers_left_out(clues, items)
    if told:
        least = min(told, key=lambda kind: points[kind])
        numbers = [item.number for item, kind in zip(items, kinds, strict=True) if kind]
        reasons = [Reason(least, points[least], {"numbers": numbers})]
        return [*reasons, Reason("left_out", policy.left_out, {"numbers": left_out})] if left_out else reasons
    paid = paid_numbers(clues, {item.customer_id for item in items})
    return [Reason("paid_already", policy.paid_already, {"numbers": paid})] if paid else []


def paid_numbers(clues: Clues, customers: set[int]) -> list[str]:
    """What the text names that is settled already: outright, or briefly if it is an invoice of these customers."""
    return [
        item.number
        for mention in clues.mentions
        for item in (*mention.exact, *(item for item in mention.short if item.customer_id in customers))
        if not item.open
    ]


def numbers_left_out(clues: Clues, items: Sequence[Item]) -> list[str]:
    """The numbers in the text that mean an invoice of the same customers, but none of a set."""
    chosen = {item.invoice_id for item in items}
    customers = {item.customer_id for item in items}
    return [
        mention.text
        for mention in clues.mentions
        if any(item.customer_id in customers for item in (*mention.exact, *mention.short, *mention.near))
        and not chosen & {item.invoice_id for item in (*mention.exact, *mention.short, *mention.near)}
    ]


def payer_reasons(clues: Clues, group_id: int, policy: Policy) -> list[Reason]:
    """What the payer says for a group, or against it: somebody else's account or name."""
    reason = clues.payers.reasons.get(group_id)
    if reason is not None:
        return [reason]
    if clues.payers.is_known:
        return [Reason("other_payer", policy.other_payer, {"payer": clues.line.payer, "account": clues.line.payer_account})]
    return []


def amount_reasons(clues: Clues, items: Sequence[Item], policy: Policy, chance: float | None) -> list[Reason]:
    """What the amount says for a set."""
    owed, paid = sum(item.open for item in items), clues.line.amount
    if owed == paid:
        if chance is not None and chance > policy.chance_max:
            return [Reason("amount_by_chance", 0, {"count": len(items), "chance": f"{chance:.2f}"})]
        return [Reason("amount" if len(items) == 1 else "combination", policy.amount, {"count": len(items)})]
    difference = owed - paid
    for rate in policy.discount_rates:
        if difference == round(Decimal(owed) * rate):
            return [Reason("discount", policy.discount, {"rate": f"{rate:f}", "amount": clues.money(difference)})]
    if 0 < clues.money(difference) <= policy.fee_max:
        return [Reason("fee", policy.fee, {"amount": clues.money(difference)})]
    return [Reason("short" if difference > 0 else "over", 0, {"amount": clues.money(abs(difference))})]
