"""CAMT.053 statements, .052 reports and .054 notifications of ISO 20022, versions 2 to 13.

An entry of several transactions becomes a line for each, if their amounts come to the entry's; one without details is a line
itself. Entries that are only pending are left for the statement that books them.
Source: ISO 20022, Bank-to-Customer Cash Management.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from dinghuo.exchange.bank.errors import Fault
from dinghuo.exchange.bank.texts import storable
from dinghuo.exchange.bank.xml import Node, root_of
from dinghuo.journey.finance.matching.statements import LineDraft, StatementDraft

# Message, its statements, and whether it states balances that must add up.
MESSAGES = (("BkToCstmrStmt", "Stmt", True), ("BkToCstmrAcctRpt", "Rpt", False), ("BkToCstmrDbtCdtNtfctn", "Ntfctn", False))
AMOUNT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,5})?")
DECIMALS = 3
OPENING, CLOSING = ("OPBD", "PRCD", "OPAV"), ("CLBD",)
BOOKED = frozenset({"", "BOOK"})
PARTY = "RltdPties/"


def read_camt(raw: bytes) -> list[StatementDraft]:
    """The statements of a file; raises Fault that names the element."""
    root = root_of(raw)
    for message, statements, has_balances in MESSAGES:
        body = root.child(message)
        if body is not None:
            found = [statement_of(node, has_balances) for node in Node(body.element, "").children(statements)]
            if not found:
                raise Fault(message, f"the message holds no {statements}")
            return found
    raise Fault(root.element.tag, "the document is no CAMT.052, .053 or .054")


def statement_of(node: Node, has_balances: bool) -> StatementDraft:
    """A statement; raises Fault."""
    opening, closing = balance(node, OPENING), balance(node, CLOSING)
    if has_balances and (opening is None or closing is None):
        raise Fault(f"{node.place}/Bal", "the statement has no opening balance (OPBD) or no closing balance (CLBD)")
    currency = node.text("Acct/Ccy") or currency_of(node.child("Bal/Amt") or node.child("Ntry/Amt"))
    if not currency:
        raise Fault(f"{node.place}/Acct/Ccy", "the account's currency is not stated")
    lines = [line for entry in node.children("Ntry") for line in lines_of(entry, currency)]
    return StatementDraft(
        place=node.place,
        account=node.needed("Acct/Id/IBAN", "Acct/Id/Othr/Id"),
        currency=currency,
        lines=lines,
        number=node.text("ElctrncSeqNb", "LglSeqNb", "Id")[:60],
        opened_on=opening and opening[1],
        closed_on=closing and closing[1],
        opening_amount=opening and opening[0],
        closing_amount=closing and closing[0],
    )


def balance(node: Node, codes: tuple[str, ...]) -> tuple[Decimal, date] | None:
    """The balance of the first of these codes, with its day; raises Fault."""
    for code in codes:
        for each in node.children("Bal"):
            if each.text("Tp/CdOrPrtry/Cd") == code:
                return signed(each, "Amt", each), day_of(each, "Dt")
    return None


def currency_of(amount: Node | None) -> str:
    """The currency of an amount."""
    return "" if amount is None else amount.element.get("Ccy", "")


def lines_of(entry: Node, currency: str) -> Iterator[LineDraft]:
    """The lines of an entry: one for each transaction, or one for all where their amounts are not told; raises Fault."""
    if entry.text("Sts/Cd", "Sts") not in BOOKED:
        return
    total = signed(entry, "Amt", entry)
    if currency_of(entry.child("Amt")) != currency:
        given = currency_of(entry.child("Amt"))
        raise Fault(f"{entry.place}/Amt", f"the entry is in {given or 'no currency'}, the account in {currency}")
    details = [each for part in entry.children("NtryDtls") for each in part.children("TxDtls")]
    if len(details) < 2:
        yield line_of(entry, details[0] if details else entry, total)
        return
    amounts = [amount_of_details(each, entry, currency) for each in details]
    if None in amounts:
        # A batch whose parts have no amounts can only be one line.
        yield line_of(entry, entry, total)
        return
    told = [amount for amount in amounts if amount is not None]
    if sum(told, Decimal(0)) != total:
        raise Fault(entry.place, f"its {len(told)} transactions come to {sum(told)}, but the entry to {total}")
    for each, amount in zip(details, told, strict=True):
        yield line_of(entry, each, amount)


def amount_of_details(details: Node, entry: Node, currency: str) -> Decimal | None:
    """A transaction's amount in the account's currency, or None where it tells none; raises Fault."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        amount = details.child(path)
        if amount is not None and currency_of(amount) == currency:
            return signed(details, path, details if details.text("CdtDbtInd") else entry)
    return None


def signed(node: Node, path: str, side: Node) -> Decimal:
    """An amount, below zero where it is a debit; raises Fault."""
    text = node.needed(path)
    if not AMOUNT.fullmatch(text):
        raise Fault(f"{node.place}/{path}", f"{text[:40]!r} is no amount")
    amount = Decimal(text)
    if amount != round(amount, DECIMALS):
        raise Fault(f"{node.place}/{path}", f"{text} has more than {DECIMALS} decimals")
    indicator = side.needed("CdtDbtInd")
    if indicator not in {"CRDT", "DBIT"}:
        raise Fault(f"{side.place}/CdtDbtInd", f"{indicator[:20]!r} is neither CRDT nor DBIT")
    return amount if indicator == "CRDT" else -amount


def day_of(node: Node, *paths: str) -> date:
    """The day at the first path that has one, of a day or of a moment; raises Fault."""
    text = node.needed(*(f"{path}/{kind}" for path in paths for kind in ("Dt", "DtTm")))
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise Fault(f"{node.place}/{paths[0]}", f"{text[:20]!r} is no day") from None


def line_of(entry: Node, details: Node, amount: Decimal) -> LineDraft:
    """A line of an entry, with what its details say of the one who paid (or, of money out, of the one who is paid)."""
    side, other = ("Dbtr", "UltmtDbtr") if amount >= 0 else ("Cdtr", "UltmtCdtr")
    account = details.text(f"{PARTY}{side}Acct/Id/IBAN", f"{PARTY}{side}Acct/Id/Othr/Id")
    names = [f"{PARTY}{who}/{path}" for who in (side, other) for path in ("Nm", "Pty/Nm")]
    booked = day_of(entry, "BookgDt", "ValDt")
    valued = day_of(entry, "ValDt", "BookgDt")
    return LineDraft(
        place=entry.place,
        booked_on=booked,
        valued_on=valued,
        amount=amount,
        payer=storable(details.text(*names))[:200],
        payer_account=account,
        reference=storable(reference_of(entry, details))[:2000],
        bank_reference=details.text("Refs/AcctSvcrRef") or ("" if details is not entry else entry.text("AcctSvcrRef")),
        raw="",
    )


def reference_of(entry: Node, details: Node) -> str:
    """What the payer wrote: free text, document numbers, the creditor's reference, its own reference from end to end."""
    said = details.texts("RmtInf/Ustrd")
    for path in ("RmtInf/Strd/RfrdDocInf/Nb", "RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/AddtlRmtInf"):
        said += details.texts(path)
    own = details.text("Refs/EndToEndId")
    said += [own] if own and own != "NOTPROVIDED" else []
    return " ".join(" ".join(said or entry.texts("AddtlNtryInf")).split())
