"""Who may call what: every route against every role, and every document against every stranger."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from ninja.operation import Operation

from dinghuo.reference.access import PERMISSIONS, PUBLIC, SIGNED_IN, declared
from dinghuo.reference.bearers import BearerToken
from dinghuo.reference.models import Company, Role
from dinghuo.web.api import api
from tests.api.callers import Caller, a_caller, a_wholesaler
from tests.api.goods import Shop, a_shop

# The one place that says what each route asks for; a route that is not here fails.
ROUTES = {
    "POST /token": PUBLIC,
    "DELETE /token": SIGNED_IN,
    "GET /me": SIGNED_IN,
    "GET /customers": "customers.read",
    "POST /customers": "customers.write",
    "GET /customers/{customer_id}": "customers.read",
    "PATCH /customers/{customer_id}": "customers.write",
    "POST /customers/{customer_id}/block": "customers.write",
    "GET /products": "products.read",
    "POST /products": "products.write",
    "GET /products/{product_id}": "products.read",
    "PATCH /products/{product_id}": "products.write",
    "POST /products/{product_id}/block": "products.write",
    "GET /warehouses": "warehouses.read",
    "POST /warehouses": "warehouses.write",
    "GET /carriers": "carriers.read",
    "POST /carriers": "carriers.write",
    "GET /orders": "orders.read portal.read",
    "POST /orders": "orders.write",
    "GET /orders/{order_id}": "orders.read portal.read",
    "POST /orders/{order_id}/submit": "orders.write",
    "POST /orders/{order_id}/amendments": "orders.write",
    "POST /orders/{order_id}/cancel": "orders.write",
    "GET /orders/{order_id}/reviews": "orders.read",
    "POST /orders/{order_id}/release": "orders.release",
    "POST /orders/{order_id}/reject": "orders.release",
    "POST /orders/{order_id}/allocate": "stock.allocate",
    "GET /orders/{order_id}/timeline": "orders.read portal.read",
    "POST /orders/{order_id}/feedback": "portal.write",
    "GET /stock": "stock.read",
    "POST /stock/receipts": "stock.write",
    "POST /stock/adjustments": "stock.write",
    "GET /stock/balances": "stock.read",
    "GET /stock/moves": "stock.read",
    "GET /stock/settings": "stock.read",
    "POST /stock/settings": "stock.write",
    "GET /stock/transfers": "stock.read",
    "POST /stock/transfers": "stock.write",
    "GET /stock/transfers/{transfer_id}": "stock.read",
    "POST /stock/transfers/{transfer_id}/receive": "stock.write",
    "POST /stock/transfers/{transfer_id}/end": "stock.write",
    "GET /stock/counts": "stock.read",
    "POST /stock/counts": "stock.write",
    "GET /stock/counts/{count_id}": "stock.read",
    "POST /stock/counts/{count_id}/entries": "stock.write",
    "POST /stock/counts/{count_id}/post": "stock.approve",
    "POST /stock/counts/{count_id}/cancel": "stock.write",
    "GET /stock/quarantine": "stock.read",
    "POST /stock/quarantine": "stock.write",
    "POST /stock/quarantine/{quarantine_id}/release": "stock.write",
    "POST /stock/quarantine/{quarantine_id}/scrap": "stock.write",
    "GET /stock/pegs": "stock.read",
    "GET /stock/holds": "stock.read",
    "POST /stock/holds": "stock.allocate",
    "POST /stock/holds/{stock_hold_id}/extend": "stock.allocate",
    "POST /stock/holds/{stock_hold_id}/release": "stock.allocate",
    "POST /stock/holds/{stock_hold_id}/allocate": "stock.allocate",
    "GET /promises": "stock.read",
    "GET /orders/{order_id}/promises": "orders.read",
    "POST /orders/{order_id}/promises": "orders.write",
    "POST /stock/supplies/{inbound_id}/change": "stock.write",
    "GET /stock/supplies": "stock.read",
    "POST /stock/supplies": "stock.write",
    "GET /allocations": "stock.read",
    "POST /allocations": "stock.allocate",
    "POST /allocations/sourcing": "stock.allocate",
    "GET /shortages/{shortage_id}/proposals": "stock.read",
    "POST /shortages/{shortage_id}/proposals": "stock.allocate",
    "POST /shortages/{shortage_id}/question": "stock.allocate",
    "POST /proposals/{proposal_id}/accept": "stock.allocate",
    "POST /proposals/{proposal_id}/undo": "stock.allocate",
    "GET /shortage-questions": "portal.read",
    "POST /shortage-questions/{question_id}/answer": "portal.write",
    "POST /shortage-answers": PUBLIC,
    "GET /products/{product_id}/substitutes": "products.read",
    "POST /products/{product_id}/substitutes": "products.write",
    "POST /customers/{customer_id}/substitution-consent": "customers.write",
    "GET /allocation-policies": "stock.read",
    "POST /allocation-policies": "policies.write",
    "POST /allocation-policies/{policy_id}/change": "policies.write",
    "POST /allocation-policies/{policy_id}/retire": "policies.write",
    "GET /allocation-schedules": "stock.read",
    "POST /allocation-schedules": "policies.write",
    "POST /allocation-schedules/{schedule_id}/end": "policies.write",
    "POST /allocation-terms": "policies.write",
    "GET /allocation-runs": "stock.read",
    "POST /allocation-runs": "stock.allocate",
    "GET /allocation-runs/{policy_run_id}": "stock.read",
    "GET /allocation-runs/{policy_run_id}/lines": "stock.read",
    "GET /allocation-runs/{policy_run_id}/customers": "stock.read",
    "POST /allocation-runs/{policy_run_id}/post": "stock.allocate",
    "POST /allocation-runs/{policy_run_id}/drop": "stock.allocate",
    "GET /order-lines/{order_line_id}/explanation": "stock.read",
    "GET /order-lines/{order_line_id}/donors": "stock.read",
    "POST /order-lines/{order_line_id}/swaps": "stock.allocate",
    "POST /order-lines/{order_line_id}/commit": "stock.allocate",
    "POST /order-lines/{order_line_id}/release-commitment": "stock.allocate",
    "POST /swaps/{stock_swap_id}/undo": "stock.allocate",
    "GET /shortages": "stock.read",
    "GET /shipments": "shipments.read portal.read",
    "POST /shipments": "shipments.write",
    "GET /shipments/{shipment_id}": "shipments.read portal.read",
    "POST /shipments/{shipment_id}/dispatch": "shipments.dispatch",
    "POST /shipments/{shipment_id}/deliver": "shipments.dispatch",
    "POST /shipments/{shipment_id}/cancel": "shipments.write",
    "GET /shipments/{shipment_id}/tracking": "shipments.read portal.read",
    "POST /shipments/{shipment_id}/tracking-number": "shipments.write",
    "POST /tracking-events": "shipments.write",
    "GET /tracking-events/unclaimed": "shipments.read",
    "GET /carrier-connections": "carriers.read",
    "POST /carrier-connections": "carriers.write",
    "GET /labels": "shipments.read",
    "POST /labels": "shipments.write",
    "GET /labels/{label_id}": "shipments.read",
    "GET /labels/{label_id}/file": "shipments.read",
    "POST /labels/{label_id}/retry": "shipments.write",
    "POST /labels/{label_id}/give-up": "shipments.write",
    "POST /labels/{label_id}/cancel": "shipments.write",
    "POST /labels/{label_id}/decide": "shipments.write",
    "POST /labels/{label_id}/carrier": "shipments.write",
    "GET /shipments/{shipment_id}/delivery-note": "shipments.read portal.read",
    "POST /delivery-notes/print": "shipments.read",
    "GET /invoices/{invoice_id}/pdf": "invoices.read portal.read",
    "GET /invoices/{invoice_id}/e-invoice": "invoices.read portal.read",
    "GET /invoices/{invoice_id}/factur-x": "invoices.read portal.read",
    "POST /e-invoices/check": "invoices.read",
    "GET /returns": "shipments.read portal.read",
    "POST /returns": "returns.write",
    "GET /returns/{return_id}": "shipments.read portal.read",
    "POST /returns/{return_id}/credit": "invoices.write",
    "GET /invoices": "invoices.read portal.read",
    "POST /invoices": "invoices.write",
    "GET /invoices/{invoice_id}": "invoices.read portal.read",
    "POST /invoices/{invoice_id}/post": "invoices.post",
    "POST /invoices/{invoice_id}/disputes": "invoices.write",
    "POST /disputes/{dispute_id}/close": "invoices.write",
    "GET /receivables": "invoices.read portal.read",
    "GET /receivables/ageing": "invoices.read",
    "GET /receivables/ageing/items": "invoices.read",
    "GET /payments": "payments.read",
    "POST /payments": "payments.take",
    "GET /payments/{payment_id}": "payments.read",
    "POST /payments/{payment_id}/apply": "payments.take",
    "GET /bank/accounts": "bank.read",
    "POST /bank/accounts": "bank.write",
    "POST /bank/statements": "bank.import",
    "GET /bank/lines": "bank.read",
    "GET /bank/lines/{bank_line_id}": "bank.read",
    "POST /bank/match": "bank.match",
    "POST /bank/lines/{bank_line_id}/settle": "bank.match",
    "POST /bank/lines/{bank_line_id}/correct": "bank.match",
    "POST /bank/lines/{bank_line_id}/unmatch": "bank.match",
    "POST /bank/lines/{bank_line_id}/set-aside": "bank.match",
    "GET /bank/rates": "bank.read",
    "GET /bank/payer-aliases": "bank.read",
    "POST /bank/payer-aliases": "bank.match",
    "POST /bank/payer-aliases/{payer_alias_id}/retire": "bank.match",
    "POST /bank/match-policy": "bank.write",
    "GET /events": "events.read",
    "GET /feedback": "feedback.read portal.read",
    "POST /feedback/{feedback_id}/answer": "feedback.answer",
    "GET /company": "company.read",
    "PATCH /company": "company.write",
    "GET /approvals": "approvals.read",
    "POST /approvals/{approval_step_id}/approve": "orders.approve",
    "POST /approvals/{approval_step_id}/reject": "orders.approve",
    "POST /approvals/{approval_step_id}/ask": "orders.approve",
    "GET /approval-matrix": "approvals.read",
    "POST /approval-matrix": "approvals.write",
    "GET /delegations": "approvals.read",
    "POST /delegations": "orders.approve",
    "POST /delegations/{delegation_id}/end": "orders.approve",
    "GET /rule-kinds": "rules.read",
    "GET /rules": "rules.read",
    "GET /rules/{rule_id}": "rules.read",
    "GET /rules/{rule_id}/versions": "rules.read",
    "POST /rules": "rules.write",
    "POST /rule-trials": "rules.write",
    "POST /rules/{rule_id}/versions": "rules.write",
    "POST /rules/{rule_id}/retire": "rules.write",
    "POST /rules/{rule_id}/restore": "rules.write",
    "GET /approval-matrix/versions": "approvals.read",
    "GET /delegations/history": "approvals.read",
    "GET /duties": "approvals.read",
    "POST /duties": "approvals.write",
    "GET /decisions": "approvals.read",
    "POST /orders/{order_id}/copy": "orders.write",
    "POST /orders/{order_id}/hold": "orders.release",
    "GET /orders/{order_id}/line-promises": "orders.read",
    "GET /customers/{customer_id}/exposure": "invoices.read",
    "GET /review-queue": "orders.read",
    "GET /line-holds": "orders.read",
    "POST /line-holds": "orders.release",
    "POST /line-holds/release": "orders.release",
    "GET /questions": "orders.read portal.read",
    "POST /questions": "orders.release",
    "POST /questions/{question_id}/answer": "orders.write portal.write",
    "GET /touchless": "approvals.read",
    "GET /touchless/orders": "approvals.read",
    "POST /customers/{customer_id}/sales-person": "approvals.write",
}
REASON = {"reason": "Because."}
# What a route of one document needs to be well formed; the others need nothing.
BODIES: dict[str, Any] = {
    "POST /stock/transfers/{transfer_id}/end": {"rest": "returned", **REASON},
    "PATCH /customers/{customer_id}": {"name": "Lotus"},
    "POST /customers/{customer_id}/block": {"blocked": False, **REASON},
    "PATCH /products/{product_id}": {"name": "Teapot"},
    "POST /products/{product_id}/block": {"blocked": False, **REASON},
    "POST /products/{product_id}/substitutes": {"substitutes": []},
    "POST /customers/{customer_id}/substitution-consent": {"is_given": True},
    "POST /shortage-questions/{question_id}/answer": {"choice": "wait"},
    "POST /orders/{order_id}/amendments": REASON,
    "POST /orders/{order_id}/cancel": REASON,
    "POST /orders/{order_id}/release": {"reason_code": "other", **REASON},
    "POST /orders/{order_id}/reject": {"reason_code": "other", **REASON},
    "POST /orders/{order_id}/hold": {"reason_code": "other", **REASON},
    "POST /questions/{question_id}/answer": {"answer": "Yes."},
    "POST /orders/{order_id}/feedback": {"rating": 4},
    "POST /invoices/{invoice_id}/disputes": REASON,
    "POST /disputes/{dispute_id}/close": {"resolution": "Agreed."},
    "POST /stock/counts/{count_id}/entries": {"lines": [{"product_id": 1, "quantity": "1"}]},
    "POST /stock/counts/{count_id}/post": REASON,
    "POST /stock/counts/{count_id}/cancel": REASON,
    "POST /stock/quarantine/{quarantine_id}/release": REASON,
    "POST /stock/quarantine/{quarantine_id}/scrap": REASON,
    "POST /stock/supplies/{inbound_id}/change": {"reason": "Late."},
    "POST /stock/holds/{stock_hold_id}/extend": {"expires_at": "2199-01-01T00:00:00Z"},
    "POST /stock/holds/{stock_hold_id}/allocate": {"order_line_id": 1},
    "POST /allocation-policies/{policy_id}/change": {"code": "fair"},
    "POST /order-lines/{order_line_id}/swaps": {"donors": [{"order_line_id": 1, "quantity": "1"}], **REASON},
    "POST /order-lines/{order_line_id}/commit": REASON,
    "POST /shipments/{shipment_id}/cancel": REASON,
    "POST /shipments/{shipment_id}/tracking-number": {"tracking_number": "SF1"},
    "POST /labels/{label_id}/carrier": {"carrier": "ROAD"},
    "POST /e-invoices/check": {"xml": "<x/>"},
    "POST /delivery-notes/print": {"ids": [4_611_686_018_427_387_904]},
    "POST /bank/lines/{bank_line_id}/correct": REASON,
    "POST /bank/lines/{bank_line_id}/unmatch": REASON,
    "POST /bank/lines/{bank_line_id}/set-aside": REASON,
    "POST /feedback/{feedback_id}/answer": {"answer": "Thank you."},
    "POST /customers/{customer_id}/sales-person": {"user_id": 1},
    "POST /approvals/{approval_step_id}/approve": {"reason_code": "other", **REASON},
    "POST /approvals/{approval_step_id}/reject": {"reason_code": "other", **REASON},
    "POST /approvals/{approval_step_id}/ask": {"question": "Why?"},
}
# These documents of another company are asked for in the tests of approvals, of disputes, of the reviewer's queue, of runs (swaps)
# of shortages (proposals and questions), and of carriers (labels).
ELSEWHERE = (
    "{approval_step_id}", "{delegation_id}", "{dispute_id}", "{label_id}", "{proposal_id}", "{question_id}", "{shortage_id}",
    "{stock_swap_id}",
)  # fmt: skip
OF_ONE = [call for call in ROUTES if "{" in call and not any(name in call for name in ELSEWHERE)]
MISSING = 4_611_686_018_427_387_904
NOT_FOUND = b'{"code":"not_found","message":"There is no such document.","facts":{}}'


def operations() -> Iterator[tuple[str, Operation]]:
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    yield f"{method} {path}", operation


def undeclared(found: Iterator[tuple[str, Operation]]) -> list[str]:
    said = [(call, declared(operation.view_func)) for call, operation in found]
    return [call for call, needs in said if needs is None or needs != ROUTES.get(call)]


def grants(role: str, call: str) -> bool:
    needs = ROUTES[call].split(" ") if ROUTES[call] != SIGNED_IN else []
    return not needs or PUBLIC in needs or any(role in PERMISSIONS[need] for need in needs)


def ask(caller: Caller, call: str, document_id: int) -> Any:
    method, path = call.split(" ")
    return caller.call(method, re.sub(r"{\w+}", str(document_id), path), BODIES.get(call, {}), If_Match='"1"')


def test_every_route_declares_what_it_asks_for() -> None:
    assert undeclared(operations()) == []
    assert {call for call, _ in operations()} == set(ROUTES)


def test_a_route_that_declares_nothing_is_found_and_lets_nobody_in() -> None:
    def planted() -> None: ...

    operation = Operation("/planted", ["GET"], planted)
    assert undeclared(iter([("GET /planted", operation)])) == ["GET /planted"]
    (usual,) = list(api.auth) if isinstance(api.auth, list) else []
    assert isinstance(usual, BearerToken)
    assert usual.needs == ()


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_call_what_the_table_grants_it_and_nothing_else(wholesaler: Company, admin: Caller, role: str) -> None:
    customer = admin.post("/customers", {"code": "C1", "name": "Lotus", "country": "CN"}).ok()
    caller = a_caller(wholesaler, role, customer_id=customer["id"])
    for call in [call for call in ROUTES if call != "DELETE /token"]:
        status = ask(caller, call, MISSING).status
        assert (status != 403) == grants(role, call), (call, status)
        assert status < 500, (call, status)
        assert status != 401 or ROUTES[call] == PUBLIC, call


def test_a_stranger_may_call_nothing_but_the_sign_in(wholesaler: Company) -> None:
    statuses = {call: ask(Caller(""), call, MISSING).status for call in ROUTES}
    assert {call for call, status in statuses.items() if status != 401} == {"POST /token", "POST /shortage-answers"}


def document_of(shop: Shop, call: str) -> int:
    names = re.findall(r"{(\w+)}", call)
    return int(getattr(shop, names[0]))


def test_another_companys_document_and_a_missing_one_answer_alike(wholesaler: Company, admin: Caller) -> None:
    shop = a_shop(wholesaler, admin)
    with a_wholesaler() as other:
        stranger = a_caller(other, "admin", "customer", customer_id=a_shop(other, a_caller(other, "admin")).customer_id)
    for call in OF_ONE:
        answers = {ask(stranger, call, key).raw for key in (document_of(shop, call), MISSING)}
        assert answers == {NOT_FOUND}, call


def test_another_customers_document_and_a_missing_one_answer_alike(wholesaler: Company, admin: Caller) -> None:
    shop, own = a_shop(wholesaler, admin), a_shop(wholesaler, admin)
    portal = a_caller(wholesaler, "customer", customer_id=own.customer_id)
    calls = [call for call in OF_ONE if grants("customer", call)]
    assert len(calls) > 5
    for call in calls:
        answers = {ask(portal, call, key).raw for key in (document_of(shop, call), MISSING)}
        assert answers == {NOT_FOUND}, call
        assert ask(portal, call, document_of(own, call)).status in {200, 409}, call


def test_a_customers_lists_hold_its_own_documents_and_no_secret_of_the_house(wholesaler: Company, admin: Caller) -> None:
    own = a_shop(wholesaler, admin, credit_limit="777777.77")
    a_shop(wholesaler, admin)
    portal = a_caller(wholesaler, "customer", customer_id=own.customer_id)
    for path in ("/orders", "/shipments", "/invoices", "/receivables", "/returns", "/feedback"):
        items = portal.get(path).ok()["items"]
        assert items, path
        assert {item["customer"] for item in items} == {own.customer}, path
    assert portal.get(f"/orders?customer_id={own.customer_id + 1}").ok()["items"] == []
    for call in [call for call in ROUTES if call.startswith("GET") and grants("customer", call)]:
        raw = ask(portal, call, document_of(own, call) if "{" in call else 0).raw
        assert b"98.765432" not in raw, call
        assert b"777777" not in raw, call


def test_a_customer_is_told_neither_who_acts_nor_the_figures_of_a_review(wholesaler: Company, admin: Caller) -> None:
    own = a_shop(wholesaler, admin)
    portal = a_caller(wholesaler, "customer", customer_id=own.customer_id)
    told = portal.get(f"/orders/{own.order_id}/timeline").ok()["items"]
    assert {event["kind"] for event in told} >= {"OrderEntered", "ShipmentDispatched", "InvoicePosted"}
    assert all(event["facts"] == {} and event["actor_id"] is None for event in told)
    known = admin.get(f"/orders/{own.order_id}/timeline").ok()["items"]
    assert len(known) > len(told)
    assert any(event["facts"] for event in known)
