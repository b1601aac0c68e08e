"""What came of a replay, as JSON: counts and sums from the documents, beside the file's own totals.

The figures close: file value = invoiced_net - credited_net + charged_net + value of rejected lines + rounding.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from dinghuo.exchange.online_retail.classify import CHARGE_RULES, LineOutcome
from dinghuo.exchange.replay.driver import Ran
from dinghuo.journey.invariants.queries import run_checks
from dinghuo.kernel import sql
from dinghuo.kernel.tenancy import acting_for

COUNTED = (
    "orders", "orders_held", "orders_released", "lines_backordered", "shipments", "invoices", "credit_notes", "payments",
    "returns_unmatched",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counted:
    """The figures of a replay's documents; amounts in the file's currency, quantities in pieces."""

    orders: int
    orders_held: int
    orders_released: int
    lines_backordered: int
    shipments: int
    invoices: int
    credit_notes: int
    payments: int
    invoiced_net: Decimal
    credited_net: Decimal
    charged_net: Decimal
    tax: Decimal
    receivable_open: Decimal
    journal_entries: int
    returns_unmatched: int
    supplies: int
    supplied_quantity: Decimal
    found_quantity: Decimal
    holds_overridden: int


def result(ran: Ran) -> dict[str, Any]:
    """The account of a replay, ready to be written as JSON."""
    totals = ran.year.totals
    with acting_for(ran.company.id):
        counted = count(ran)
        report = run_checks(ran.company.id)
    rejected = totals.by_outcome[LineOutcome.REJECTED].value
    documents = counted.invoiced_net - counted.credited_net + counted.charged_net
    return {
        "company": ran.company.code,
        "file": {
            "lines": totals.whole.lines,
            "documents": totals.documents,
            "quantity": totals.whole.quantity,
            "value": exact(totals.whole.value),
        },
        "lines_by_outcome": {outcome.value: part.lines for outcome, part in totals.by_outcome.items()},
        "value_by_outcome": {outcome.value: exact(part.value) for outcome, part in totals.by_outcome.items()},
        "quantity_by_outcome": {outcome.value: part.quantity for outcome, part in totals.by_outcome.items()},
        **{name: getattr(counted, name) for name in COUNTED},
        "invoiced_net": money(counted.invoiced_net),
        "credited_net": money(counted.credited_net),
        "charged_net": money(counted.charged_net),
        "rounding": exact(totals.whole.value - rejected - documents),
        "tax": money(counted.tax),
        "receivable_open": money(counted.receivable_open),
        "journal_entries": counted.journal_entries,
        "invariants": {"checked": report.checked, "violations": report.violations},
        "generated": generated(ran, counted),
        "seconds": seconds(ran),
        "peak_rss_mb": ran.peak_rss_mb,
    }


@transaction.atomic
def count(ran: Ran) -> Counted:
    """Count and sum the company's documents."""
    roles = sorted({rule.expense for rule in CHARGE_RULES.values() if rule.expense})
    (counted,) = sql.rows("exchange/replay_result", Counted, company_id=ran.company.id, expense_roles=roles)
    return counted


def generated(ran: Ran, counted: Counted) -> dict[str, Any]:
    """What the file does not hold and the seed made up, and how much of it."""
    named = sum(1 for account in ran.year.accounts.values() if not account.is_walk_in)
    return {
        "seed": ran.replay.seed,
        "customer_terms": len(ran.year.accounts),
        "credit_limits": named,
        "walk_in_accounts": len(ran.year.accounts) - named,
        "tax_rates": len(ran.year.accounts) + len(ran.year.articles),
        "product_costs": len(ran.year.articles),
        "supplies": counted.supplies,
        "supplied_quantity": exact(counted.supplied_quantity),
        "found_before_write_off_quantity": exact(counted.found_quantity),
        "payments": counted.payments,
        "holds_overridden": counted.holds_overridden,
    }


def seconds(ran: Ran) -> dict[str, float]:
    """Seconds by stage over all runs of this replay, and their total."""
    stages = {stage: round(taken, 2) for stage, taken in sorted(ran.replay.seconds.items())}
    return {**stages, "total": round(sum(ran.replay.seconds.values()), 2)}


def exact(number: Decimal) -> str:
    """A decimal with all its digits and no padding zeros."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(amount: Decimal) -> str:
    """An amount with the two decimals of the file's currency."""
    return format(amount.quantize(Decimal("0.01")), "f")
