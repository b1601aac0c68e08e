"""MT940 customer statements and MT942 interim reports, as SWIFT lays them down and as banks write them.

Tolerated, because real banks do it: blank lines and blanks inside a field, any header around a message, an entry date left blank, a
reference longer than 16 letters, an amount without its comma. Not tolerated: a field that is missing, twice or unknown, and
balances that do not add up. Source: SWIFT MT940/MT942 message reference guides; the purpose codes ?00 to ?63 of the German banks.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from dinghuo.exchange.bank.errors import Fault
from dinghuo.exchange.bank.purposes import Purpose, purpose
from dinghuo.exchange.bank.texts import storable
from dinghuo.journey.finance.matching.statements import LineDraft, StatementDraft

TAG = re.compile(r":(\d{2}[A-Z]?|NS):(.*)", re.DOTALL)
END = re.compile(r"-(\}.*|[A-Z]{3})?")
KNOWN_TAGS = frozenset(
    [
        "20",
        "21",
        "25",
        "25P",
        "28",
        "28C",
        "34F",
        "13",
        "13D",
        "60F",
        "60M",
        "61",
        "86",
        "62F",
        "62M",
        "64",
        "65",
        "90C",
        "90D",
        "NS",
    ]
)
ONCE = frozenset(["20", "21", "25", "25P", "28", "28C", "60F", "60M", "62F", "62M", "90C", "90D"])
BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})(\d{1,15}(?:,\d{0,3})?)")
TOTAL = re.compile(r"(\d+)([A-Z]{3})(\d{1,15}(?:,\d{0,3})?)")
ENTRY = re.compile(
    r"(?P<valued>\d{6})(?P<entered>\d{4}|\s{4})?(?P<side>R?[CD])(?P<funds>[A-Z])?\s?(?P<amount>\d{1,15}(?:,\d{0,3})?)"
    r"(?P<kind>[A-Z][A-Z0-9]{3})(?P<own>(?:(?!//).)*)(?://(?P<bank>.*))?"
)
IBAN_WITH_CURRENCY = re.compile(r"(.*\d)[A-Z]{3}")
WRAPPED_AT = 64


@dataclass(slots=True)
class Field:
    """A field of a message: its tag, its lines, the row it begins at."""

    row: int
    tag: str
    lines: list[str]

    @property
    def text(self) -> str:
        """The first line, without blanks around it."""
        return self.lines[0].strip()


@dataclass(slots=True)
class Entry:
    """A line of the statement with the texts that follow it."""

    row: int
    line: Field
    texts: list[str] = field(default_factory=list)


def read_mt940(text: str) -> list[StatementDraft]:
    """The statements of a file; raises Fault that names the row."""
    found = [statement_of(message) for message in messages(text)]
    if not found:
        raise Fault("", "there is no message in the file: none begins with :20:")
    return found


def messages(text: str) -> Iterator[list[Field]]:
    """The file's messages, each as its fields in order; what stands outside of one, a bank's header, is passed over."""
    message: list[Field] = []
    for row, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        written = storable(line)
        tag = TAG.fullmatch(written)
        if tag and (tag[1] == "20" or message):
            if tag[1] == "20" and message:
                yield message
                message = []
            message.append(Field(row, tag[1], [tag[2]]))
        elif tag and tag[1] in KNOWN_TAGS:
            raise Fault(f"row {row}", f"field :{tag[1]}: stands outside of a message, which begins with :20:")
        elif message and END.fullmatch(written.rstrip()):
            yield message
            message = []
        elif message:
            message[-1].lines.append(written)
    if message:
        yield message


def statement_of(message: Sequence[Field]) -> StatementDraft:
    """A message as a statement; raises Fault."""
    for each in message:
        if each.tag not in KNOWN_TAGS:
            raise Fault(f"row {each.row}", f"there is no field :{each.tag}: in a statement")
    fields = only_once(message)
    row = message[0].row
    account = fields.get("25") or fields.get("25P")
    opening, closing = fields.get("60F") or fields.get("60M"), fields.get("62F") or fields.get("62M")
    is_interim = "34F" in fields
    needed = {":25:": account} if is_interim else {":25:": account, ":60F:": opening, ":62F:": closing}
    for tag, given in needed.items():
        if given is None:
            raise Fault(f"row {row}", f"the statement that begins here has no field {tag}")
    assert account is not None
    number = fields.get("28C") or fields.get("28")
    opened = None if opening is None else balance(opening)
    closed = None if closing is None else balance(closing)
    currency = opened.currency if opened else currency_of_interim(fields["34F"])
    if opened and closed and opened.currency != closed.currency:
        raise Fault(f"row {row}", f"the statement opens in {opened.currency} and closes in {closed.currency}")
    statement = StatementDraft(
        place=f"row {row}",
        account=account_without_currency(account.text, currency),
        currency=currency,
        lines=[line_of(entry) for entry in entries(message)],
        number=number.text if number else "",
        opened_on=opened.day if opened else None,
        closed_on=closed.day if closed else None,
        opening_amount=opened.amount if opened else None,
        closing_amount=closed.amount if closed else None,
    )
    check_totals(statement, fields)
    return statement


def only_once(message: Sequence[Field]) -> dict[str, Field]:
    """The message's fields by tag; raises Fault for one that must be there once and is there twice."""
    found: dict[str, Field] = {}
    for each in message:
        if each.tag in found and each.tag in ONCE:
            raise Fault(f"row {each.row}", f"field :{each.tag}: is there twice, first in row {found[each.tag].row}")
        found.setdefault(each.tag, each)
    return found


def entries(message: Sequence[Field]) -> list[Entry]:
    """The lines of a statement, each with its texts; a text after the closing balance is about the statement."""
    found: list[Entry] = []
    is_open = True
    for each in message:
        if each.tag in {"62F", "62M"}:
            is_open = False
        elif each.tag == "61":
            found.append(Entry(each.row, each))
            is_open = True
        elif each.tag == "86" and found and is_open:
            found[-1].texts += each.lines
    return found


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance: below zero where the account is overdrawn."""

    amount: Decimal
    currency: str
    day: date


def balance(given: Field) -> Balance:
    """A field :60: or :62: as a balance; raises Fault."""
    found = BALANCE.fullmatch(given.text)
    if found is None:
        raise Fault(f"row {given.row}", f"{given.text!r} is no balance, such as C260302EUR1234,56")
    amount = number_of(found[4])
    return Balance(amount if found[1] == "C" else -amount, found[3], day_of(found[2], given.row))


def number_of(text: str) -> Decimal:
    """An amount with a comma as a decimal."""
    return Decimal(text.replace(",", ".").rstrip("."))


def day_of(text: str, row: int) -> date:
    """A day written YYMMDD; raises Fault for one that the calendar does not have."""
    try:
        return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:6]))
    except ValueError:
        raise Fault(f"row {row}", f"{text} is no day: YYMMDD is wanted") from None


def line_of(entry: Entry) -> LineDraft:
    """A field :61: with its texts as a line; raises Fault."""
    text = entry.line.lines[0].rstrip()
    found = ENTRY.fullmatch(text)
    if found is None:
        raise Fault(f"row {entry.row}", f"{text[:60]!r} is no line of a statement, such as 2603020302C100,00NTRFNONREF")
    valued_on = day_of(found["valued"], entry.row)
    amount = number_of(found["amount"])
    said = purpose_of(entry)
    own = found["own"].strip()
    return LineDraft(
        place=f"row {entry.row}",
        booked_on=booked_on(valued_on, found["entered"] or "", entry.row),
        valued_on=valued_on,
        # A reversed credit takes money away, a reversed debit brings it back.
        amount=amount if found["side"] in {"C", "RD"} else -amount,
        payer=said.payer,
        payer_account=said.account,
        reference=" ".join(part for part in (own if own != "NONREF" else "", said.text) if part),
        bank_reference=(found["bank"] or "").strip(),
        raw="\n".join([text, *entry.line.lines[1:], *entry.texts]),
    )


def purpose_of(entry: Entry) -> Purpose:
    """What the texts of a line say; the lines below :61: itself are the bank's remark."""
    remark = " ".join(" ".join(entry.line.lines[1:]).split())
    said = purpose(joined(entry.texts))
    return Purpose(" ".join(part for part in (said.text, remark) if part), said.payer, said.account)


def joined(lines: Sequence[str]) -> str:
    """A text that was cut into lines: a full line goes on without a blank, a shorter one ended at a word."""
    text = ""
    for line in lines:
        text += line.rstrip("\n") if len(line) >= WRAPPED_AT else line + " "
    return text.strip()


def booked_on(valued_on: date, entered: str, row: int) -> date:
    """The day of entry, written MMDD in the year that lies nearest to the value day; blank: the value day."""
    if not entered.strip():
        return valued_on
    years = {("12", 1): valued_on.year - 1, ("01", 12): valued_on.year + 1}
    year = years.get((entered[:2], valued_on.month), valued_on.year)
    return day_of(f"{year % 100:02}{entered}", row)


def currency_of_interim(given: Field) -> str:
    """The currency of an interim report, which its floor limit names."""
    found = re.match(r"[A-Z]{3}", given.text)
    if found is None:
        raise Fault(f"row {given.row}", f"{given.text!r} is no floor limit, such as EUR0,")
    return found[0]


def account_without_currency(text: str, currency: str) -> str:
    """An account's number; some banks write its currency right behind it."""
    found = IBAN_WITH_CURRENCY.fullmatch(text)
    return found[1] if found and text.endswith(currency) else text


def check_totals(statement: StatementDraft, fields: dict[str, Field]) -> None:
    """Compare an interim report with its own totals of debits and credits; raises Fault."""
    for tag, sign in (("90D", -1), ("90C", 1)):
        if tag not in fields:
            continue
        found = TOTAL.fullmatch(fields[tag].text)
        if found is None:
            raise Fault(f"row {fields[tag].row}", f"{fields[tag].text!r} is no total, such as 3EUR120,00")
        amounts = [line.amount for line in statement.lines if line.amount * sign > 0]
        if len(amounts) != int(found[1]) or abs(sum(amounts, Decimal(0))) != number_of(found[3]):
            place = f"row {fields[tag].row}"
            raise Fault(place, f"the lines do not add up: {len(amounts)} of {abs(sum(amounts))}, not {fields[tag].text}")
