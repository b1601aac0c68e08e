"""What nobody may do: for each invariant, at least one change of the rows that breaks it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection

from dinghuo.journey.finance.operations.entries import Posting, write_entries
from tests.journey.invariants.conftest import Year

LOOSEN = """
    SELECT format('ALTER TABLE %I DROP CONSTRAINT %I', conrelid::regclass::text, conname)
      FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'u')
     UNION ALL
    SELECT format('DROP INDEX %I', indexrelid::regclass::text)
      FROM pg_index
      JOIN pg_class ON pg_class.oid = indrelid AND relnamespace = 'public'::regnamespace
     WHERE indisunique AND indpred IS NOT NULL
"""


@dataclass(frozen=True)
class Plant:
    """A change, the invariant that it breaks, and those that break with it because they look at the same figure."""

    name: str
    breaks: str
    change: Callable[[Year], object]
    also: frozenset[str] = field(default_factory=frozenset)


def run(statement: str, *parameters: int | str) -> None:
    """Change something; nothing changed means that the plant has withered."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        assert cursor.rowcount > 0, statement


def loosen() -> None:
    """Drop every CHECK and unique constraint, until the transaction is rolled back."""
    with connection.cursor() as cursor:
        cursor.execute(LOOSEN)
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)


def sold_what_was_not_there(year: Year) -> None:
    level = first_level(year)
    run(
        "WITH document AS (INSERT INTO stock_document (company_id, kind, number, moved_on, recorded_at)"
        " VALUES (%s, 'adjustment', 'X', now(), now()) RETURNING id)"
        " INSERT INTO stock_move (company_id, document_id, stock_level_id, quantity, cost_amount)"
        " SELECT %s, id, %s, -100000, 0 FROM document",
        year.shop.company.id, year.shop.company.id, level,
    )  # fmt: skip
    run("UPDATE stock_level SET on_hand = on_hand - 100000 WHERE id = %s", level)


def first_level(year: Year) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM stock_level WHERE company_id = %s AND product_id = %s", [year.shop.company.id, year.shop.products[0].id]
        )
        return int(cursor.fetchone()[0])


def book(year: Year, *lines: tuple[str, int]) -> None:
    """Post an entry that no document makes, with its place in the chain."""
    amounts = [(role, Decimal(amount)) for role, amount in lines]
    write_entries(year.shop.act, [Posting("manual", "manual", None, "", year.shop.act.on, amounts)])


def event(year: Year, kind: str, document: str, document_id: int) -> None:
    run(
        "INSERT INTO event (company_id, kind, document, document_id, at) VALUES (%s, %s, %s, %s, now())",
        year.shop.company.id, kind, document, document_id,
    )  # fmt: skip


def change_lines(year: Year, order_id: int, change: str) -> None:
    run(f"UPDATE sales_order_line SET {change} WHERE company_id = %s AND order_id = %s", year.shop.company.id, order_id)


def ship_twice(year: Year) -> None:
    run(
        "INSERT INTO shipment_line (company_id, shipment_id, allocation_id, quantity)"
        " SELECT line.company_id, shipment_id, allocation_id, quantity FROM shipment_line AS line"
        " JOIN shipment ON shipment.company_id = line.company_id AND shipment.id = shipment_id"
        " WHERE line.company_id = %s AND order_id = %s",
        year.shop.company.id, year.noticed_order,
    )  # fmt: skip


def give_back_what_waits(year: Year) -> None:
    """Less is left of the allocation than its notice says; stock and line are told, so that their sums still hold."""
    company_id, order_id = year.shop.company.id, year.noticed_order
    run(
        "UPDATE allocation SET given_back = 1 WHERE company_id = %s"
        " AND order_line_id IN (SELECT id FROM sales_order_line WHERE order_id = %s)",
        company_id, order_id,
    )  # fmt: skip
    change_lines(year, order_id, "allocated = allocated - 1")
    run(
        "UPDATE stock_level SET allocated = stock_level.allocated - 1 FROM allocation, sales_order_line AS line"
        " WHERE allocation.company_id = %s AND stock_level.id = stock_level_id AND line.id = order_line_id AND order_id = %s",
        company_id, order_id,
    )  # fmt: skip


def bill_again(year: Year, quantity: str = "quantity") -> None:
    run(
        "INSERT INTO sales_invoice_line (company_id, invoice_id, position, kind, shipment_line_id, quantity, unit_price, tax_rate,"
        " amount_net, amount_tax)"
        f" SELECT company_id, invoice_id, 1000 + position, kind, shipment_line_id, {quantity}, 0, 0, 0, 0"
        " FROM sales_invoice_line WHERE company_id = %s AND invoice_id = %s",
        year.shop.company.id, year.draft_invoice,
    )  # fmt: skip


def same_number(table: str) -> Callable[[Year], None]:
    """Give every document of a kind the same number."""

    def change(year: Year) -> None:
        run(f"UPDATE {table} SET number = 'TWIN' WHERE company_id = %s AND number IS NOT NULL", year.shop.company.id)

    return change


def on_company(statement: str) -> Callable[[Year], None]:
    """A statement whose only parameter is the company."""

    def change(year: Year) -> None:
        run(statement, year.shop.company.id)

    return change


def on_invoice(change: str, place: int = 1) -> Callable[[Year], None]:
    """A change of one of the two posted invoices."""
    return lambda year: run(
        f"UPDATE sales_invoice SET {change} WHERE company_id = %s AND id = %s", year.shop.company.id, year.posted_invoices[place]
    )


def move_applied(year: Year) -> None:
    """One receivable says more than was applied to it, another of the same customer so much less."""
    for invoice_id, step in zip(year.posted_invoices, (-1, 1), strict=True):
        run("UPDATE receivable SET applied = applied + %s WHERE invoice_id = %s", step, invoice_id)


def move_used(year: Year) -> None:
    """The same with two payments of one customer."""
    for payment_id, step in zip(year.payments, (-1, 1), strict=True):
        run("UPDATE payment SET applied = applied + %s WHERE id = %s", step, payment_id)


def owe_a_draft(year: Year) -> None:
    run(
        "INSERT INTO receivable (company_id, invoice_id, customer_id, issued_on, due_on, amount)"
        " SELECT company_id, id, customer_id, issued_on, due_on, 0 FROM sales_invoice WHERE company_id = %s AND id = %s",
        year.shop.company.id, year.draft_invoice,
    )  # fmt: skip


def see_double(_year: Year) -> None:
    """The view that credit reads counts each receivable twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE VIEW customer_balance AS"
            " SELECT company_id, customer_id, 2 * (amount - applied) AS open_receivables, 0::numeric AS unapplied_payments"
            " FROM receivable WHERE applied <> amount UNION ALL"
            " SELECT company_id, customer_id, 0::numeric, amount - applied FROM payment WHERE applied < amount"
        )


def hold_without_stock(year: Year) -> None:
    run(
        "WITH held AS (INSERT INTO stock_hold (company_id, kind, warehouse_id, product_id, quantity, held_at, expires_at)"
        " SELECT company_id, 'phone', warehouse_id, product_id, 1, now(), now() FROM stock_level WHERE id = %s RETURNING id)"
        " INSERT INTO stock_hold_part (company_id, stock_hold_id, stock_level_id, quantity) SELECT %s, id, %s, 1 FROM held",
        first_level(year), year.shop.company.id, first_level(year),
    )  # fmt: skip


def state_without_event(table: str, state: str, found_in: str) -> Callable[[Year], None]:
    """A document is in a state that no event led to."""
    return on_company(f"UPDATE {table} SET state = '{state}' WHERE company_id = %s AND state = '{found_in}'")


def back_and_forth(year: Year) -> None:
    """Two events that no operation records after a completion; the state is as they say in the end."""
    for kind in ("OrderReleased", "OrderCompleted"):
        event(year, kind, "sales_order", year.completed_order)


PLANTS = (
    Plant("sold_what_was_not_there", "I1", sold_what_was_not_there),
    Plant(
        "cost_without_stock",
        "I1",
        on_company(
            "INSERT INTO stock_level (company_id, warehouse_id, product_id, cost_amount)"
            " SELECT company_id, warehouse_id, product_id, 5 FROM stock_level WHERE company_id = %s LIMIT 1"
        ),
        frozenset({"I2b"}),
    ),
    Plant(
        "allocated_for_nobody",
        "I2a",
        lambda year: run("UPDATE stock_level SET allocated = allocated + 1 WHERE id = %s", first_level(year)),
    ),
    Plant(
        "stock_from_nowhere",
        "I2b",
        lambda year: run("UPDATE stock_level SET on_hand = on_hand + 1 WHERE id = %s", first_level(year)),
    ),
    Plant(
        "cost_from_nowhere",
        "I2b",
        lambda year: run("UPDATE stock_level SET cost_amount = cost_amount + 1 WHERE id = %s", first_level(year)),
    ),
    Plant("held_for_nobody", "I2a", hold_without_stock),
    Plant(
        "moved_before_its_day",
        "I2e",
        on_company("UPDATE stock_document SET moved_on = '2999-01-01' WHERE company_id = %s AND kind = 'adjustment'"),
    ),
    Plant(
        "arrived_and_still_expected",
        "I2f",
        on_company("UPDATE inbound_supply SET received = 0 WHERE company_id = %s AND transfer_line_id IS NOT NULL"),
    ),
    Plant(
        "arrived_in_part_and_closed",
        "I2f",
        on_company(
            "WITH line AS (UPDATE stock_transfer_line SET quantity = quantity + 1 WHERE company_id = %s RETURNING id)"
            " UPDATE inbound_supply SET quantity = quantity + 1 FROM line WHERE transfer_line_id = line.id"
        ),
    ),
    Plant("shipped_less_than_left", "I2c", lambda year: change_lines(year, year.dispatched_order, "shipped = shipped - 1")),
    Plant("allocated_less_than_given", "I2c", lambda year: change_lines(year, year.noticed_order, "allocated = allocated - 1")),
    Plant("an_allocation_in_two_shipments", "I2d", ship_twice),
    Plant("given_back_and_about_to_ship", "I2d", give_back_what_waits),
    Plant("allocated_beyond_ordered", "I3a", lambda year: change_lines(year, year.noticed_order, "ordered = ordered - 1")),
    Plant("goods_on_two_lines", "I3b", lambda year: bill_again(year, "0")),
    Plant("goods_billed_twice", "I3b", bill_again, frozenset({"I3c"})),
    Plant("invoiced_less_than_billed", "I3c", lambda year: change_lines(year, year.completed_order, "invoiced = invoiced - 1")),
    Plant(
        "returned_without_a_return",
        "I3d",
        on_company("UPDATE shipment_line SET returned = returned + 1 WHERE company_id = %s AND returned > 0"),
    ),
    Plant(
        "credited_and_forgotten",
        "I3e",
        on_company("UPDATE customer_return SET credited_at = NULL WHERE company_id = %s AND credited_at IS NOT NULL"),
    ),
    Plant(
        "credit_promised_and_not_made",
        "I3e",
        on_company("UPDATE customer_return SET credited_at = now() WHERE company_id = %s AND credited_at IS NULL"),
    ),
    *(
        Plant(f"one_number_for_each_{table}", "I4a", same_number(table))
        for table in ("sales_order", "shipment", "sales_invoice", "payment", "customer_return", "stock_document")
    ),
    Plant(
        "a_number_that_nobody_bears",
        "I4b",
        on_company("UPDATE number_series SET next_number = next_number + 1 WHERE company_id = %s AND series = 'invoice'"),
    ),
    Plant("a_gap_in_the_numbers", "I4b", on_invoice("series_number = series_number + 1000")),
    Plant("the_same_number_in_the_series", "I4b", on_invoice("series_number = 1")),
    Plant("posted_before_the_one_before", "I4c", on_invoice("posted_at = posted_at - INTERVAL '1 hour'")),
    Plant("an_entry_of_one_side", "I5a", lambda year: book(year, ("bank", 5))),
    Plant("a_debt_without_a_document", "I5b", lambda year: book(year, ("receivable", 5), ("bank", -5))),
    Plant("tax_without_a_document", "I5c", lambda year: book(year, ("tax_output", 5), ("bank", -5))),
    Plant("stock_without_a_document", "I5d", lambda year: book(year, ("stock", 5), ("bank", -5))),
    Plant(
        "posted_and_not_booked",
        "I5d",
        on_company("UPDATE stock_document SET posted_at = now() WHERE company_id = %s AND posted_at IS NULL"),
    ),
    Plant(
        "a_payment_of_another_day_than_booked",
        "I5e",
        lambda year: run("UPDATE payment SET received_on = received_on - 1 WHERE id = %s", year.payments[0]),
    ),
    Plant(
        "booked_for_nobody_of_that_day",
        "I5e",
        lambda year: run(
            "UPDATE journal_line SET customer_id = NULL WHERE company_id = %s AND entry_id IN"
            " (SELECT id FROM journal_entry WHERE document = 'payment' AND document_id = %s)",
            year.shop.company.id,
            year.payments[0],
        ),
        frozenset({"I5b", "I8"}),
    ),
    Plant("settled_by_nobody", "I6a", move_applied),
    Plant(
        "a_receivable_that_never_moved",
        "I6e",
        lambda year: run("UPDATE receivable SET moved_on = NULL WHERE invoice_id = %s", year.posted_invoices[0]),
    ),
    Plant(
        "settled_and_still_open",
        "I6e",
        lambda year: run("UPDATE receivable SET settled_on = '2026-01-01' WHERE invoice_id = %s", year.posted_invoices[1]),
    ),
    Plant(
        "a_payment_that_never_moved", "I6e", lambda year: run("UPDATE payment SET moved_on = NULL WHERE id = %s", year.payments[0])
    ),
    Plant(
        "applied_before_it_came",
        "I6e",
        on_company(
            "WITH early AS (UPDATE payment_application SET applied_on = '2000-01-01' WHERE company_id = %s RETURNING receivable_id)"
            " UPDATE receivable SET moved_on = '2000-01-01' FROM early WHERE id = early.receivable_id"
        ),
    ),
    Plant("used_for_nothing", "I6b", move_used),
    Plant("a_draft_is_owed", "I6c", owe_a_draft),
    Plant("a_total_that_is_not_the_lines", "I6d", on_invoice("amount_net = amount_net + 1, amount_tax = amount_tax - 1")),
    Plant(
        "an_order_total_that_is_not_the_lines",
        "I7a",
        on_company("UPDATE sales_order SET amount_net = amount_net + 1, amount_tax = amount_tax - 1 WHERE company_id = %s"),
    ),
    Plant(
        "invoiced_without_an_invoice",
        "I7b",
        on_company("UPDATE sales_order SET invoiced_gross = invoiced_gross + 1 WHERE company_id = %s"),
    ),
    Plant("credit_sees_double", "I7c", see_double),
    Plant(
        "an_entry_told_differently",
        "I8",
        on_company("UPDATE journal_entry SET description = 'something else' WHERE company_id = %s AND number = 2"),
    ),
    Plant("held_by_nobody", "I9a", state_without_event("sales_order", "held", "released")),
    Plant("on_the_road_again", "I9a", state_without_event("shipment", "dispatched", "delivered")),
    Plant("dropped_by_nobody", "I9a", state_without_event("sales_order", "rejected", "held")),
    Plant("a_document_without_a_past", "I9a", on_company("DELETE FROM event WHERE company_id = %s AND document = 'shipment'")),
    Plant("a_past_without_a_document", "I9a", lambda year: event(year, "ShipmentNoticed", "shipment", 987654321)),
    Plant("completed_twice", "I9b", back_and_forth),
)
