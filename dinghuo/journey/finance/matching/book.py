"""The open items and payers of a company, indexed by all that a line may say of them; what a run has matched is taken off."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from dinghuo.journey.finance.matching.statements import account_number
from dinghuo.journey.finance.matching.texts import (
    Piece,
    distance_within,
    is_one_slip,
    name_key,
    normal,
    number_key,
    pieces,
    slips,
    tail_key,
)

NUMBER_DIGITS_MIN = 8
TAIL_DIGITS_MIN = 3
PO_LENGTH_MIN = 4
NAME_LENGTH_MIN = 4
CUT_NAME_MIN = 15
NAME_SLIPS = 2
BLOCK = 5
PIECES_OF_A_NUMBER = 4
# What may stand right before a number of ours without making it somebody else's.
INVOICE_WORDS = frozenset(
    {"", "INVOICE", "INVOICES", "INV", "RE", "RG", "RNR", "RECHNUNG", "FACTUUR", "FACTURE", "NO", "NR", "NUM", "NUMBER", "REF"}
    | {"发票", "号"}
)


@dataclass(slots=True, eq=False)
class Item:
    """An invoice that is open, or was until lately: `open` and `amount` in smallest coins, open 0 when settled."""

    invoice_id: int
    number: str
    order_number: str
    customer_po: str
    customer_id: int
    due_on: date
    amount: int
    open: int


@dataclass(frozen=True, slots=True)
class Payer:
    """A customer as a payer: `group_id` is the customer that it shares its money with, its parent or itself."""

    customer_id: int
    group_id: int
    name: str
    name_zh: str


@dataclass(frozen=True, slots=True)
class Alias:
    """Whose money comes from an account, or under a name."""

    kind: str
    value: str
    customer_id: int


@dataclass(slots=True)
class Mention:
    """What a piece of a line's text may refer to: items by invoice number, or by order, PO or a number's tail, or a slip away."""

    text: str
    exact: list[Item] = field(default_factory=list)
    short: list[Item] = field(default_factory=list)
    near: list[Item] = field(default_factory=list)


@dataclass(slots=True)
class Book:
    """The indexes. Made once for a run; `settle` takes off what a line has paid."""

    items: dict[int, Item] = field(default_factory=dict)
    of_group: dict[int, dict[int, Item]] = field(default_factory=lambda: defaultdict(dict))
    group_of: dict[int, int] = field(default_factory=dict)
    by_number: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    by_slip: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    by_order: dict[tuple[str, str], list[Item]] = field(default_factory=lambda: defaultdict(list))
    by_tail: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    by_po: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    by_amount: dict[int, dict[int, Item]] = field(default_factory=lambda: defaultdict(dict))
    prefixes: set[str] = field(default_factory=set)
    order_prefixes: set[str] = field(default_factory=set)
    accounts: dict[str, int] = field(default_factory=dict)
    names: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    minor_units: int = 2
    names_by_block: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def settle(self, item: Item, paid: int) -> None:
        """Take from an item what was paid of it; one that is settled stays to be known as such."""
        self.by_amount[item.open].pop(item.invoice_id, None)
        item.open -= min(paid, item.open)
        if item.open:
            self.by_amount[item.open][item.invoice_id] = item
        else:
            self.of_group[self.group_of[item.customer_id]].pop(item.invoice_id, None)


def book_of(items: Iterable[Item], payers: Iterable[Payer], aliases: Iterable[Alias], *, minor_units: int = 2) -> Book:
    """Index what is open and who may pay it; a smallest coin is 10 to the power of -`minor_units`."""
    book = Book(minor_units=minor_units)
    for payer in payers:
        book.group_of[payer.customer_id] = payer.group_id
        for key in {name_key(payer.name), name_key(payer.name_zh)} - {""}:
            book.names[key].add(payer.group_id)
    for item in items:
        add_item(book, item)
    for alias in aliases:
        if alias.kind == "account":
            book.accounts[alias.value] = book.group_of[alias.customer_id]
        else:
            book.names[alias.value] = {book.group_of[alias.customer_id]}
    for key in book.names:
        for block in blocks(key):
            book.names_by_block[block].add(key)
    return book


def add_item(book: Book, item: Item) -> None:
    """Index one item by its numbers and its amount."""
    book.items[item.invoice_id] = item
    prefix, figures = number_key(item.number)
    book.prefixes.add(prefix)
    if figures not in book.by_number:
        for slip in slips(figures):
            book.by_slip[slip].append(figures)
    book.by_number[figures].append(item)
    order_prefix, order_figures = number_key(item.order_number)
    if order_figures:
        book.order_prefixes.add(order_prefix)
        book.by_order[order_prefix, order_figures].append(item)
    book.by_tail[tail_key(item.number)].append(item)
    purchase = normal(item.customer_po)
    if len(purchase) >= PO_LENGTH_MIN:
        book.by_po["".join(piece.text for piece in pieces(purchase))].append(item)
    if item.open > 0:
        book.of_group[book.group_of[item.customer_id]][item.invoice_id] = item
        book.by_amount[item.open][item.invoice_id] = item


def blocks(name: str) -> set[str]:
    """Under what a name is filed to be found in spite of a slip: its beginning and its end."""
    return {f"^{name[:BLOCK]}", f"{name[-BLOCK:]}$"} if len(name) > BLOCK else set()


def groups_of_account(book: Book, account: str) -> set[int]:
    """Whose an account is known to be."""
    group = book.accounts.get(account_number(account)) if account else None
    return set() if group is None else {group}


def groups_of_name(book: Book, name: str) -> set[int]:
    """Whose a name is, also when the bank cut it short; no group when it is several customers'."""
    key = name_key(name)
    if len(key) < NAME_LENGTH_MIN and not any("一" <= sign <= "鿿" for sign in key):
        return set()
    found = book.names.get(key) or set()
    if not found and len(key) >= CUT_NAME_MIN:
        longer = {name for name in book.names_by_block.get(f"^{key[:BLOCK]}", ()) if name.startswith(key)}
        found = {group for name in longer for group in book.names[name]}
    return found if len(found) == 1 else set()


def groups_near_name(book: Book, name: str) -> set[int]:
    """Whose a name may be that is misspelt by at most two letters."""
    key = name_key(name)
    if len(key) <= 2 * NAME_SLIPS + 1:
        return set()
    candidates = {known for block in blocks(key) for known in book.names_by_block.get(block, ())}
    return {group for known in candidates if distance_within(key, known, NAME_SLIPS) for group in book.names[known]}


def mentions(book: Book, text: str) -> list[Mention]:
    """What a line's text refers to, each number once, in the text's order."""
    found: dict[str, Mention] = {}
    run = pieces(normal(text))
    place = 0
    while place < len(run):
        mention, length = (mention_at(book, run, place) if run[place].is_number else None) or (None, 1)
        mention = mention or purchase_at(book, run, place)
        if mention is not None:
            found.setdefault(mention.text, mention)
        place += length
    return list(found.values())


def mention_at(book: Book, run: Sequence[Piece], place: int) -> tuple[Mention, int] | None:
    """The number that begins at a piece, as long as it can be, and of how many pieces it is; None where none begins."""
    numbers = joined_numbers(run, place)
    before = word_before(run, place)
    for length, figures in numbers:
        if before in book.order_prefixes and before not in book.prefixes:
            ordered = book.by_order.get((before, figures))
            if ordered:
                return Mention(before + figures, short=list(ordered)), length
        elif figures in book.by_number:
            exact = book.by_number[figures]
            known = before in book.prefixes or before in INVOICE_WORDS or not run[place].follows or is_slip_of_prefix(book, before)
            near = near_items(book, figures)
            return Mention(figures, exact=exact if known else [], short=[] if known else exact, near=near), length
    for length, figures in reversed(numbers):
        near = near_items(book, figures) if len(figures) >= NUMBER_DIGITS_MIN else []
        if near:
            return Mention(figures, near=near), length
    tail = run[place].text.lstrip("0")
    by_tail = book.by_tail.get(tail, []) if len(run[place].text) >= TAIL_DIGITS_MIN else []
    return (Mention(tail, short=list(by_tail)), 1) if by_tail else None


def joined_numbers(run: Sequence[Piece], place: int) -> list[tuple[int, str]]:
    """The numbers that pieces from here on make when they are joined, with how many pieces each takes, the longest first."""
    found = []
    figures = ""
    for length, piece in enumerate(run[place : place + PIECES_OF_A_NUMBER], 1):
        if not piece.is_number:
            break
        figures += piece.text
        found.append((length, figures))
    return found[::-1]


def word_before(run: Sequence[Piece], place: int) -> str:
    """The letters before a number, or an empty text where another number or nothing is."""
    return run[place - 1].text if place and not run[place - 1].is_number else ""


def is_slip_of_prefix(book: Book, word: str) -> bool:
    """Whether a word is the letters of our numbers, misspelt."""
    return any(is_one_slip(word, prefix) for prefix in book.prefixes if len(prefix) > 1)


def near_items(book: Book, figures: str) -> list[Item]:
    """The items whose number is one slip away from these figures."""
    candidates = {number for slip in slips(figures) for number in book.by_slip.get(slip, ())}
    return [item for number in sorted(candidates) if is_one_slip(figures, number) for item in book.by_number[number]]


def purchase_at(book: Book, run: Sequence[Piece], place: int) -> Mention | None:
    """The customer's own order number that begins at a piece, or None."""
    text = ""
    for piece in run[place : place + PIECES_OF_A_NUMBER]:
        text += piece.text
        if len(text) >= PO_LENGTH_MIN and text in book.by_po:
            return Mention(text, short=list(book.by_po[text]))
    return None
