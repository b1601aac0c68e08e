"""Errors that people make, put into orders of a file: which order gets which, drawn from a seed."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from statistics import median_low

from dinghuo.exchange.replay.year import Document, Line, Year

# An article is sold in cases of so many when nearly all of its lines are whole ones.
CASES = (48, 24, 12, 10, 6, 4, 3, 2)
WHOLE_SHARE = 0.97
LINES_MIN = 10
# A usual quantity is one that somebody asked for in so many orders before.
ORDERS_MIN = 4
TEN = 10

WRONG_PRICE = "wrong_price"
ZERO_TOO_MANY = "zero_too_many"
DUPLICATE_PO = "duplicate_po"
BLOCKED_CUSTOMER = "blocked_customer"
BAD_TAX_ID = "bad_tax_id"
SHORT_CASE = "short_case"
# The scarcest first: what only few orders can have is given out before what any can.
KINDS = (ZERO_TOO_MANY, BAD_TAX_ID, BLOCKED_CUSTOMER, DUPLICATE_PO, SHORT_CASE, WRONG_PRICE)


@dataclass(slots=True)
class Past:
    """What the orders before the tested ones say: prices and quantities by article, quantities and documents by customer."""

    prices: dict[str, list[Decimal]] = field(default_factory=lambda: defaultdict(list))
    quantities: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    bought: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    documents: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, document: Document) -> None:
        """Take in one order."""
        self.documents[document.account].append(document.number)
        for line in document.sold:
            self.prices[line.product].append(line.unit_price)
            self.quantities[line.product].append(line.quantity)
            self.bought[document.account, line.product].append(line.quantity)

    def list_price(self, product: str) -> Decimal | None:
        """The price of most lines, None for an article that was never sold."""
        known = [price for price in self.prices.get(product, ()) if price > 0]
        return median_low(known) if known else None

    def case(self, product: str) -> int:
        """The largest case that nearly all lines are whole ones of; 1 for an article sold by the piece."""
        known = self.quantities.get(product, ())
        if len(known) < LINES_MIN:
            return 1
        whole = (case for case in CASES if sum(quantity % case == 0 for quantity in known) >= WHOLE_SHARE * len(known))
        return next(whole, 1)


@dataclass(frozen=True, slots=True)
class TriedOrder:
    """An order as it is entered: with the kind of its error, empty for none, and the line that has it."""

    document: Document
    lines: Sequence[Line]
    customer_po: str
    error: str = ""
    position: int | None = None


def orders_of(year: Year) -> list[Document]:
    """The orders of customers that the file names, oldest first; nothing is sold for free here."""
    found = [document for day in sorted(year.days) for document in year.days[day]]
    named = (document for document in found if not year.accounts[document.account].is_walk_in)
    return [document for document in named if document.sold and all(line.unit_price > 0 for line in document.sold)]


def seeded(tested: Sequence[Document], past: Past, *, each: int, seed: int) -> list[TriedOrder]:
    """Give `each` orders of a kind one error of it, each order one at most; the others stay as they are in the file."""
    chance = random.Random(seed)
    orders_by_customer = Counter(document.account for document in tested)
    found = {place: TriedOrder(document, document.sold, purchase_order(document)) for place, document in enumerate(tested)}
    for kind in KINDS:
        free = [place for place, order in found.items() if not order.error]
        chance.shuffle(free)
        given = 0
        for place in free:
            wrong = with_error(kind, found[place], past, orders_by_customer, chance) if given < each else None
            if wrong is not None:
                found[place], given = wrong, given + 1
    return [found[place] for place in sorted(found)]


def purchase_order(document: Document) -> str:
    """The customer's own number of an order: the file's."""
    return f"PO-{document.number}"


def with_error(
    kind: str, order: TriedOrder, past: Past, orders_by_customer: Mapping[str, int], chance: random.Random
) -> TriedOrder | None:
    """The order with an error of that kind, None when it cannot have one."""
    if kind in {BLOCKED_CUSTOMER, BAD_TAX_ID}:
        # The error lies with the customer: it must not make other orders wrong as well.
        return replace(order, error=kind) if orders_by_customer[order.document.account] == 1 else None
    if kind == DUPLICATE_PO:
        before = past.documents.get(order.document.account)
        return replace(order, error=kind, customer_po=f"po {chance.choice(before)} .") if before else None
    places = [place for place, line in enumerate(order.lines) if may_have(kind, order.document.account, line, past)]
    if not places:
        return None
    place = chance.choice(places)
    lines = [*order.lines]
    lines[place] = wrong_line(kind, lines[place], chance)
    return replace(order, lines=lines, error=kind, position=place + 1)


def may_have(kind: str, account: str, line: Line, past: Past) -> bool:
    """Whether a line can have an error of that kind: without a price, a habit or a case before there is none to break."""
    if kind == WRONG_PRICE:
        return past.list_price(line.product) is not None
    if kind == ZERO_TOO_MANY:
        return len(past.bought.get((account, line.product), ())) >= ORDERS_MIN
    case = past.case(line.product)
    return case > 1 and line.quantity % case == 0


def wrong_line(kind: str, line: Line, chance: random.Random) -> Line:
    """The line with its decimal point slipped, a zero too many, or its last case one short."""
    if kind == WRONG_PRICE:
        return replace(line, unit_price=line.unit_price * TEN if chance.random() < 0.5 else line.unit_price / TEN)
    if kind == ZERO_TOO_MANY:
        return replace(line, quantity=line.quantity * TEN)
    return replace(line, quantity=line.quantity - 1)


def past_of(documents: Iterable[Document]) -> Past:
    """What some orders say together."""
    past = Past()
    for document in documents:
        past.add(document)
    return past
