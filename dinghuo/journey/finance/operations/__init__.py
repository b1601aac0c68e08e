"""Every write of finance."""

from dinghuo.journey.finance.operations.accounts import install_accounts
from dinghuo.journey.finance.operations.applications import apply_payments
from dinghuo.journey.finance.operations.bank_accounts import (
    AliasDraft,
    BankAccountDraft,
    keep_bank_account,
    retire_aliases,
    set_match_policy,
    teach_aliases,
)
from dinghuo.journey.finance.operations.bank_decisions import LineDecision, set_aside_lines, settle_lines, unmatch_lines
from dinghuo.journey.finance.operations.bank_matching import match_lines
from dinghuo.journey.finance.operations.bank_statements import Imported, import_statements
from dinghuo.journey.finance.operations.completion import complete_orders
from dinghuo.journey.finance.operations.credit_notes import draft_charge_documents, draft_credit_notes
from dinghuo.journey.finance.operations.disputes import DisputeDraft, close_disputes, open_disputes
from dinghuo.journey.finance.operations.entries import post_entries
from dinghuo.journey.finance.operations.invoices import draft_invoices, drop_drafts
from dinghuo.journey.finance.operations.payments import take_payments
from dinghuo.journey.finance.operations.postings import post_invoices, post_stock_documents

__all__ = [
    "AliasDraft",
    "BankAccountDraft",
    "DisputeDraft",
    "Imported",
    "LineDecision",
    "apply_payments",
    "close_disputes",
    "complete_orders",
    "draft_charge_documents",
    "draft_credit_notes",
    "draft_invoices",
    "drop_drafts",
    "import_statements",
    "install_accounts",
    "keep_bank_account",
    "match_lines",
    "open_disputes",
    "post_entries",
    "post_invoices",
    "post_stock_documents",
    "retire_aliases",
    "set_aside_lines",
    "set_match_policy",
    "settle_lines",
    "take_payments",
    "teach_aliases",
    "unmatch_lines",
]
