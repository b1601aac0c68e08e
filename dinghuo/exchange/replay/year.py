"""What an Online Retail file says, put in order for a replay: customers, products, and each day's documents."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median_low

from dinghuo.exchange.online_retail.classify import (
    CHARGE_RULES,
    CREDIT_DOCUMENT,
    LineOutcome,
    Treatment,
    charge_kind,
)
from dinghuo.exchange.online_retail.errors import FileRefused
from dinghuo.exchange.online_retail.rows import SourceRow, open_source
from dinghuo.exchange.online_retail.totals import FileTotals, Tally

CODE_MAX = 40
DOCUMENT_MAX = 60
WALK_IN = "walk-in"
PRICE_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a document: quantity in pieces, signed as in the file; `kind` is a charge's kind, else empty."""

    row_number: int
    product: str
    quantity: int
    unit_price: Decimal
    kind: str = ""
    description: str = ""


@dataclass(slots=True)
class Document:
    """The lines of one document and one account, by what becomes of them."""

    number: str
    account: str
    first_moment: datetime
    sold: list[Line] = field(default_factory=list)
    charges: list[Line] = field(default_factory=list)
    entries: list[Line] = field(default_factory=list)
    returned: list[Line] = field(default_factory=list)
    adjusted: list[Line] = field(default_factory=list)

    @property
    def is_credit(self) -> bool:
        """Whether its charges belong on a credit note."""
        return self.number.startswith(CREDIT_DOCUMENT) and not self.sold


@dataclass(slots=True)
class Account:
    """A customer of the file, or the walk-in account of a country; amounts are of sold lines, before tax."""

    code: str
    country: str
    is_walk_in: bool
    turnover: Decimal = Decimal(0)
    largest_order: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Article:
    """A product of the file: codes that differ only in letter case are one, the most frequent description names it."""

    code: str
    name: str
    median_price: Decimal


@dataclass(frozen=True, slots=True)
class Year:
    """All that a replay needs of a file."""

    file_name: str
    file_sha256: str
    totals: FileTotals
    accounts: Mapping[str, Account]
    articles: Mapping[str, Article]
    days: Mapping[date, Sequence[Document]]
    demand: Mapping[tuple[str, date], int]

    @property
    def first_day(self) -> date:
        """The day of the first document."""
        return min(self.days)

    @property
    def last_day(self) -> date:
        """The day of the last document."""
        return max(self.days)


FORTNIGHT = timedelta(days=14)


def read_year(path: Path, until: date | None) -> Year:
    """Read the whole file; raises FileRefused for the first thing wrong, before anything is written."""
    digest = sha256_of(path)
    gathering = Gathering(path.name)
    for row in open_source(path).rows:
        if until is None or row.moment.date() <= until:
            gathering.add(row)
    if not gathering.documents:
        raise FileRefused(path.name, f"it has no line on or before {until}")
    return gathering.year(digest)


def sha256_of(path: Path) -> str:
    """The file's SHA-256, which tells a later run whether it is the same file; empty for one that cannot be opened."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        # The reader names what is wrong with the file in its own sentence.
        return ""


class Gathering:
    """A year in the making: keeps each distinct text once, since half a million lines repeat a few thousand."""

    def __init__(self, file_name: str) -> None:
        self.file_name = file_name
        self.tally = Tally()
        self.documents: dict[tuple[str, str], Document] = {}
        self._texts: dict[str, str] = {}
        self._descriptions: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._prices: defaultdict[str, Counter[Decimal]] = defaultdict(Counter)
        self._countries: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def add(self, row: SourceRow) -> None:
        """Put a line into its document by its outcome."""
        outcome = self.tally.add(row)
        if outcome is LineOutcome.REJECTED:
            return
        self._refuse_long_keys(row)
        account = self._once(row.customer or f"{WALK_IN} {row.country}".strip())
        self._countries[account][self._once(row.country)] += 1
        document = self._document(row, account)
        if outcome is LineOutcome.CHARGED:
            self._add_charge(document, row)
            return
        code = self._once(row.code.upper())
        if row.description:
            self._descriptions[code][self._once(row.description)] += 1
        line = Line(row.row_number, code, row.quantity, row.unit_price)
        if outcome is LineOutcome.SOLD:
            document.sold.append(line)
            if row.unit_price > 0:
                self._prices[code][row.unit_price] += 1
        elif outcome is LineOutcome.RETURNED:
            document.returned.append(line)
        else:
            document.adjusted.append(line)
        self._prices.setdefault(code, Counter())

    def year(self, digest: str) -> Year:
        """What was gathered, in order."""
        days: defaultdict[date, list[Document]] = defaultdict(list)
        for document in sorted(self.documents.values(), key=lambda each: (each.first_moment, each.number)):
            days[document.first_moment.date()].append(document)
        return Year(
            file_name=self.file_name,
            file_sha256=digest,
            totals=self.tally.totals(),
            accounts=self._accounts(),
            articles={code: self._article(code) for code in sorted(self._prices)},
            days=days,
            demand=demand(days, min(days)),
        )

    def _document(self, row: SourceRow, account: str) -> Document:
        key = (row.document, account)
        found = self.documents.get(key)
        if found is None:
            found = self.documents[key] = Document(self._once(row.document), account, row.moment)
        elif row.moment < found.first_moment:
            found.first_moment = row.moment
        return found

    def _add_charge(self, document: Document, row: SourceRow) -> None:
        kind = charge_kind(row)
        line = Line(row.row_number, row.code, row.quantity, row.unit_price, kind.value, self._once(row.description))
        is_entry = CHARGE_RULES[kind].treatment is Treatment.JOURNAL
        (document.entries if is_entry else document.charges).append(line)

    def _accounts(self) -> dict[str, Account]:
        found = {}
        for code, countries in sorted(self._countries.items()):
            country = most_frequent(countries)
            found[code] = Account(code, country, is_walk_in=code.startswith(WALK_IN))
        for document in self.documents.values():
            value = sum((line.quantity * line.unit_price for line in document.sold), Decimal(0))
            account = found[document.account]
            account.turnover += value
            account.largest_order = max(account.largest_order, value)
        return found

    def _article(self, code: str) -> Article:
        descriptions = self._descriptions[code]
        name = most_frequent(descriptions) if descriptions else code
        prices = self._prices[code]
        return Article(code, name, median_low(prices.elements()) if prices else Decimal(0))

    def _once(self, text: str) -> str:
        return self._texts.setdefault(text, text)

    def _refuse_long_keys(self, row: SourceRow) -> None:
        for column, value, length in (
            ("InvoiceNo", row.document, DOCUMENT_MAX),
            ("CustomerID", row.customer, CODE_MAX),
            ("Country", row.country, CODE_MAX - len(WALK_IN) - 1),
        ):
            if len(value) > length:
                problem = f"has {len(value)} characters, more than {length}"
                raise FileRefused(self.file_name, problem, row=row.row_number, column=column)
        if -int(row.unit_price.as_tuple().exponent) > PRICE_DECIMALS:
            raise FileRefused(self.file_name, f"{row.unit_price} has more than 6 decimals", row=row.row_number, column="UnitPrice")


def most_frequent(texts: Counter[str]) -> str:
    """The most frequent text; of several the first by name, so that the answer does not hang on the order of lines."""
    return min(texts, key=lambda text: (-texts[text], text))


def demand(days: Mapping[date, Sequence[Document]], first_day: date) -> dict[tuple[str, date], int]:
    """Pieces that leave stock, by product and fortnight (named by its first day): sales and write-offs."""
    found: Counter[tuple[str, date]] = Counter()
    for day, documents in days.items():
        start = first_day + (day - first_day) // FORTNIGHT * FORTNIGHT
        for line in leaving(documents):
            found[line.product, start] += abs(line.quantity)
    return dict(found)


def leaving(documents: Sequence[Document]) -> Iterator[Line]:
    """The lines by which goods leave stock."""
    for document in documents:
        yield from document.sold
        yield from document.adjusted
