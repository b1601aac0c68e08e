"""Statements as banks send them, made from what matters to a test."""

from collections.abc import Sequence


def mt940(*lines: str, opening: str = "C260301CNY100,00", closing: str = "C260302CNY100,00", account: str = "6222") -> bytes:
    """An MT940 statement with these lines between its balances."""
    fields = [":20:S", f":25:{account}", ":28C:1/1", f":60F:{opening}", *lines, f":62F:{closing}", "-"]
    return "\n".join(fields).encode()


def entry(amount: str = "10.00", side: str = "CRDT", currency: str = "CNY", inner: str = "", status: str = "BOOK") -> str:
    """A CAMT entry."""
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>{status}</Cd></Sts>'
        f"<BookgDt><Dt>2026-03-02</Dt></BookgDt>{inner}</Ntry>"
    )


def camt(entries: Sequence[str], opening: str = "0.00", closing: str = "10.00", head: str = "") -> bytes:
    """A CAMT.053 statement with these entries between its balances."""
    balances = "".join(
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
        "<Dt><Dt>2026-03-02</Dt></Dt></Bal>"
        for code, amount in (("OPBD", opening), ("CLBD", closing))
    )
    return (
        f'<?xml version="1.0"?>{head}<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt>'
        f"<Id>1</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>CNY</Ccy></Acct>{balances}{''.join(entries)}"
        "</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def details(amount: str, name: str, text: str) -> str:
    """A transaction of a CAMT entry."""
    return (
        f'<TxDtls><AmtDtls><TxAmt><Amt Ccy="CNY">{amount}</Amt></TxAmt></AmtDtls><RltdPties><Dbtr><Nm>{name}</Nm></Dbtr>'
        f"<DbtrAcct><Id><IBAN>GB29NWBK60161331926819</IBAN></Id></DbtrAcct></RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls>"
    )
