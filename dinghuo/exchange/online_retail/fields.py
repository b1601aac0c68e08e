"""One field of a file as a value: whole numbers, prices, moments, customers.

Strict on purpose: a number or date that could be read in two ways is refused, never guessed. Each function is called
half a million times for a year of trade, mostly with texts it has seen before, hence the caches; each is bounded.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

from dinghuo.exchange.online_retail.errors import BadValue, shown

WHOLE_NUMBER = re.compile(r"-?[0-9]{1,9}")
LONG_WHOLE_NUMBER = re.compile(r"-?[0-9]{10,}")
PRICE = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,6})?")
LONG_DECIMAL = re.compile(r"-?[0-9]{1,9}\.[0-9]{7,}")
LONG_PRICE = re.compile(r"-?[0-9]{10,}(?:\.[0-9]+)?")
ISO_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2})?")
SLASH_MOMENT = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}) ([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
SERIAL_MOMENT = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,20})?")
# 13085.0: a column with gaps became one of binary fractions on its way through a spreadsheet.
FLOAT_CUSTOMER = re.compile(r"([0-9]+)\.0+")

# Excel counts a 29 February 1900 that never was; from serial 61 on, its day 0 is 30 December 1899.
FIRST_SERIAL = Decimal(61)
EPOCH_1900 = datetime.fromisoformat("1899-12-30")
EPOCH_1904 = datetime.fromisoformat("1904-01-01")
SECONDS_A_DAY = 86_400
FIRST_YEAR, LAST_YEAR = 1900, 2199
PRICE_STEP = Decimal("0.000001")
CACHED_TEXTS = 65_536


@lru_cache(maxsize=CACHED_TEXTS)
def whole_number(text: str) -> int:
    """A quantity of at most nine digits, in pieces; raises BadValue for anything else, `12.0` and `1e5` included."""
    if WHOLE_NUMBER.fullmatch(text):
        return int(text)
    if LONG_WHOLE_NUMBER.fullmatch(text):
        raise BadValue("Quantity", f"{shown(text)} has more than 9 digits")
    raise BadValue("Quantity", f"{shown(text)} is not a whole number")


@lru_cache(maxsize=CACHED_TEXTS)
def written_price(text: str) -> Decimal:
    """A unit price exactly as written, with at most 9 digits before and 6 behind the point; else raises BadValue."""
    if PRICE.fullmatch(text):
        return Decimal(text)
    if LONG_PRICE.fullmatch(text):
        raise BadValue("UnitPrice", f"{shown(text)} has more than 9 digits before the point")
    if LONG_DECIMAL.fullmatch(text):
        raise BadValue("UnitPrice", f"{shown(text)} has more than 6 decimals")
    raise BadValue("UnitPrice", f"{shown(text)} is not a number")


@lru_cache(maxsize=CACHED_TEXTS)
def stored_price(text: str) -> Decimal:
    """A unit price that a workbook holds as a binary fraction, rounded half to even to 6 decimals; raises BadValue.

    6.949999999999999 in the file was typed as 6.95: such digits are the machine's, and no price list has them.
    """
    # Rounding alone would write 0.300000 for 0.3: the zeros are no digits of the file.
    if LONG_DECIMAL.fullmatch(text):
        text = format(Decimal(text).quantize(PRICE_STEP, rounding=ROUND_HALF_EVEN), "f").rstrip("0").rstrip(".")
    return written_price(text)


@lru_cache(maxsize=CACHED_TEXTS)
def customer_number(text: str) -> str:
    """A customer's number without the `.0` that spreadsheets append; empty when the line names nobody."""
    number = text.strip()
    as_float = FLOAT_CUSTOMER.fullmatch(number)
    return as_float.group(1) if as_float else number


def bad_moment(problem: str) -> BadValue:
    """The refusal of a date."""
    return BadValue("InvoiceDate", problem)


def existing_moment(iso: str, *, written: str) -> datetime:
    """The moment of `YYYY-MM-DD HH:MM[:SS]`; raises BadValue, quoting what the file has, if it does not exist."""
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        raise bad_moment(f"{shown(written)} is not a day and time that exists") from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise bad_moment(f"{shown(written)} lies outside the years {FIRST_YEAR} to {LAST_YEAR}")
    return moment


def serial_moment(text: str, epoch: datetime) -> datetime:
    """The moment of a spreadsheet's day number, to the second; raises BadValue outside 1900 to 2199."""
    serial = Decimal(text)
    if epoch == EPOCH_1900 and serial < FIRST_SERIAL:
        raise bad_moment(f"{shown(text)} is not a date")
    try:
        moment = epoch + timedelta(seconds=int((serial * SECONDS_A_DAY).to_integral_value(ROUND_HALF_EVEN)))
    except OverflowError:
        raise bad_moment(f"{shown(text)} is not a date") from None
    return existing_moment(moment.isoformat(sep=" "), written=text)


class Moments:
    """The moments of one file, cached; knows whether its dates with slashes put the day or the month first.

    `all_texts` gives every date text of the file. It is called once, when the first date with slashes is met: no row
    says which order it means, but the whole file nearly always does (13/1 can only be a January). `epoch` is that of
    a workbook's day numbers; None means that numbers are no dates, as in text files.
    """

    def __init__(self, all_texts: Callable[[], Iterable[str]], epoch: datetime | None = None) -> None:
        self._all_texts = all_texts
        self._epoch = epoch
        self._day_first: bool | None = None
        self.read = lru_cache(maxsize=CACHED_TEXTS)(self._read)

    def _read(self, text: str) -> datetime:
        if ISO_MOMENT.fullmatch(text):
            return existing_moment(text, written=text)
        # The order of day and month is asked for only when such a date is met; most files hold none.
        slashes = SLASH_MOMENT.fullmatch(text)
        if slashes:
            first, second, year, hour, minute, seconds = slashes.groups(default="00")
            day, month = (first, second) if self._day_is_first(text) else (second, first)
            return existing_moment(f"{year}-{month:0>2}-{day:0>2} {hour:0>2}:{minute}:{seconds}", written=text)
        if self._epoch is not None and SERIAL_MOMENT.fullmatch(text):
            return serial_moment(text, self._epoch)
        raise bad_moment(f"{shown(text)} is not a date and time like 2010-12-31 08:45")

    def _day_is_first(self, text: str) -> bool:
        if self._day_first is None:
            self._day_first = day_comes_first(self._all_texts(), text)
        return self._day_first


def day_comes_first(texts: Iterable[str], asked: str) -> bool:
    """Whether dates with slashes are day/month (True) or month/day (False), by those that can be only one of them.

    Raises BadValue when no date decides it, or when two contradict each other. `asked` is the date that raised the
    question.
    """
    only_day_first, only_month_first = "", ""
    for text in texts:
        slashes = SLASH_MOMENT.fullmatch(text)
        if slashes is None:
            continue
        if int(slashes.group(1)) > 12:
            only_day_first = only_day_first or text
        elif int(slashes.group(2)) > 12:
            only_month_first = only_month_first or text
    if only_day_first and only_month_first:
        raise bad_moment(f"the day comes first in {shown(only_day_first)} and the month in {shown(only_month_first)}")
    if not only_day_first and not only_month_first:
        problem = "may put the day or the month first, and no date in the file tells which; write 2010-12-31 08:45"
        raise bad_moment(f"{shown(asked)} {problem}")
    return bool(only_day_first)
