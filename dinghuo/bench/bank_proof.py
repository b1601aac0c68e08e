"""The test bank: made-up payments go the whole way, from a bank's file to settled invoices, and are compared with the truth."""

import random
import secrets
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from django.db import transaction

from dinghuo.bench.bank_payments import Paid, payments
from dinghuo.bench.bank_world import Bill, Debtor, bills, debtors
from dinghuo.exchange.bank.reading import read_statements
from dinghuo.journey.finance.operations import (
    AliasDraft,
    BankAccountDraft,
    draft_charge_documents,
    import_statements,
    install_accounts,
    keep_bank_account,
    match_lines,
    post_invoices,
    teach_aliases,
)
from dinghuo.journey.finance.rules import ChargeDocumentDraft, ChargeLineDraft
from dinghuo.kernel import sql
from dinghuo.kernel.tenancy import Act, acting_for
from dinghuo.reference.models import Company, Customer

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ACCOUNTS = {"CNY": "CN0099990001", "EUR": "CN0099990002"}
CUSTOMERS_PER_INVOICE = 10
POSTED_AT_ONCE = 2_000
UNDECIDABLE = frozenset({"double", "foreign", "stranger"})
MATCHED_WANTED = Decimal("0.95")
WRONG_ALLOWED = Decimal("0.001")
SECONDS_ALLOWED = 60


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a proof is, and its seed."""

    payments: int = 10_000
    invoices: int = 20_000
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """What became of a payment: one row for each invoice it settled, or one without."""

    bank_reference: str
    state: str
    outcome: str
    is_automatic: bool
    invoice_id: int | None
    amount: Decimal | None


@dataclass(slots=True)
class Proof:
    """What a proof found. Shares are of all payments; `wrong` of those matched."""

    shape: Shape
    seconds: dict[str, float] = field(default_factory=dict)
    kinds: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(Counter))
    matched: int = 0
    wrong: int = 0
    decidable: int = 0
    mistakes: list[str] = field(default_factory=list)

    @property
    def rate(self) -> Decimal:
        """The share of payments matched untouched."""
        return Decimal(self.matched) / self.shape.payments

    @property
    def wrong_rate(self) -> Decimal:
        """The share of those matched that settled something else than the truth."""
        return Decimal(self.wrong) / max(self.matched, 1)

    @property
    def total_seconds(self) -> float:
        """From the file's bytes to the last payment booked."""
        return self.seconds["read"] + self.seconds["import"] + self.seconds["match"]

    @property
    def holds(self) -> bool:
        """Whether it keeps what is promised."""
        return self.rate >= MATCHED_WANTED and self.wrong_rate <= WRONG_ALLOWED and self.total_seconds < SECONDS_ALLOWED


def prove(shape: Shape, tell: Callable[[str], None]) -> Proof:
    """Make a company, its invoices and its payments; import and match them; compare with the truth."""
    chance = random.Random(shape.seed)
    proof = Proof(shape)
    owing = debtors(chance, shape.invoices // CUSTOMERS_PER_INVOICE)
    owed = bills(chance, owing, shape.invoices)
    tell(f"posting {shape.invoices:,} invoices of {len(owing):,} customers")
    company = Company.objects.create(code=f"bank-{secrets.token_hex(3)}", name="Test bank", currency_id="CNY", is_generated=True)
    act = Act(company_id=company.id, at=NOW, on=TODAY)
    with acting_for(company.id):
        customer_ids = make_customers(act, owing)
        numbers, invoice_ids = post_bills(act, owed, customer_ids)
        made = payments(chance, owing, owed, numbers, shape.payments)
        raw = as_camt(made)
        tell(f"importing and matching {len(made):,} payments, a file of {len(raw):,} bytes")
        pay(act, raw, proof)
        with transaction.atomic():
            found = sql.rows("exchange/bank_proof", Found, company_id=act.company_id)
    compare(proof, made, found, {invoice_id: place for place, invoice_id in enumerate(invoice_ids)})
    return proof


def make_customers(act: Act, owing: Sequence[Debtor]) -> list[int]:
    """Write the customers, the accounts that are known, and the company's own; returns the customers' ids by place."""
    with transaction.atomic():
        install_accounts(act=act)
        rows = [
            Customer(company_id=act.company_id, code=f"C{debtor.place:05}", name=debtor.name, country_id="CN", is_generated=True)
            for debtor in owing
        ]
        ids = [row.pk for row in Customer.objects.bulk_create(rows)]
        for debtor in owing:
            if debtor.head != debtor.place:
                Customer.objects.filter(company_id=act.company_id, id=ids[debtor.place]).update(parent_id=ids[debtor.head])
        for currency, number in ACCOUNTS.items():
            keep_bank_account(act=act, draft=BankAccountDraft(currency, f"Bank {currency}", number, currency))
        known = [AliasDraft("account", debtor.account, ids[debtor.place]) for debtor in owing if debtor.is_account_known]
        teach_aliases(act=act, aliases=known)
    return ids


def post_bills(act: Act, owed: Sequence[Bill], customer_ids: Sequence[int]) -> tuple[list[str], list[int]]:
    """Draft and post the invoices; returns their numbers and ids by place."""
    numbers: list[str] = []
    ids: list[int] = []
    for start in range(0, len(owed), POSTED_AT_ONCE):
        drafts = [
            ChargeDocumentDraft(
                customer_id=customer_ids[bill.debtor],
                external_ref=None,
                issued_on=TODAY,
                lines=[ChargeLineDraft("manual", "Goods", Decimal(1), Decimal(bill.cents).scaleb(-2))],
            )
            for bill in owed[start : start + POSTED_AT_ONCE]
        ]
        made = [outcome.document_id or 0 for outcome in draft_charge_documents(act=act, drafts=drafts)]
        posted = {outcome.id: str(outcome.facts["number"]) for outcome in post_invoices(act=act, invoice_ids=made)}
        ids += made
        numbers += [posted[invoice_id] for invoice_id in made]
    return numbers, ids


def pay(act: Act, raw: bytes, proof: Proof) -> None:
    """Read, import and match a file, each timed."""
    with timed(proof, "read"):
        file = read_statements("statement.xml", raw)
    with timed(proof, "import"):
        import_statements(act=act, file=file)
    with timed(proof, "match"):
        match_lines(act=act)


@contextmanager
def timed(proof: Proof, step: str) -> Iterator[None]:
    """Measure a step in seconds."""
    start = time.perf_counter()
    yield
    proof.seconds[step] = time.perf_counter() - start


def as_camt(made: Sequence[Paid]) -> bytes:
    """The payments as a bank sends them: a CAMT.053 statement for each currency."""
    statements = []
    for currency, number in ACCOUNTS.items():
        own = [paid for paid in made if paid.currency == currency]
        total = sum(paid.cents for paid in own)
        entries = "".join(entry(paid) for paid in own)
        statements.append(
            f"<Stmt><Id>{currency}-1</Id><ElctrncSeqNb>1</ElctrncSeqNb><Acct><Id><Othr><Id>{number}</Id></Othr></Id>"
            f"<Ccy>{currency}</Ccy></Acct>{balance('OPBD', 0, currency)}{balance('CLBD', total, currency)}{entries}</Stmt>"
        )
    head = '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
    return f"{head}{''.join(statements)}</BkToCstmrStmt></Document>".encode()


def balance(code: str, cents: int, currency: str) -> str:
    """A balance of a statement."""
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{money(cents)}</Amt>'
        f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{TODAY}</Dt></Dt></Bal>"
    )


def entry(paid: Paid) -> str:
    """A payment as an entry; its bank reference leads back to the truth."""
    day = TODAY + timedelta(paid.day)
    text = f"<RmtInf><Ustrd>{escape(paid.text)}</Ustrd></RmtInf>" if paid.text else ""
    return (
        f'<Ntry><Amt Ccy="{paid.currency}">{money(paid.cents)}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><Dt>{day}</Dt></BookgDt><NtryDtls><TxDtls><Refs><AcctSvcrRef>T{paid.place}</AcctSvcrRef></Refs>"
        f"<RltdPties><Dbtr><Pty><Nm>{escape(paid.payer)}</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>{paid.account}</IBAN></Id></DbtrAcct>"
        f"</RltdPties>{text}</TxDtls></NtryDtls></Ntry>"
    )


def money(cents: int) -> str:
    """Cents as an amount."""
    return f"{Decimal(cents).scaleb(-2):f}"


def compare(proof: Proof, made: Sequence[Paid], found: Sequence[Found], places: Mapping[int, int]) -> None:
    """Count what was matched, and what wrongly: anything but the invoices and amounts of the truth."""
    settled: dict[int, dict[int, int]] = defaultdict(dict)
    outcomes: dict[int, str] = {}
    for row in found:
        place = int(row.bank_reference[1:])
        outcomes[place] = "matched" if row.is_automatic else row.outcome
        if row.is_automatic and row.invoice_id is not None and row.amount is not None:
            settled[place][places[row.invoice_id]] = int(row.amount.scaleb(2))
    first_of = {tuple(paid.truth): paid for paid in made if paid.kind == "plain"}
    for paid in made:
        outcome = outcomes[paid.place]
        proof.decidable += paid.kind not in UNDECIDABLE
        if outcome == "matched":
            proof.matched += 1
            is_right = settled[paid.place] == paid.truth or is_first(paid, settled, first_of)
            outcome = "right" if is_right else "wrong"
            if not is_right:
                proof.wrong += 1
                proof.mistakes.append(f"{paid.kind} {paid.text!r} settled {settled[paid.place]}, not {paid.truth}")
        proof.kinds[paid.kind][outcome] += 1


def is_first(paid: Paid, settled: Mapping[int, Mapping[int, int]], first_of: Mapping[tuple[int, ...], Paid]) -> bool:
    """Whether of two payments of one invoice the second was matched, whole, while the first waits: either may be the one."""
    first = first_of.get(tuple(settled[paid.place]))
    is_same = first is not None and first.truth == settled[paid.place]
    return paid.kind == "double" and is_same and first is not None and not settled.get(first.place)


def as_data(proof: Proof) -> dict[str, Any]:
    """A proof for programs."""
    return {
        "shape": asdict(proof.shape),
        "seconds": {step: round(seconds, 2) for step, seconds in proof.seconds.items()},
        "total_seconds": round(proof.total_seconds, 2),
        "matched": proof.matched,
        "matched_rate": f"{proof.rate:.4f}",
        "wrong": proof.wrong,
        "wrong_rate": f"{proof.wrong_rate:.5f}",
        "decidable": proof.decidable,
        "kinds": {kind: dict(counts) for kind, counts in sorted(proof.kinds.items())},
        "mistakes": proof.mistakes[:20],
        "holds": proof.holds,
    }


def as_text(proof: Proof) -> list[str]:
    """A proof for people."""
    steps = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in proof.seconds.items())
    columns = ("right", "wrong", "suggested", "ambiguous", "unmatched", "other_currency")
    lines = [
        f"{proof.shape.payments:,} payments against {proof.shape.invoices:,} open invoices, seed {proof.shape.seed}",
        f"matched untouched {proof.matched:,} ({proof.rate:.2%}), of {proof.decidable:,} that name or fit a debt",
        f"wrong {proof.wrong:,} ({proof.wrong_rate:.3%} of those matched)",
        f"{proof.total_seconds:.1f} s: {steps}",
        "",
        "kind".ljust(10) + "".join(column.rjust(15) for column in columns),
    ]
    for kind, counts in sorted(proof.kinds.items()):
        lines.append(kind.ljust(10) + "".join(f"{counts.get(column, 0):>15,}" for column in columns))
    return [*lines, *(f"wrong: {mistake}" for mistake in proof.mistakes[:20])]
