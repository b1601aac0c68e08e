"""Every write of finance."""

from dinghuo.journey.finance.operations.accounts import install_accounts
from dinghuo.journey.finance.operations.applications import apply_payments
from dinghuo.journey.finance.operations.completion import complete_orders
from dinghuo.journey.finance.operations.credit_notes import draft_charge_documents, draft_credit_notes
from dinghuo.journey.finance.operations.disputes import DisputeDraft, close_disputes, open_disputes
from dinghuo.journey.finance.operations.entries import post_entries
from dinghuo.journey.finance.operations.invoices import draft_invoices, drop_drafts
from dinghuo.journey.finance.operations.payments import take_payments
from dinghuo.journey.finance.operations.postings import post_invoices, post_stock_documents

__all__ = [
    "DisputeDraft",
    "apply_payments",
    "close_disputes",
    "complete_orders",
    "draft_charge_documents",
    "draft_credit_notes",
    "draft_invoices",
    "drop_drafts",
    "install_accounts",
    "open_disputes",
    "post_entries",
    "post_invoices",
    "post_stock_documents",
    "take_payments",
]
