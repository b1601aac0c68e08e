"""A wholesaler with one order on each part of the way, made over the API."""

import base64
from dataclasses import dataclass
from typing import Any

from dinghuo.reference.models import Company
from tests.api.callers import Caller, a_caller
from tests.builders import a_code


@dataclass(frozen=True, slots=True)
class Shop:
    """The ids of what a test may ask for; `order` is delivered, billed and rated, `waiting` is a draft."""

    customer: str
    customer_id: int
    product: str
    product_id: int
    order_id: int
    waiting_id: int
    shipment_id: int
    shipment_line_id: int
    invoice_id: int
    payment_id: int
    return_id: int
    feedback_id: int
    rule_id: int
    bank_line_id: int
    payer_alias_id: int
    transfer_id: int
    count_id: int
    quarantine_id: int
    inbound_id: int
    stock_hold_id: int
    order_line_id: int
    policy_id: int
    schedule_id: int
    policy_run_id: int


def a_customer(admin: Caller, **given: Any) -> Any:
    """A customer without a credit limit."""
    return admin.post("/customers", {"code": a_code("C"), "name": "Lotus", "country": "CN", **given}).ok()


def a_product(admin: Caller, stock: str = "", **given: Any) -> Any:
    """A product of 10.00 with 13 % tax that costs 6, with some stock if wanted."""
    plain = {"code": a_code("P"), "name": "Teapot", "list_price": "10", "standard_cost": "6", "tax_rate": "0.13"}
    product = admin.post("/products", {**plain, **given}).ok()
    if stock:
        line = {"product_id": product["id"], "quantity": stock, "unit_cost": product["standard_cost"]}
        admin.post("/stock/receipts", {"lines": [line]}).ok()
    return product


def an_order(admin: Caller, customer: str, product: str, quantity: str = "1", **given: Any) -> Any:
    """An order of one line, handed to review."""
    asked = {"customer": customer, "submit": True, "lines": [{"product": product, "quantity": quantity}]}
    return admin.post("/orders", {**asked, **given}).ok()


def a_shipment(admin: Caller, order_id: int) -> Any:
    """The only shipment of an order, that the conveyor has made."""
    (shipment,) = admin.get(f"/shipments?order_id={order_id}").ok()["items"]
    return shipment


def an_invoice(admin: Caller, order_id: int) -> Any:
    """The only invoice of an order, that the conveyor has made."""
    (invoice,) = admin.get(f"/invoices?order_id={order_id}&kind=invoice").ok()["items"]
    return invoice


def a_bank_line(admin: Caller, amount: str, text: str) -> Any:
    """A line of money in, on a bank account of its own, that nothing has been done with."""
    number = a_code("BANK")
    admin.post("/bank/accounts", {"code": number, "name": "Bank", "number": number, "currency": "CNY"}).ok()
    statement = (
        f":20:1\n:25:{number}\n:28C:1\n:60F:C260301CNY0,\n:61:260302C{amount}NTRFNONREF\n:86:{text}\n:62F:C260302CNY{amount}\n-\n"
    )
    file = {"name": f"{number}.sta", "content": base64.b64encode(statement.encode()).decode()}
    admin.post("/bank/statements", file).ok()
    (line,) = admin.get(f"/bank/lines?account={number}").ok()["items"]
    return line


def an_alias(admin: Caller, customer_id: int) -> int:
    """An account that is known as a customer's; returns the alias's id."""
    account = a_code("ACC")
    admin.post("/bank/payer-aliases", {"kind": "account", "value": account, "customer_id": customer_id}).ok()
    (found,) = [alias for alias in admin.get("/bank/payer-aliases?limit=200").ok()["items"] if alias["value"] == account]
    return int(found["id"])


def a_shop(company: Company, admin: Caller, **of_customer: Any) -> Shop:
    """One customer's order from entry to feedback, and one that waits."""
    customer, product = a_customer(admin, **of_customer), a_product(admin, "100", standard_cost="98.765432")
    order = an_order(admin, customer["code"], product["code"], "10")
    shipment = a_shipment(admin, order["id"])
    left = admin.post(f"/shipments/{shipment['id']}/dispatch").ok()
    admin.post(f"/shipments/{shipment['id']}/deliver").ok()
    line = left["lines"][0]["id"]
    back = {"customer_id": customer["id"], "lines": [{"shipment_line_id": line, "quantity": "1"}]}
    portal = a_caller(company, "customer", customer_id=customer["id"])
    branch = admin.post("/warehouses", {"code": a_code("B"), "name": "Branch", "country": "CN"}).ok()["id"]
    goods = a_product(admin, "20")["id"]
    one = {"product_id": goods, "quantity": "1"}
    house = next(row["id"] for row in admin.get("/warehouses").ok()["items"] if row["id"] != branch)
    sent = {"from_warehouse_id": house, "to_warehouse_id": branch, "expected_on": "2199-01-01", "lines": [one]}
    supply = {**one, "unit_cost": "1", "expected_on": "2199-01-01"}
    return Shop(
        customer=customer["code"],
        customer_id=customer["id"],
        product=product["code"],
        product_id=product["id"],
        order_id=order["id"],
        waiting_id=an_order(admin, customer["code"], product["code"], submit=False)["id"],
        shipment_id=shipment["id"],
        shipment_line_id=line,
        invoice_id=an_invoice(admin, order["id"])["id"],
        payment_id=admin.post("/payments", {"customer_id": customer["id"], "amount": "50"}).ok()["id"],
        return_id=admin.post("/returns", back).ok()["id"],
        transfer_id=admin.post("/stock/transfers", sent).ok()["transfer"]["id"],
        quarantine_id=admin.post("/stock/quarantine", {"lines": [one], "reason": "Broken."}).ok()["ids"][0],
        inbound_id=admin.post("/stock/supplies", {"lines": [supply]}).ok()["inbound_ids"][0],
        stock_hold_id=admin.post("/stock/holds", {"lines": [{**one, "kind": "phone"}]}).ok()["stock_hold_ids"][0],
        count_id=admin.post("/stock/counts", {"warehouse_id": house, "product_ids": [goods]}).ok()["count"]["id"],
        order_line_id=order["lines"][0]["id"],
        policy_id=admin.post("/allocation-policies", {"code": a_code("fair")}).ok()["id"],
        schedule_id=admin.post("/allocation-schedules", {"hour": 23}).ok()["id"],
        policy_run_id=admin.post("/allocation-runs", {}).ok()["id"],
        feedback_id=portal.post(f"/orders/{order['id']}/feedback", {"rating": 5}).ok()["id"],
        rule_id=admin.get("/rules").ok()["items"][0]["id"],
        bank_line_id=a_bank_line(admin, "50,00", "HELLO")["id"],
        payer_alias_id=an_alias(admin, customer["id"]),
    )
