"""Which accounts a company has, what is booked on which, and which money settles which debt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

AMOUNT_MAX = Decimal("999999999999999")
PRICE_DECIMALS = 6
QUANTITY_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class PlannedAccount:
    """An account of the chart: `role` is how the code finds it."""

    code: str
    role: str
    name: str
    name_zh: str


# Codes and Chinese names follow 小企业会计准则 (Ministry of Finance, 2011) where it has the account; sub-accounts are ours.
CHART = (
    PlannedAccount("1001", "cash", "Cash on hand", "库存现金"),
    PlannedAccount("1002", "bank", "Bank deposits", "银行存款"),
    PlannedAccount("1012.01", "card_clearing", "Card takings in transit", "其他货币资金-银行卡在途"),
    PlannedAccount("1012.02", "cheque_clearing", "Cheques in transit", "其他货币资金-支票在途"),
    PlannedAccount("1122", "receivable", "Trade receivables", "应收账款"),
    PlannedAccount("1231", "bad_debt_allowance", "Allowance for bad debts", "坏账准备"),
    PlannedAccount("1405", "stock", "Goods in stock", "库存商品"),
    PlannedAccount("1901", "adjustments_clearing", "Adjustments to be cleared", "待处理财产损溢"),
    PlannedAccount("2202", "goods_received_not_invoiced", "Goods received, not invoiced", "应付账款-暂估"),
    PlannedAccount("2221", "tax_output", "Output tax payable", "应交税费-销项税额"),
    PlannedAccount("2241", "voucher_liability", "Vouchers to be redeemed", "其他应付款-礼券"),
    PlannedAccount("5001", "sales_revenue", "Sales of goods", "主营业务收入"),
    PlannedAccount("5001.01", "sales_returns", "Goods returned", "主营业务收入-销售退回"),
    PlannedAccount("5001.02", "sales_discounts", "Discounts allowed", "主营业务收入-销售折让"),
    PlannedAccount("5051", "charges_income", "Other charges to customers", "其他业务收入"),
    PlannedAccount("5051.01", "postage_income", "Postage charged", "其他业务收入-运费"),
    PlannedAccount("5051.02", "packaging_income", "Packaging charged", "其他业务收入-包装"),
    PlannedAccount("5051.03", "sample_income", "Samples charged", "其他业务收入-样品"),
    PlannedAccount("5051.04", "other_item_income", "Items outside the catalogue", "其他业务收入-目录外商品"),
    PlannedAccount("5301", "other_income", "Other income", "营业外收入"),
    PlannedAccount("5401", "cost_of_goods", "Cost of goods sold", "主营业务成本"),
    PlannedAccount("5601.01", "marketplace_fees_expense", "Marketplace fees", "销售费用-平台费"),
    PlannedAccount("5601.02", "commissions_expense", "Commissions and donations", "销售费用-佣金"),
    PlannedAccount("5602", "stock_adjustments", "Stock written off or found", "管理费用-存货盘盈盘亏"),
    PlannedAccount("5603", "bank_charges_expense", "Bank charges", "财务费用-手续费"),
    PlannedAccount("5711", "adjustments_expense", "Adjustments", "营业外支出-调整"),
    PlannedAccount("5711.01", "bad_debt_expense", "Bad debts", "营业外支出-坏账损失"),
)
ROLES = frozenset(account.role for account in CHART)

# These equal what documents say, to the cent; an entry without a document would part the two for good.
CONTROL_ROLES = frozenset({"receivable", "stock", "tax_output"})

# What a line of a document credits; a kind that is not named here is a charge like any other.
INCOME_ROLES: Mapping[str, str] = {
    "goods": "sales_revenue",
    "return": "sales_returns",
    "discount": "sales_discounts",
    "postage": "postage_income",
    "packaging": "packaging_income",
    "sample": "sample_income",
    "other_item": "other_item_income",
    "voucher": "voucher_liability",
    "manual": "other_income",
    "test": "other_income",
}

# Where money waits until the bank has it.
MONEY_ROLES: Mapping[str, str] = {
    "cash": "cash",
    "bank_transfer": "bank",
    "card": "card_clearing",
    "cheque": "cheque_clearing",
}

# What stands against the stock account when a document moves stock.
STOCK_ROLES: Mapping[str, str] = {
    "receipt": "goods_received_not_invoiced",
    "dispatch": "cost_of_goods",
    "return": "cost_of_goods",
    "adjustment": "stock_adjustments",
    # What leaves one warehouse enters another: a transfer comes to nothing and books nothing.
    "transfer": "stock_adjustments",
}


@dataclass(frozen=True, slots=True)
class ChargeLineDraft:
    """Something billed or, with a negative quantity or price, credited besides goods; `tax_rate` is a fraction."""

    kind: str
    description: str
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal = Decimal(0)
    source_row: int | None = None


@dataclass(frozen=True, slots=True)
class ChargeDocumentDraft:
    """A document of charges, joined to what a return credits when `return_id` names one. `external_ref` makes a repeat harmless."""

    customer_id: int
    external_ref: str | None
    issued_on: date
    lines: Sequence[ChargeLineDraft]
    return_id: int | None = None


@dataclass(frozen=True, slots=True)
class PaymentDraft:
    """Money that came from a customer, in company currency: for the invoices it names, in that order, else for the oldest due."""

    customer_id: int
    amount: Decimal
    method: str
    received_on: date | None = None
    reference: str = ""
    external_ref: str | None = None
    invoice_ids: Sequence[int] = ()
    is_generated: bool = False


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """A journal entry that no document makes: (role, amount) pairs in company currency, debit positive, that sum to zero."""

    kind: str
    description: str
    lines: Sequence[tuple[str, Decimal]]
    document: str = "manual"
    document_id: int | None = None
    posted_on: date | None = None
    source_row: int | None = None
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class Money:
    """Money to be applied: from a payment or a credit, in the books since a day. `invoice_ids` are those it was sent for."""

    source: int
    customer_id: int
    amount: Decimal
    since_on: date
    invoice_ids: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Debt:
    """What is open of a document: positive is owed to us, negative owed by us, zero settled."""

    invoice_id: int
    invoice_state: str
    customer_id: int
    order_id: int | None
    receivable_id: int | None
    issued_on: date
    due_on: date
    open: Decimal


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a money that settles a debt; `since_on` is the first day on which both are in the books."""

    source: int
    debt: Debt
    amount: Decimal
    since_on: date


def due_first(debts: Sequence[Debt]) -> list[Debt]:
    """Debts in the order in which money without a purpose settles them: oldest due first, then oldest document."""
    return sorted((debt for debt in debts if debt.open > 0), key=lambda debt: (debt.due_on, debt.invoice_id))


def shares(moneys: Sequence[Money], debts: Sequence[Debt]) -> list[Share]:
    """Which money settles which debt: named invoices first and in their order, then the rest to the oldest due of its customer.

    Money that names invoices goes to no other. Nothing is shared beyond a debt or a money; one pass over both, so
    that ten thousand payments of one customer take no longer than of ten thousand. Rule: docs/rules/finance.md.
    """
    left = {debt.invoice_id: debt.open for debt in debts}
    found: list[Share] = []
    by_invoice = {debt.invoice_id: debt for debt in debts}
    for money in moneys:
        named = [by_invoice[key] for key in money.invoice_ids]
        found += taken(money, named, left)
    queues: dict[int, list[Debt]] = {}
    for debt in reversed(due_first(debts)):
        queues.setdefault(debt.customer_id, []).append(debt)
    for money in moneys:
        if not money.invoice_ids:
            found += taken_from_queue(money, queues.get(money.customer_id, []), left)
    return found


def taken(money: Money, debts: Sequence[Debt], left: dict[int, Decimal]) -> list[Share]:
    """What a money settles of some debts, in their order; `left` is what is open of each and goes down."""
    found = []
    rest = money.amount
    for debt in debts:
        part = min(rest, left[debt.invoice_id])
        if part > 0:
            found.append(Share(money.source, debt, part, max(money.since_on, debt.issued_on)))
            left[debt.invoice_id] -= part
            rest -= part
    return found


def taken_from_queue(money: Money, queue: list[Debt], left: dict[int, Decimal]) -> list[Share]:
    """What a money settles of a customer's debts; the next one is the queue's last, and a settled one leaves it."""
    found = []
    rest = money.amount
    while rest > 0 and queue:
        debt = queue[-1]
        part = min(rest, left[debt.invoice_id])
        if part > 0:
            found.append(Share(money.source, debt, part, max(money.since_on, debt.issued_on)))
            left[debt.invoice_id] -= part
            rest -= part
        if left[debt.invoice_id] <= 0:
            queue.pop()
    return found


def fault_in_amount(amount: Decimal, *, minor_units: int) -> dict[str, Any] | None:
    """What is wrong with an amount of money: it must be more than zero and have no more decimals than the currency."""
    if not amount.is_finite() or amount <= 0 or amount > AMOUNT_MAX:
        return {"column": "amount", "message": f"The amount must be more than zero and have at most 15 digits, not {amount}."}
    if amount != round(amount, minor_units):
        return {"column": "amount", "message": f"An amount of this currency has at most {minor_units} decimals, not {amount}."}
    return None


def fault_in_charges(lines: Sequence[ChargeLineDraft]) -> dict[str, Any] | None:
    """What is wrong with the charges of a document: quantities of at most 3 decimals, prices of at most 6."""
    for position, line in enumerate(lines, 1):
        for column, number, decimals in (
            ("quantity", line.quantity, QUANTITY_DECIMALS),
            ("unit_price", line.unit_price, PRICE_DECIMALS),
        ):
            if not number.is_finite() or abs(number) > AMOUNT_MAX or number != round(number, decimals):
                message = f"A charge's {column} has at most {decimals} decimals, not {number}."
                return {"line": position, "column": column, "message": message}
    return None


def fault_in_entry(draft: EntryDraft) -> dict[str, Any] | None:
    """What is wrong with an entry: it has two lines or more, none of them zero, on known accounts, and they sum to zero."""
    for role, amount in draft.lines:
        if role not in ROLES or role in CONTROL_ROLES:
            return {"column": "role", "message": f"No entry without a document is booked on {role!r}."}
        if not amount.is_finite() or amount == 0 or amount != round(amount, 3):
            return {"column": "amount", "message": f"A line's amount is not zero and has at most 3 decimals, not {amount}."}
    if len(draft.lines) < 2 or sum(amount for _, amount in draft.lines) != 0:
        return {"column": "lines", "message": "The lines of an entry sum to zero."}
    return None
