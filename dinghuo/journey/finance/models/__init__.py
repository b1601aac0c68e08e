"""Invoices, what customers owe, what they paid, what the bank says of it, and the ledger behind it."""

from dinghuo.journey.finance.models.bank import (
    BankAccount,
    BankFile,
    BankMatch,
    BankMatchItem,
    BankStatement,
    BankStatementLine,
    MatchPolicy,
    MatchState,
    PayerAlias,
)
from dinghuo.journey.finance.models.documents import Dispute, InvoiceState, Receivable, SalesInvoice, SalesInvoiceLine
from dinghuo.journey.finance.models.ledger import Account, JournalEntry, JournalLine
from dinghuo.journey.finance.models.payments import Payment, PaymentApplication, PaymentReversal

__all__ = [
    "Account",
    "BankAccount",
    "BankFile",
    "BankMatch",
    "BankMatchItem",
    "BankStatement",
    "BankStatementLine",
    "Dispute",
    "InvoiceState",
    "JournalEntry",
    "JournalLine",
    "MatchPolicy",
    "MatchState",
    "PayerAlias",
    "Payment",
    "PaymentApplication",
    "PaymentReversal",
    "Receivable",
    "SalesInvoice",
    "SalesInvoiceLine",
]
