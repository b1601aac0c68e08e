"""How values travel over the API: decimals as strings, dates as ISO text, lists as pages, refusals in one shape.

Input is checked here, before anything is asked of the database: no NaN, no exponent, no digit too many, no text that a database
cannot hold. The limits below are part of the API's contract.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema

T = TypeVar("T")

BODY_BYTES_MAX: Final = 10 * 1024 * 1024
PAGE_MAX: Final = 200
PAGE_USUAL: Final = 50
BATCH_MAX: Final = 1_000
LINES_MAX: Final = 5_000
ID_MAX: Final = 2**63 - 1

EARLIEST: Final = date(2000, 1, 1)
LATEST: Final = date(2199, 12, 31)


@dataclass(frozen=True, slots=True)
class Exact:
    """A decimal that travels as text, with at most so many digits before and after the point.

    A JSON number is refused, since it may have lost digits on its way.
    """

    places: int
    digits: int = 12
    signed: bool = False
    above_zero: bool = False

    @property
    def pattern(self) -> str:
        """The form of the text, as a regular expression."""
        return rf"{'-?' if self.signed else ''}[0-9]{{1,{self.digits}}}(\.[0-9]{{1,{self.places}}})?"

    def read(self, value: object) -> Decimal:
        """The decimal that a text of this form stands for; raises ValueError for any other."""
        if not isinstance(value, str) or not re.fullmatch(self.pattern, value):
            raise ValueError(f"must be a decimal of at most {self.digits} digits and {self.places} decimals, written as a string")
        if self.above_zero and not Decimal(value):
            raise ValueError("must be more than zero")
        return Decimal(value)

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """How pydantic reads and writes it."""
        written = core_schema.plain_serializer_function_ser_schema(plain, when_used="json")
        return core_schema.no_info_plain_validator_function(self.read, serialization=written)

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """How the OpenAPI document describes it."""
        return {"type": "string", "pattern": f"^{self.pattern}$", "examples": ["12.5"]}


def plain(value: Decimal) -> str:
    """A decimal as text, without an exponent."""
    return format(value, "f")


def storable(value: str) -> str:
    """The text, if a database can hold it: no NUL, no half of a surrogate pair."""
    if "\x00" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
        raise ValueError("must not hold NUL or half of a surrogate pair")
    return value


@dataclass(frozen=True, slots=True)
class Text:
    """A text of at most so many characters that a database can hold."""

    most: int
    least: int = 0
    pattern: str | None = None

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """How pydantic reads it."""
        form = core_schema.str_schema(strict=True, min_length=self.least, max_length=self.most, pattern=self.pattern)
        return core_schema.no_info_after_validator_function(storable, form)


def within_reach(value: date) -> date:
    """The day, if it is one that orders are made for."""
    if not EARLIEST <= value <= LATEST:
        raise ValueError(f"must be between {EARLIEST} and {LATEST}")
    return value


def below_one(value: Decimal) -> Decimal:
    """The share, if it is less than the whole."""
    if value >= 1:
        raise ValueError("must be below 1")
    return value


Quantity = Annotated[Decimal, Exact(places=3)]
"""A quantity in stock units, zero or more."""
SomeQuantity = Annotated[Decimal, Exact(places=3, above_zero=True)]
"""A quantity in stock units, more than zero."""
SignedQuantity = Annotated[Decimal, Exact(places=3, signed=True)]
"""A quantity in stock units that may be negative: a correction, or what is credited."""
Price = Annotated[Decimal, Exact(places=6)]
"""The price of one stock unit."""
ChargePrice = Annotated[Decimal, Exact(places=6, signed=True)]
"""The price of a charge; a discount's is negative."""
Money = Annotated[Decimal, Exact(places=3, digits=15, signed=True)]
"""An amount in its currency, with as many decimals as the currency has."""
SomeMoney = Annotated[Decimal, Exact(places=3, above_zero=True)]
"""An amount in its currency, more than zero."""
Limit = Annotated[Decimal, Exact(places=3)]
"""An amount in company currency, zero or more."""
Rate = Annotated[Decimal, Exact(places=4, digits=1)]
"""A tax rate as a fraction: 0.13 is 13 %."""
Share = Annotated[Decimal, Exact(places=4, digits=1), AfterValidator(below_one)]
"""A part of a whole, below 1: a cash discount."""
Weight = Annotated[Decimal, Exact(places=3, digits=7)]
"""A weight in kilograms."""

Id = Annotated[int, Field(ge=1, le=ID_MAX)]
"""An id in an address or a query, where all is text."""
BodyId = Annotated[int, Field(strict=True, ge=1, le=ID_MAX)]
Ids = Annotated[list[BodyId], Field(min_length=1, max_length=BATCH_MAX)]
Flag = Annotated[bool, Field(strict=True)]
Day = Annotated[date, AfterValidator(within_reach)]
Code = Annotated[str, Text(most=40, least=1, pattern=r"^[^\s\x00-\x1f\x7f]+$")]
ShortCode = Annotated[str, Text(most=20, least=1, pattern=r"^[^\s\x00-\x1f\x7f]+$")]
Country = Annotated[str, Text(most=2, least=2, pattern=r"^[A-Z]{2}$")]
Reason = Annotated[str, Text(most=300, least=1)]
Reference = Annotated[str, Text(most=80, least=1)]
Name = Annotated[str, Text(most=200, least=1)]
Label = Annotated[str, Text(most=40)]
Title = Annotated[str, Text(most=200)]
Note = Annotated[str, Text(most=300)]
Facts = dict[str, Any]


class Asked(BaseModel):
    """What a caller sends: a field that is not known is a mistake and is told as one."""

    model_config = ConfigDict(extra="forbid")


class Paging(BaseModel):
    """Which part of a list is wanted: what follows a cursor, and how many at most."""

    cursor: Annotated[str, Field(pattern=r"^[0-9]{1,18}$")] | None = Field(None, description="`next` of the page before")
    limit: int = Field(PAGE_USUAL, ge=1, le=PAGE_MAX)

    @property
    def before(self) -> int:
        """Where a list that shows the newest first goes on."""
        return ID_MAX if self.cursor is None else int(self.cursor)

    @property
    def after(self) -> int:
        """Where a list that shows the oldest first goes on."""
        return int(self.cursor or 0)

    @property
    def count(self) -> int:
        """How many rows to read: one more than wanted tells whether there is another page."""
        return self.limit + 1


class Page(BaseModel, Generic[T]):
    """Some rows of a list; `next` leads to those after them and is null at the end."""

    items: list[T]
    next: str | None


def page_of(rows: Sequence[T], paging: Paging) -> Page[T]:
    """Cut a page from rows that were read with one more than its limit."""
    shown = list(rows[: paging.limit])
    last: Any = shown[-1] if len(rows) > paging.limit else None
    return Page(items=shown, next=None if last is None else str(last.id))


class Problem(BaseModel):
    """Why something was not done: a stable code for programs, a sentence for people, the facts behind both."""

    code: str = Field(examples=["version_conflict"])
    message: str = Field(examples=["Version conflict."])
    facts: Facts = Field(examples=[{"version": 3, "yours": 2}])


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one item of a batch: `code` is done or the reason why not, `document_id` what was made of it."""

    id: int
    code: str
    document_id: int | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of a batch: how many were done and refused, and at most 1,000 results, the refused ones first."""

    done: int
    refused: int
    results: list[Result]
