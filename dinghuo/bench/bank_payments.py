"""What the customers of the test bank pay, how they write it, and the truth about it, which the matching never sees.

Every rate below is stated in docs/rules/matching.md. They are drawn independently of each other: a short payment may be without a
reference, a combined one may be misspelt and come from an unknown account.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from dinghuo.bench.bank_world import Bill, Debtor, account, name

KINDS = {
    "plain": 0.83, "combined": 0.10, "short": 0.04, "over": 0.01, "double": 0.01, "foreign": 0.005, "stranger": 0.005,
}  # fmt: skip
WITHOUT_REFERENCE = 0.05
MISSPELT = 0.08
TWO_SLIPS = 0.1
NOISE = 0.3
NEW_ACCOUNT, OTHER_PARTY = 0.08, 0.04
DAYS = 20
TRIES = 200
STYLES = {
    "{prefix}{year}-{number}": 0.37, "{prefix}{year}{number}": 0.15, "{prefix} {year} {number}": 0.08, "{year}-{number}": 0.10,
    "Rechnung {year}/{number}": 0.07, "Inv. {number}": 0.08, "{short}": 0.05, "发票{prefix}{year}-{number}": 0.07,
    "invoice no {prefix}-{year}-{number}": 0.03,
}  # fmt: skip
LISTS = {"full": 0.5, "tails": 0.3, "first": 0.1, "short": 0.1}
NOISES = ("PO 45000{:05}", "KD-NR {:05}", "THANK YOU", "02.03.2026", "order of Feb.", "TEL 0571{:08}", "货款", "delivery {:06}")


@dataclass(slots=True)
class Paid:
    """A payment with its truth: what it settles in cents by invoice's place; a `customer` of None is nobody we know."""

    place: int
    kind: str
    day: int
    cents: int
    currency: str
    payer: str
    account: str
    text: str
    customer: int | None
    truth: dict[int, int] = field(default_factory=dict)
    has_reference: bool = True
    is_misspelt: bool = False


@dataclass(slots=True)
class Till:
    """What is still to be paid while payments are made up."""

    chance: random.Random
    debtors: Sequence[Debtor]
    numbers: Sequence[str]
    unpaid: dict[int, list[Bill]]
    made: list[Paid] = field(default_factory=list)

    def draw(self, shares: dict[str, float]) -> str:
        """One of some kinds, by their shares."""
        return self.chance.choices(list(shares), list(shares.values()))[0]


def payments(
    chance: random.Random, owing: Sequence[Debtor], owed: Sequence[Bill], numbers: Sequence[str], count: int
) -> list[Paid]:
    """So many payments, in the order of their days; `numbers` are the invoices' numbers by place."""
    unpaid: dict[int, list[Bill]] = defaultdict(list)
    for bill in owed:
        unpaid[bill.debtor].append(bill)
    till = Till(chance, owing, numbers, unpaid)
    while len(till.made) < count:
        kind = till.draw(KINDS)
        # Asked for again until a customer has enough invoices for it, or combined payments would be rarer than is said.
        paid = next(filter(None, (MAKERS[kind](till, kind) for _ in range(TRIES))), None)
        if paid is not None:
            paid.place = len(till.made)
            till.made.append(paid)
    return sorted(till.made, key=lambda paid: (paid.day, paid.place))


def some_bills(till: Till, count: int) -> list[Bill]:
    """So many unpaid invoices of one customer, or none where the customer drawn has too few."""
    bill = till.chance.choice([rest[0] for rest in till.chance.sample(list(till.unpaid.values()), 8) if rest] or [None])
    own = till.unpaid[bill.debtor] if bill else []
    if len(own) < count:
        return []
    chosen = till.chance.sample(own, count)
    for each in chosen:
        own.remove(each)
    return chosen


def of_invoices(till: Till, kind: str) -> Paid | None:
    """A payment of one invoice or, combined, of two to six."""
    chosen = some_bills(till, till.chance.choice((2, 2, 2, 3, 3, 4, 5, 6)) if kind == "combined" else 1)
    if not chosen:
        return None
    owed = sum(bill.cents for bill in chosen)
    paid = written(till, kind, chosen, max(owed + difference(till.chance, kind, owed), 1))
    rest = paid.cents
    for bill in chosen:
        paid.truth[bill.place] = min(bill.cents, rest)
        rest -= paid.truth[bill.place]
    return paid


def difference(chance: random.Random, kind: str, owed: int) -> int:
    """What a payment differs from what is owed: a cash discount, a fee or a deduction; or something too much."""
    if kind == "short":
        return -chance.choices((round(owed * 0.02), chance.randint(500, 2000), round(owed * chance.uniform(0.01, 0.4))), (4, 2, 4))[
            0
        ]
    if kind == "over":
        return chance.choice((-owed % 10_000 or 10_000, round(owed * chance.uniform(0.01, 0.1)) or 1))
    return 0


def written(till: Till, kind: str, chosen: Sequence[Bill], cents: int) -> Paid:
    """A payment of some invoices as it arrives: from whom, and with what text."""
    chance, debtor = till.chance, till.debtors[chosen[0].debtor]
    paid = Paid(0, kind, chance.randrange(DAYS), cents, "CNY", "", "", "", debtor.place)
    payer_of(till, debtor, paid)
    words = []
    if chance.random() < WITHOUT_REFERENCE:
        paid.has_reference = False
    else:
        words = references(till, [till.numbers[bill.place] for bill in chosen], paid)
    if chance.random() < NOISE:
        words.insert(chance.choice((0, len(words))), chance.choice(NOISES).format(chance.randrange(100_000)))
    paid.text = " ".join(words)
    return paid


def payer_of(till: Till, debtor: Debtor, paid: Paid) -> None:
    """Say who pays: the customer from its account, from a new one, or another party for it, such as its head."""
    chance, draw = till.chance, till.chance.random()
    if draw < OTHER_PARTY:
        head = till.debtors[debtor.head]
        paid.payer, paid.account = (head.name, head.account) if head is not debtor else (name(chance), account(chance))
    else:
        paid.payer = as_a_bank_writes(chance, debtor.name)
        paid.account = account(chance) if draw < OTHER_PARTY + NEW_ACCOUNT else debtor.account


def as_a_bank_writes(chance: random.Random, known: str) -> str:
    """A customer's name as a statement has it."""
    way = chance.choices(("as is", "upper", "cut", "bare", "slip"), (50, 20, 10, 12, 8))[0]
    if way == "slip":
        place = chance.randrange(len(known))
        return known[:place] + chance.choice("aeinrst") + known[place + 1 :]
    ways = {"as is": known, "upper": known.upper(), "cut": known[:27], "bare": known.rpartition(" ")[0] or known}
    return ways[way]


def references(till: Till, numbers: Sequence[str], paid: Paid) -> list[str]:
    """The invoices' numbers as people write them, one of them misspelt now and then."""
    chance = till.chance
    wrong = chance.randrange(len(numbers)) if chance.random() < MISSPELT else None
    paid.is_misspelt = wrong is not None
    style = till.draw(STYLES)
    manner = till.draw(LISTS) if len(numbers) > 1 else "full"
    found = []
    for place, number in enumerate(numbers):
        prefix, year, tail = number[:3], number[3:7], number[8:]
        if place == wrong:
            year, tail = misspelt(chance, year, tail)
        is_full = manner == "full" or (manner in {"tails", "first"} and place == 0)
        shape = style if is_full else "{number}" if manner == "tails" else "{short}"
        found.append(shape.format(prefix=prefix, year=year, number=tail, short=tail.lstrip("0") or "0"))
    if manner == "first":
        return [found[0], "et al."]
    return [chance.choice((" ", ", ", "/", " + ", ";")).join(found)]


def misspelt(chance: random.Random, year: str, tail: str) -> tuple[str, str]:
    """A number with a slip or two, anywhere in its figures: one replaced, two swapped, one left out, one doubled."""
    figures = year + tail
    for _ in range(2 if chance.random() < TWO_SLIPS else 1):
        at = chance.randrange(len(figures) - 1)
        way = chance.choices(("replace", "swap", "drop", "double"), (50, 20, 15, 15))[0]
        if way == "replace":
            figures = figures[:at] + chance.choice([figure for figure in "0123456789" if figure != figures[at]]) + figures[at + 1 :]
        elif way == "swap":
            figures = figures[:at] + figures[at + 1] + figures[at] + figures[at + 2 :]
        else:
            figures = figures[:at] + (figures[at] * 2 if way == "double" else "") + figures[at + 1 :]
    return figures[:4], figures[4:]


def again(till: Till, kind: str) -> Paid | None:
    """A payment made a second time, some days later, written anew; it settles nothing."""
    earlier = [paid for paid in till.made if paid.kind == "plain"]
    if not earlier:
        return None
    first = till.chance.choice(earlier)
    (place,) = first.truth
    assert first.customer is not None, "a plain payment has its customer"
    paid = written(till, kind, [Bill(place, first.customer, first.cents)], first.cents)
    paid.day = first.day + till.chance.randint(1, 5)
    return paid


def foreign(till: Till, kind: str) -> Paid | None:
    """A payment in another currency, to be kept apart."""
    paid = of_invoices(till, kind)
    if paid is not None:
        paid.currency, paid.cents = "EUR", max(paid.cents // 8, 1)
        paid.truth = {}
    return paid


def stranger(till: Till, kind: str) -> Paid:
    """Money that no invoice asked for: a refund, interest, somebody's mistake."""
    chance = till.chance
    text = chance.choice(("REFUND {:08}", "INTEREST Q1", "Rechnung 2026/{:06}", "TAX OFFICE {:010}")).format(
        chance.randrange(10**6)
    )
    cents = round(chance.lognormvariate(7.6, 1.1) * 100) + 1
    return Paid(0, kind, chance.randrange(DAYS), cents, "CNY", name(chance), account(chance), text, None)


MAKERS = {
    "plain": of_invoices, "combined": of_invoices, "short": of_invoices, "over": of_invoices,
    "double": again, "foreign": foreign, "stranger": stranger,
}  # fmt: skip
