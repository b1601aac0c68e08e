"""What must hold of every company's rows at every moment, whatever crashed, raced or was sent twice.

Takes the tables of every stage. Gives, for each invariant below, the rows that break it; `dinghuo check` shows them. Owns no table
and writes nothing. The numbers I1 to I9 are those of docs/operating/check.md.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Invariant:
    """A thing that must hold: `query` is the statement that finds what breaks it, as `kernel.sql` knows it."""

    id: str
    query: str
    title: str
    title_zh: str
    statement: str


INVARIANTS = (
    Invariant(
        "I1",
        "invariants/stock_within_bounds",
        "Stock is never promised twice",
        "库存不超额分配",
        "0 <= allocated <= on hand for every warehouse, product and lot; empty stock has no cost.",
    ),
    Invariant(
        "I2a",
        "invariants/allocations_make_stock_allocated",
        "Open allocations make what stock has allocated",
        "未发分配之和等于库存已分配量",
        "The allocations of a stock level, neither shipped nor given back, and what is held or set aside add up to what it has"
        " allocated.",
    ),
    Invariant(
        "I2b",
        "invariants/moves_make_stock",
        "Moves make stock",
        "出入库之和等于库存",
        "The moves of a stock level sum to its quantity on hand and to its cost.",
    ),
    Invariant(
        "I2c",
        "invariants/allocations_make_line_counters",
        "Allocations and shipments make the line's counters",
        "分配与发货之和等于订单行计数",
        "An order line's allocated and shipped quantities are the sums of its allocations and of what was dispatched of them.",
    ),
    Invariant(
        "I2d",
        "invariants/allocations_spent_once",
        "An allocation is spent once",
        "每笔分配只用一次",
        "What of an allocation is in a shipment or given back is no more than was given, and it is in one shipment at most.",
    ),
    Invariant(
        "I2e",
        "invariants/balances_make_stock",
        "The balance of the last day is the stock",
        "末日结存等于库存",
        "No move is dated later than it was recorded: the balance as of the last day is what lies in stock.",
    ),
    Invariant(
        "I2f",
        "invariants/transfers_make_transit",
        "What is on its way is expected",
        "在途即待收",
        "What of a transfer's line has not arrived is what its warehouse expects of it; an arrived transfer has nothing left.",
    ),
    Invariant(
        "I3a",
        "invariants/counters_in_order",
        "Counters never overtake one another",
        "订单行计数依次不超",
        "0 <= invoiced <= shipped <= allocated <= ordered on every order line.",
    ),
    Invariant(
        "I3b",
        "invariants/goods_billed_once",
        "Goods are billed once, and only after they left",
        "货物发出后只开票一次",
        "Goods of a shipment are on one line of one invoice in force, in full, and only when the shipment was dispatched.",
    ),
    Invariant(
        "I3c",
        "invariants/bills_make_line_invoiced",
        "Invoices make what a line has invoiced",
        "发票之和等于订单行已开票量",
        "An order line's invoiced quantity is the sum of the invoice lines, not dropped, that bill its goods.",
    ),
    Invariant(
        "I3d",
        "invariants/returns_make_goods_returned",
        "Returns make what came back",
        "退货之和等于已退数量",
        "The returned quantity of shipped goods is the sum of the returns' lines, and no more than was shipped.",
    ),
    Invariant(
        "I3e",
        "invariants/returns_credited_once",
        "Returned goods are credited once",
        "退货只贷记一次",
        "Each line of a credited return is on exactly one line of a credit note in force; of any other return on none.",
    ),
    Invariant(
        "I4a",
        "invariants/numbers_given_once",
        "No two documents share a number",
        "单号不重复",
        "Numbers of orders, shipments, invoices, payments, returns and stock documents are unique within their kind.",
    ),
    Invariant(
        "I4b",
        "invariants/invoice_series_gapless",
        "Invoice numbers have no gap",
        "发票号连续无缺",
        "Within a kind and year, numbers run from 1 to the count of posted documents, and the counter stands one past the last.",
    ),
    Invariant(
        "I4c",
        "invariants/invoice_numbers_follow_time",
        "Invoice numbers follow the time of posting",
        "发票号与过账时间同序",
        "A document with a higher number was posted at the same moment or later.",
    ),
    Invariant(
        "I5a",
        "invariants/entries_balance",
        "Every journal entry balances",
        "每笔凭证借贷平衡",
        "The lines of an entry, two or more, sum to zero.",
    ),
    Invariant(
        "I5b",
        "invariants/receivables_equal_their_account",
        "Receivables equal their account",
        "应收明细等于应收账款科目",
        "The receivables account holds each posted document and payment, for its customer, to the cent, and nothing else.",
    ),
    Invariant(
        "I5c",
        "invariants/tax_equals_its_account",
        "Tax equals its account",
        "税额等于税金科目",
        "The tax account holds the tax of each posted document's lines to the cent, and nothing else.",
    ),
    Invariant(
        "I5d",
        "invariants/stock_equals_its_account",
        "Stock value equals its account",
        "库存价值等于库存商品科目",
        "The stock account holds the cost of each posted stock document's moves to the cent, and nothing else.",
    ),
    Invariant(
        "I5e",
        "invariants/receivables_equal_their_days",
        "Receivables of any day equal the ledger of that day",
        "任一日应收明细等于当日总账",
        "For each customer and day, documents, payments and reversals come to what the receivables account holds of that day.",
    ),
    Invariant(
        "I6a",
        "invariants/applications_make_receivable_applied",
        "Applications make what is settled of a receivable",
        "核销之和等于应收已核销额",
        "What is settled of a receivable is the sum of its applications, and no more than its amount; a credit's is negative.",
    ),
    Invariant(
        "I6b",
        "invariants/applications_make_payment_applied",
        "Applications make what is used of a payment",
        "核销之和等于收款已核销额",
        "What is used of a payment is the sum of its applications, and no more than was paid.",
    ),
    Invariant(
        "I6c",
        "invariants/posted_documents_are_owed",
        "What is posted is owed, and nothing else",
        "已过账单据即应收",
        "Each posted document that comes to anything has one receivable, of its gross amount and its customer; a draft has none.",
    ),
    Invariant(
        "I6d",
        "invariants/lines_make_document_totals",
        "Lines make the totals of an invoice",
        "发票行之和等于发票总额",
        "Net and tax of an invoice or credit note are the sums of its lines.",
    ),
    Invariant(
        "I6e",
        "invariants/applications_make_days",
        "Applications make the days on which items changed",
        "核销日期与明细变动日期一致",
        "A receivable and a payment know the last day of their applications; none is dated before its money or its document.",
    ),
    Invariant(
        "I7a",
        "invariants/lines_make_order_totals",
        "Lines make the totals of an order",
        "订单行之和等于订单总额",
        "Net and tax of an order are the sums of its lines and charges.",
    ),
    Invariant(
        "I7b",
        "invariants/documents_make_order_invoiced",
        "Posted documents make what an order has invoiced",
        "已过账发票之和等于订单已开票额",
        "An order's invoiced amount is the gross of the posted documents that bill it.",
    ),
    Invariant(
        "I7c",
        "invariants/customer_balances",
        "The balance that credit is decided on is the documents'",
        "信用所用余额等于单据之和",
        "What a customer owes and has paid ahead, as review reads it, is what posted documents, payments and applications come to.",
    ),
    Invariant(
        "I8",
        "finance/verify_chain",
        "The ledger is as it was posted",
        "账簿与过账时一致",
        "Each journal entry hashes, together with the hash before it, to the hash it bears; none is missing.",
    ),
    Invariant(
        "I9a",
        "invariants/events_make_states",
        "Replaying the journal of events gives each state",
        "按事件重放得到各单据状态",
        "The state of each order, shipment and invoice is where its last event leads; none lacks events, no event its document.",
    ),
    Invariant(
        "I9b",
        "invariants/events_take_allowed_steps",
        "Every step was an allowed one",
        "每一步状态变化均被允许",
        "Each event leads from a state to one that the document's table of moves reaches from there.",
    ),
)
