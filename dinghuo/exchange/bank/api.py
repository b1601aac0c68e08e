"""Bank statements over the API: import, lines with what was found for them, what people decide, and the rates."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Query, Router
from pydantic import Field

from dinghuo.exchange.bank.operations import bring_in
from dinghuo.exchange.bank.tables import fault_in_mapping
from dinghuo.journey.finance import bank_queries
from dinghuo.journey.finance.operations import (
    AliasDraft,
    BankAccountDraft,
    LineDecision,
    keep_bank_account,
    match_lines,
    retire_aliases,
    set_aside_lines,
    set_match_policy,
    settle_lines,
    teach_aliases,
    unmatch_lines,
)
from dinghuo.kernel import sql
from dinghuo.kernel.errors import Malformed, Missing, the_only
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.routes import batch_of, route
from dinghuo.reference.wire import (
    Asked,
    Batch,
    BodyId,
    Code,
    Day,
    Facts,
    Flag,
    Id,
    Ids,
    Money,
    Page,
    Paging,
    Rate,
    Reason,
    ShortCode,
    Text,
    page_of,
)

router = Router(tags=["bank"])

State = Literal["waiting", "matched", "set_aside"]
ShortReason = Literal["cash_discount", "bank_fee", "price", "damaged", "missing_goods", "returned", "other"]
# Base64 makes three bytes four; a body has at most 10 MB.
CONTENT_MAX = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class BankAccount:
    """A bank account of the company, with the balance that its last statement closed with."""

    id: int
    code: str
    name: str
    number: str
    currency: str
    mapping: Mapping[str, Any] | None
    is_active: bool
    closed_on: date | None
    closing_amount: Money | None


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What became of a file: `is_known` when it was imported before, and nothing was done."""

    file_id: int
    is_known: bool
    statements: int
    lines: int
    lines_known: int


@dataclass(frozen=True, slots=True)
class BankLine:
    """A bank line; `findings` are the choices that were found for it, each with its invoices, points and reasons."""

    id: int
    account: str
    statement_id: int
    statement: str
    booked_on: date
    valued_on: date
    amount: Money
    currency: str
    payer: str
    payer_account: str
    reference: str
    bank_reference: str
    state: State
    outcome: str
    score: int
    is_automatic: bool
    customer_id: int | None
    customer: str | None
    findings: Facts
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class LineMatch:
    """A match that a line has or had; `payment_ids`, `invoice_numbers` and `amounts` are alike long, an empty number: kept."""

    id: int
    state: str
    outcome: str
    score: int
    is_automatic: bool
    decided_at: datetime | None
    decided_by_id: int | None
    undone_at: datetime | None
    undone_by_id: int | None
    undo_reason: str
    payment_ids: Sequence[int]
    invoice_numbers: Sequence[str]
    amounts: Sequence[Money]


@dataclass(frozen=True, slots=True)
class BankLineInFull(BankLine):
    """A bank line with every match that it ever had, the newest first."""

    matches: list[LineMatch]


@dataclass(frozen=True, slots=True)
class PayerAlias:
    """Whose money comes from an account, or under a name."""

    id: int
    kind: str
    value: str
    customer_id: int
    customer: str
    taught_at: datetime
    taught_by_id: int | None
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class Rates:
    """What became of the money that came in, and the three rates as fractions; definitions in the rules of matching."""

    payments: int
    untouched: int
    by_hand: int
    waiting: int
    set_aside: int
    suggested: int
    ambiguous: int
    invoice_lines: int
    invoice_lines_untouched: int
    automatic: int
    undone: int
    payment_rate: Rate
    invoice_line_rate: Rate
    wrong_match_rate: Rate


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """The version that a change of the match policy made."""

    policy_version: int


class BankLinesWanted(Paging):
    """Which lines to list."""

    account: Code | None = Field(None, description="The bank account's code")
    state: State | None = None
    outcome: Annotated[str, Text(most=20)] | None = None


class RatesWanted(Asked):
    """For which days of booking."""

    from_on: Day
    until_on: Day


class AccountAsked(Asked):
    """A bank account as it is to be; `mapping` says how its CSV and XLSX files are read."""

    code: ShortCode
    name: Annotated[str, Text(most=100, least=1)]
    number: Annotated[str, Text(most=60, least=1)]
    currency: Annotated[str, Text(most=3, least=3, pattern="^[A-Z]{3}$")]
    mapping: dict[str, Any] | None = None
    is_active: Flag = True


class FileAsked(Asked):
    """A file of statements, its bytes as base64; `account` names the bank account that a CSV or XLSX file is of."""

    name: Annotated[str, Text(most=200, least=1)]
    content: Annotated[str, Text(most=CONTENT_MAX)]
    account: Code | None = None


class MatchAsked(Asked):
    """Which lines to match; all that wait when none are named."""

    line_ids: Ids | None = None


class DecisionAsked(Asked):
    """What a line pays: invoices in the order in which they are settled, and whose the rest is.

    `short_reason` opens a dispute over what stays open of the last invoice.
    """

    invoice_ids: Ids | None = None
    customer_id: BodyId | None = None
    short_reason: ShortReason | None = None
    note: Annotated[str, Text(most=300)] = ""
    teach: Flag = True


class CorrectionAsked(DecisionAsked):
    """What a line pays instead of what it was matched with, and why that was wrong."""

    reason: Reason


class WhyAsked(Asked):
    """Why."""

    reason: Reason


class AliasAsked(Asked):
    """Whose an account or a name is."""

    kind: Literal["account", "name"]
    value: Annotated[str, Text(most=200, least=1)]
    customer_id: BodyId


class MatchPolicyAsked(Asked):
    """The settings that differ from the first policy's."""

    settings: dict[str, Any]


@route(router, "GET /bank/accounts", needs="bank.read")
def list_bank_accounts(request: ApiRequest) -> list[BankAccount]:
    """List the company's bank accounts."""
    return [BankAccount(**asdict(row)) for row in bank_queries.bank_accounts(company_id=request.act.company_id)]


@route(router, "POST /bank/accounts", needs="bank.write", status=201)
def put_bank_account(request: ApiRequest, asked: AccountAsked) -> BankAccount:
    """Add a bank account, or change the one of that code."""
    fault = None if asked.mapping is None else fault_in_mapping(asked.mapping)
    if fault:
        raise Malformed(f"{fault}.", column="mapping")
    kept = keep_bank_account(act=request.act, draft=BankAccountDraft(**asked.model_dump()))
    return next(account for account in list_bank_accounts(request) if account.id == kept)


@route(router, "POST /bank/statements", needs="bank.import", status=201)
def import_bank_statements(request: ApiRequest, asked: FileAsked) -> ImportedFile:
    """Import a file of statements: MT940, MT942, CAMT.052, .053, .054, CSV or XLSX. It is taken whole or not at all.

    Refused with `statement_refused` (facts name row or element), `unknown_bank_account`, `other_currency`.
    """
    try:
        raw = base64.b64decode(asked.content, validate=True)
    except binascii.Error as fault:
        raise Malformed("The content is not base64.", column="content") from fault
    done = bring_in(act=request.act, name=asked.name, raw=raw, account=asked.account)
    return ImportedFile(done.file_id, done.is_known, done.statements, done.lines, done.lines_known)


@route(router, "GET /bank/lines", needs="bank.read")
def list_bank_lines(request: ApiRequest, wanted: Query[BankLinesWanted]) -> Page[BankLine]:
    """List bank lines with what became of them, the newest first."""
    asked = wanted.model_dump(include={"account", "state", "outcome"})
    found = bank_queries.bank_lines(company_id=request.act.company_id, before=wanted.before, count=wanted.count, **asked)
    return page_of([BankLine(**asdict(row)) for row in found], wanted)


@route(router, "GET /bank/lines/{bank_line_id}", needs="bank.read")
def get_bank_line(request: ApiRequest, bank_line_id: Id) -> BankLineInFull:
    """Get a bank line with the choices that were found for it and every match that it ever had."""
    return in_full(request, bank_line_id)


@route(router, "POST /bank/match", needs="bank.match")
def match_bank_lines(request: ApiRequest, asked: MatchAsked) -> Batch:
    """Match lines that wait; what is not sure stays waiting as `suggested`, `ambiguous` or `unmatched`."""
    return batch_of(match_lines(act=request.act, line_ids=asked.line_ids))


@route(router, "POST /bank/lines/{bank_line_id}/settle", needs="bank.match")
def settle_bank_line(request: ApiRequest, bank_line_id: Id, asked: DecisionAsked) -> BankLineInFull:
    """Settle invoices with a line that waits, and learn whose its account and name are.

    Refused with `already_matched`, `already_settled`, `not_posted`, `nothing_chosen`.
    """
    the_only(settle_lines(act=request.act, decisions=[decision_of(bank_line_id, asked)]))
    return in_full(request, bank_line_id)


@route(router, "POST /bank/lines/{bank_line_id}/correct", needs="bank.match")
def correct_bank_line(request: ApiRequest, bank_line_id: Id, asked: CorrectionAsked) -> BankLineInFull:
    """Take a line's match back and settle other invoices with it. Refused with `not_matched` and as a settling is."""
    the_only(unmatch_lines(act=request.act, line_ids=[bank_line_id], reason=asked.reason))
    the_only(settle_lines(act=request.act, decisions=[decision_of(bank_line_id, asked)]))
    return in_full(request, bank_line_id)


@route(router, "POST /bank/lines/{bank_line_id}/unmatch", needs="bank.match")
def unmatch_bank_line(request: ApiRequest, bank_line_id: Id, asked: WhyAsked) -> BankLineInFull:
    """Take a line's match back: its payments are reversed, its invoices open again. Refused with `not_matched`."""
    the_only(unmatch_lines(act=request.act, line_ids=[bank_line_id], reason=asked.reason))
    return in_full(request, bank_line_id)


@route(router, "POST /bank/lines/{bank_line_id}/set-aside", needs="bank.match")
def set_bank_line_aside(request: ApiRequest, bank_line_id: Id, asked: WhyAsked) -> BankLineInFull:
    """Say that a line is no customer's money. Refused with `already_matched`."""
    the_only(set_aside_lines(act=request.act, line_ids=[bank_line_id], reason=asked.reason))
    return in_full(request, bank_line_id)


@route(router, "GET /bank/rates", needs="bank.read")
def get_match_rates(request: ApiRequest, wanted: Query[RatesWanted]) -> Rates:
    """Tell the match rates per payment and per invoice line, and the share of automatic matches that were taken back."""
    found = bank_queries.match_rates(company_id=request.act.company_id, from_on=wanted.from_on, until_on=wanted.until_on)
    shares = found.shares()
    return Rates(
        **asdict(found),
        payment_rate=shares["payment_rate"],
        invoice_line_rate=shares["invoice_line_rate"],
        wrong_match_rate=shares["wrong_match_rate"],
    )


@route(router, "GET /bank/payer-aliases", needs="bank.read")
def list_payer_aliases(request: ApiRequest, wanted: Query[Paging]) -> Page[PayerAlias]:
    """List whose accounts and names are known, retired ones as well, the oldest first."""
    asked = {"company_id": request.act.company_id, "after": wanted.after, "count": wanted.count}
    return page_of(sql.rows("finance/payer_aliases_after", PayerAlias, **asked), wanted)


@route(router, "POST /bank/payer-aliases", needs="bank.match", status=201)
def teach_payer_alias(request: ApiRequest, asked: AliasAsked) -> Batch:
    """Say whose an account or a name is; what was known of it before is retired. Refused with `unknown_customer`."""
    outcomes = teach_aliases(act=request.act, aliases=[AliasDraft(asked.kind, asked.value, asked.customer_id)])
    the_only(outcomes)
    return batch_of(outcomes)


@route(router, "POST /bank/payer-aliases/{payer_alias_id}/retire", needs="bank.match")
def retire_payer_alias(request: ApiRequest, payer_alias_id: Id) -> Batch:
    """Forget whose an account or a name is. Refused with `already_retired`."""
    outcomes = retire_aliases(act=request.act, alias_ids=[payer_alias_id])
    the_only(outcomes)
    return batch_of(outcomes)


@route(router, "POST /bank/match-policy", needs="bank.write", status=201)
def put_match_policy(request: ApiRequest, asked: MatchPolicyAsked) -> PolicyVersion:
    """Put a new version of the match policy in force."""
    return PolicyVersion(set_match_policy(act=request.act, settings=asked.settings))


def decision_of(line_id: int, asked: DecisionAsked) -> LineDecision:
    """What was asked, as the operation takes it."""
    return LineDecision(
        line_id, tuple(asked.invoice_ids or ()), asked.customer_id, asked.short_reason, asked.note, teach=asked.teach
    )


def in_full(request: ApiRequest, line_id: int) -> BankLineInFull:
    """A line with its matches; raises Missing."""
    line = bank_queries.bank_line(company_id=request.act.company_id, line_id=line_id)
    if line is None:
        raise Missing("There is no such bank line.", id=line_id)
    found = bank_queries.matches_of_line(company_id=request.act.company_id, line_id=line_id)
    return BankLineInFull(**asdict(line), matches=[LineMatch(**asdict(each)) for each in found])
