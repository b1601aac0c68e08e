"""Decides what each line pays: matched without a hand, suggested, ambiguous, or unmatched. Never a guess.

The lines of a run are looked at three times, the surest first: lines whose text names invoices that come to their amount, then
lines that name anything, then the rest. What one has settled, the next does not find open. Rules: docs/rules/matching.md.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from dinghuo.journey.finance.matching.book import Book, Item, Mention
from dinghuo.journey.finance.matching.combinations import chance_of_sum, sets_of_sum
from dinghuo.journey.finance.matching.evidence import Choice, Clues, Incoming, Reason, clues_of, weighed
from dinghuo.journey.finance.matching.policy import Policy

CHOICES_SHOWN = 5
STEPS_MAX = 20_000
SETS_MAX = 50
OLDEST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found for a line; `settled` is what each invoice gets of it (smallest coins), in order, when it is matched."""

    line_id: int
    outcome: str
    choices: Sequence[Choice]
    settled: Sequence[tuple[int, int]] = ()

    @property
    def score(self) -> int:
        """The points of the best choice."""
        return self.choices[0].score if self.choices else 0


def decide(book: Book, lines: Iterable[Incoming], policy: Policy) -> list[Verdict]:
    """Decide every line, in the order in which they are given; the book is used up by what is matched."""
    waiting = [clues_of(book, line, policy) for line in lines]
    verdicts: dict[int, Verdict] = {}
    for is_turn in (names_its_amount, names_something, is_any):
        left = [clues for clues in waiting if clues.line.line_id not in verdicts]
        for verdict in decided(book, left, policy, is_turn):
            if verdict.outcome == "matched" or is_turn is is_any:
                verdicts[verdict.line_id] = verdict
    return [verdicts[clues.line.line_id] for clues in waiting]


def decided(book: Book, waiting: Iterable[Clues], policy: Policy, is_turn: Callable[[Clues], bool]) -> Iterator[Verdict]:
    """Decide the lines whose turn it is, one after the other, and take off the book what each settles."""
    for clues in waiting:
        if is_turn(clues):
            verdict = decide_one(book, clues, policy)
            for invoice_id, paid in verdict.settled:
                book.settle(book.items[invoice_id], paid)
            yield verdict


def names_its_amount(clues: Clues) -> bool:
    """Whether the invoices that a line names come to its amount."""
    return sum(item.open for item in clues.named.values()) == clues.line.amount


def names_something(clues: Clues) -> bool:
    """Whether a line refers to anything."""
    return bool(clues.mentions)


def is_any(_clues: Clues) -> bool:
    """Every line has its turn."""
    return True


def decide_one(book: Book, clues: Clues, policy: Policy) -> Verdict:
    """Decide one line by the choices that there are for it now."""
    twice = paid_twice(book, clues, policy)
    choices = sorted(choices_of(book, clues, policy), key=lambda choice: -choice.score)
    shown = [*twice, *(choice for choice in choices if choice.score >= policy.suggest)][:CHOICES_SHOWN]
    line_id = clues.line.line_id
    if not shown:
        oldest = oldest_due(book, clues)
        return Verdict(line_id, "suggested" if oldest else "unmatched", oldest)
    best = shown[0]
    if any(is_rival(clues, best, choice, policy) for choice in shown[1:]):
        return Verdict(line_id, "ambiguous", shown)
    if twice or best.score < policy.threshold or has_chance_only(best) or is_over_unexplained(book, best, clues.line.amount):
        return Verdict(line_id, "suggested", shown)
    return Verdict(line_id, "matched", shown, shares_of(best, clues.line.amount))


def is_rival(clues: Clues, best: Choice, other: Choice, policy: Policy) -> bool:
    """Whether another choice leaves the best one open to doubt.

    It does when it comes within the margin, or when it alone comes to the amount; it does not when it is only a part of the
    best one, which comes to the amount and is named whole.
    """
    is_exact = best.owed == clues.line.amount
    if is_exact and set(other.items) < set(best.items) and is_named(clues, best):
        return False
    is_closer = not is_exact and other.owed == clues.line.amount and other.score >= policy.threshold
    return is_closer or best.score - other.score < policy.margin


def is_named(clues: Clues, choice: Choice) -> bool:
    """Whether the text refers to each invoice of a choice, however briefly."""
    told = clues.named.keys() | clues.near | clues.short
    return all(item.invoice_id in told for item in choice.items)


def is_over_unexplained(book: Book, choice: Choice, amount: int) -> bool:
    """Whether what is too much is enough to pay another open invoice of the group, which the payer may have meant as well."""
    rest = amount - choice.owed
    others = (item for item in book.of_group.get(choice.group_id, {}).values() if item not in choice.items)
    return rest > 0 and any(item.open <= rest for item in others)


def oldest_due(book: Book, clues: Clues) -> list[Choice]:
    """For money of a known payer that nothing else explains: what the payer has owed for longest."""
    found = []
    for group, payer in clues.payers.reasons.items() if clues.payers.is_known else ():
        rest, chosen = clues.line.amount, []
        for item in sorted(book.of_group.get(group, {}).values(), key=lambda item: (item.due_on, item.invoice_id))[:OLDEST_SHOWN]:
            if rest > 0:
                chosen.append(item)
                rest -= item.open
        found.append(Choice(tuple(chosen), group, (payer, Reason("oldest_due", 0, {"count": len(chosen)}))))
    return found


def has_chance_only(choice: Choice) -> bool:
    """Whether a set rests on an amount that chance could make up."""
    return any(reason.code == "amount_by_chance" for reason in choice.reasons)


def shares_of(choice: Choice, amount: int) -> list[tuple[int, int]]:
    """What each invoice of a choice gets of an amount, the oldest due first; a rest is nobody's yet."""
    found = []
    for item in choice.items:
        part = min(item.open, amount)
        if part:
            found.append((item.invoice_id, part))
            amount -= part
    return found


def choices_of(book: Book, clues: Clues, policy: Policy) -> list[Choice]:
    """Every set of invoices that there is something to say for, each once."""
    found: dict[frozenset[int], Choice] = {}

    def add(items: Iterable[Item], chance: float | None = None) -> None:
        chosen = list(items)
        key = frozenset(item.invoice_id for item in chosen)
        choice = weighed(book, clues, chosen, policy, chance=chance) if chosen and key not in found else None
        if choice is not None:
            found[key] = choice

    named = clues.named
    add(named.values())
    for items in named_sets(book, clues):
        add(items)
    add(item for item in briefly_named(book, clues) if item.invoice_id not in named)
    groups = clues.payers.groups() if clues.payers.is_known else {book.group_of[item.customer_id] for item in named.values()}
    for group in groups:
        for items, chance in sets_of_group(book, clues, group, policy):
            add(items, chance)
    if not clues.payers.is_known:
        for item in list(book.by_amount.get(clues.line.amount, {}).values())[:SETS_MAX]:
            add([item])
    return list(found.values())


def named_sets(book: Book, clues: Clues) -> list[list[Item]]:
    """The sets that come to the amount with at most one invoice for each number in the text, read as it stands or a slip away.

    Without a known payer only one number may be misread: of two, some pair would come to the amount by chance.
    """
    groups = clues.payers.groups() if clues.payers.is_known else {book.group_of[item.customer_id] for item in clues.named.values()}
    readings = [readings_of(book, mention, groups) for mention in clues.mentions]
    found: list[list[Item]] = []
    steps = 0

    def go(place: int, rest: int, chosen: list[Item], slips_left: int) -> None:
        nonlocal steps
        steps += 1
        if rest == 0 and chosen:
            found.append(list(chosen))
            return
        if place == len(readings) or steps > STEPS_MAX or len(found) >= SETS_MAX:
            return
        for item, is_slip in readings[place]:
            if item.open <= rest and slips_left >= is_slip and item not in chosen:
                go(place + 1, rest - item.open, [*chosen, item], slips_left - is_slip)
        go(place + 1, rest, chosen, slips_left)

    go(0, clues.line.amount, [], len(readings) if groups else 1)
    found += [group for group in whole_orders(clues) if sum(item.open for item in group) == clues.line.amount]
    return found


def readings_of(book: Book, mention: Mention, groups: set[int]) -> list[tuple[Item, bool]]:
    """What a number may mean: an invoice, and whether only by a slip; where groups are known, theirs alone."""
    exact = [(item, False) for item in mention.exact]
    others = [(item, True) for item in (*mention.short, *mention.near) if not groups or book.group_of[item.customer_id] in groups]
    return [(item, is_slip) for item, is_slip in exact + others if item.open]


def briefly_named(book: Book, clues: Clues) -> list[Item]:
    """The open invoices of a known payer that the text names by the tail of their number alone, where only one is meant."""
    groups = clues.payers.groups() if clues.payers.is_known else set()
    found = []
    for mention in clues.mentions:
        own = [item for item in mention.short if item.open and book.group_of[item.customer_id] in groups]
        found += own if len(own) == 1 else []
    return found


def whole_orders(clues: Clues) -> list[list[Item]]:
    """The open invoices of each order or PO that the text names."""
    return [[item for item in mention.short if item.open] for mention in clues.mentions if len(mention.short) > 1]


def sets_of_group(book: Book, clues: Clues, group: int, policy: Policy) -> list[tuple[list[Item], float | None]]:
    """What of a group's open items comes to the amount: single ones, one less a discount, and sets that hold all that is named.

    Beyond `combination_items` items sets are not searched, since the search would not tell that there is only one.
    """
    amount = clues.line.amount
    own = book.of_group.get(group, {})
    singles = [item for item in own.values() if item.open == amount]
    reduced = [
        item for item in own.values() if any(item.open - amount == round(item.open * rate) for rate in policy.discount_rates)
    ]
    found: list[tuple[list[Item], float | None]] = [([item], None) for item in (*singles, *reduced)[:SETS_MAX]]
    named = [item for item in clues.named.values() if item.invoice_id in own]
    rest = amount - sum(item.open for item in named)
    others = [item for item in own.values() if item.open <= rest and item not in named]
    if rest > 0 and 0 < len(others) <= policy.combination_items:
        amounts = [item.open for item in others]
        sets = sets_of_sum(amounts, rest)
        if not (len(sets) == 1 and len(sets[0]) == 1 and not named):
            chance = chance_of_sum(amounts)
            found += [([*named, *(others[place] for place in places)], chance) for places in sets]
    return found


def paid_twice(book: Book, clues: Clues, policy: Policy) -> list[Choice]:
    """The choice to keep the money: the text names invoices that are settled and that came to this amount."""
    paid = {item.invoice_id: item for mention in clues.mentions for item in mention.exact if not item.open}
    if not paid or sum(item.amount for item in paid.values()) != clues.line.amount:
        return []
    (first, *_) = paid.values()
    group = book.group_of[first.customer_id]
    reason = Reason("paid_twice", policy.reference, {"numbers": [item.number for item in paid.values()]})
    payer = clues.payers.reasons.get(group)
    return [Choice((), group, (reason, payer) if payer else (reason,))]
