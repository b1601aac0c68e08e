"""Every address of the site. Each view says who may call it; one that does not is refused."""

from allauth.account import views as account
from django.urls import path, register_converter

from dinghuo.exchange.papers import pages as papers
from dinghuo.journey.allocation import count_pages as counts
from dinghuo.journey.allocation import goods_in_pages as goods_in
from dinghuo.journey.allocation import keeping_pages as keeping
from dinghuo.journey.allocation import stock_pages as stock
from dinghuo.journey.allocation import transfer_pages as transfers
from dinghuo.journey.analytics import pages as analytics
from dinghuo.journey.finance import ageing_pages as ageing
from dinghuo.journey.finance import pages as finance
from dinghuo.journey.review import delegation_pages as delegations
from dinghuo.journey.review import matrix_pages as matrix
from dinghuo.journey.review import pages as review
from dinghuo.journey.review import rule_pages as rules
from dinghuo.journey.review import trial_pages as trials
from dinghuo.journey.shipping import pages as shipping
from dinghuo.journey.tracking import pages as tracking
from dinghuo.reference import pages as reference
from dinghuo.reference.access import PUBLIC, SIGNED_IN, declare
from dinghuo.web import (
    actions,
    addresses,
    allocation_work,
    api,
    carrier_pushes,
    disputes,
    health,
    home,
    order_entry,
    orders,
    payments,
    portal,
    reviewing,
    sign_in,
)

register_converter(addresses.IdConverter, "id")

handler400 = "dinghuo.web.errors.bad_request"
handler403 = "dinghuo.web.errors.forbidden"
handler404 = "dinghuo.web.errors.not_found"
handler500 = "dinghuo.web.errors.fault"

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("sign-in/", declare(account.login, PUBLIC), name="account_login"),
    path("sign-out/", declare(account.logout, PUBLIC), name="account_logout"),
    path("account-closed/", declare(account.account_inactive, PUBLIC), name="account_inactive"),
    path("password/", declare(account.password_change, SIGNED_IN), name="account_change_password"),
    path("language/", sign_in.choose_language, name="choose-language"),
    path("company/", sign_in.choose_company, name="choose-company"),
    path("orders/", orders.orders, name="orders"),
    path("orders/new/", order_entry.new_order, name="order-new"),
    path("orders/new/line/", order_entry.line_facts, name="order-line-facts"),
    path("orders/new/paste/", order_entry.pasted_lines, name="order-pasted-lines"),
    path("orders/<id:order_id>/", orders.order, name="order"),
    path("orders/<id:order_id>/amend/", order_entry.amend, name="order-amend"),
    path("orders/<id:key>/release/", reviewing.release, name="order-release"),
    path("orders/<id:key>/reject/", reviewing.reject, name="order-reject"),
    path("orders/<id:key>/hold/", reviewing.hold_back, name="order-hold"),
    path("review/", review.review, name="review"),
    path("review/lines/", review.review_lines, name="review-lines"),
    path("review/touchless/", review.touchless, name="touchless"),
    path("review/decisions/", review.decisions, name="decisions"),
    path("review/<id:order_id>/", review.review_order, name="review-order"),
    path("review/release/", reviewing.release, name="review-release"),
    path("review/reject/", reviewing.reject, name="review-reject"),
    path("review/approve/", reviewing.approve, name="review-approve"),
    path("review/decline/", reviewing.decline, name="review-decline"),
    path("review/ask/", reviewing.ask, name="review-ask"),
    path("review/ask-before-approval/", reviewing.ask_as_approver, name="review-ask-as-approver"),
    path("review/lines/hold/", reviewing.hold_chosen_lines, name="review-hold-lines"),
    path("review/lines/release/", reviewing.free_chosen_lines, name="review-free-lines"),
    path("review/questions/<id:question_id>/answer/", reviewing.answer, name="question-answer"),
    path("settings/", rules.settings, name="settings"),
    path("settings/rules/", rules.rules, name="rules"),
    path("settings/rules/new/", rules.new_rule, name="rule-new"),
    path("settings/rules/scopes/", rules.scope_choices, name="rule-scope-choices"),
    path("settings/rules/trial/", trials.trial, name="rule-trial"),
    path("settings/rules/trial/form/", trials.trial_form, name="rule-trial-form"),
    path("settings/rules/<id:rule_id>/", rules.rule, name="rule"),
    path("settings/rules/<id:rule_id>/change/", rules.change, name="rule-change"),
    path("settings/rules/<id:rule_id>/retire/", rules.retire, name="rule-retire"),
    path("settings/rules/<id:rule_id>/restore/", rules.restore, name="rule-restore"),
    path("settings/company/", reference.company, name="company-settings"),
    path("settings/matrix/", matrix.matrix, name="matrix"),
    path("settings/matrix/change/", matrix.change_matrix, name="matrix-change"),
    path("settings/delegations/", delegations.delegations, name="delegations"),
    path("settings/delegations/new/", delegations.add_delegation, name="delegation-new"),
    path("settings/delegations/<id:delegation_id>/end/", delegations.end_delegation, name="delegation-end"),
    path("settings/duties/", delegations.duties, name="duties"),
    path("settings/duties/change/", delegations.change_duties, name="duties-change"),
    path("allocation/", stock.allocation, name="allocation"),
    path("allocation/products/<id:product_id>/", stock.product, name="stock-product"),
    path("allocation/products/<id:product_id>/settings/", stock.settings, name="stock-product-settings"),
    path("allocation/products/<id:product_id>/lots/", stock.lots, name="stock-product-lots"),
    path("allocation/lots/choices/", stock.lot_choices, name="stock-lot-choices"),
    path("allocation/receive/", goods_in.receive, name="stock-receive"),
    path("allocation/supplies/", goods_in.supplies, name="stock-supplies"),
    path("allocation/supplies/new/", goods_in.expect, name="stock-supply-new"),
    path("allocation/supplies/<id:inbound_id>/", goods_in.supply, name="stock-supply"),
    path("allocation/transfers/", transfers.transfers, name="stock-transfers"),
    path("allocation/transfers/new/", transfers.new_transfer, name="stock-transfer-new"),
    path("allocation/transfers/<id:transfer_id>/", transfers.transfer, name="stock-transfer"),
    path("allocation/transfers/<id:transfer_id>/arrive/", transfers.arrive, name="stock-transfer-arrive"),
    path("allocation/transfers/<id:transfer_id>/end/", transfers.end, name="stock-transfer-end"),
    path("allocation/counts/", counts.counts, name="stock-counts"),
    path("allocation/counts/new/", counts.new_count, name="stock-count-new"),
    path("allocation/counts/<id:count_id>/", counts.count, name="stock-count"),
    path("allocation/counts/<id:count_id>/record/", counts.record, name="stock-count-record"),
    path("allocation/counts/<id:count_id>/differences/", counts.differences, name="stock-count-differences"),
    path("allocation/counts/<id:count_id>/cancel/", counts.cancel, name="stock-count-cancel"),
    path("allocation/adjust/", keeping.adjust, name="stock-adjust"),
    path("allocation/quarantine/", keeping.quarantine, name="stock-quarantine"),
    path("allocation/quarantine/new/", keeping.new_quarantine, name="stock-quarantine-new"),
    path("allocation/quarantine/<id:quarantine_id>/release/", keeping.free, name="stock-quarantine-release"),
    path("allocation/quarantine/<id:quarantine_id>/scrap/", keeping.scrap, name="stock-quarantine-scrap"),
    path("allocation/holds/", keeping.holds, name="stock-holds"),
    path("allocation/holds/new/", keeping.new_hold, name="stock-hold-new"),
    path("allocation/holds/<id:stock_hold_id>/extend/", keeping.extend, name="stock-hold-extend"),
    path("allocation/holds/<id:stock_hold_id>/release/", keeping.let_go, name="stock-hold-release"),
    path("allocation/expiring/", keeping.expiring, name="stock-expiring"),
    *allocation_work.addresses(),
    path("shipping/", shipping.shipping, name="shipping"),
    path("shipping/<id:shipment_id>/delivery-note.pdf", papers.delivery_note, name="paper-shipment"),
    path("shipping/due/delivery-notes.pdf", papers.delivery_notes_due, name="papers-due"),
    path("shipping/labels/", shipping.label_queue, name="labels"),
    path("shipping/<id:shipment_id>/", shipping.parcel, name="parcel"),
    path("shipping/<id:key>/label/", shipping.order_label, name="label-order"),
    path("shipping/labels/<id:label_id>/file/", shipping.label_paper, name="paper-label"),
    path("shipping/labels/<id:key>/retry/", shipping.retry, name="label-retry"),
    path("shipping/labels/<id:key>/give-up/", shipping.give_up, name="label-give-up"),
    path("shipping/labels/<id:key>/cancel/", shipping.cancel, name="label-cancel"),
    path("shipping/labels/<id:key>/decide/", shipping.decide, name="label-decide"),
    path("shipping/labels/<id:key>/carrier/", shipping.choose_carrier, name="label-carrier"),
    path("carriers/<id:company_id>/<str:push_key>/", carrier_pushes.receive, name="carrier-push"),
    path("finance/", finance.finance, name="finance"),
    path("finance/invoices/<id:invoice_id>/", finance.invoice, name="invoice"),
    path("finance/invoices/<id:invoice_id>/invoice.pdf", papers.invoice, name="paper-invoice"),
    path("finance/receivables/", finance.receivables, name="receivables"),
    path("finance/invoices/<id:invoice_id>/dispute/", disputes.open_dispute, name="dispute-open"),
    path("finance/disputes/<id:dispute_id>/close/", disputes.close_dispute, name="dispute-close"),
    path("finance/ageing/", ageing.ageing, name="ageing"),
    path("finance/ageing/items/", ageing.ageing_items, name="ageing-items"),
    path("finance/payments/", finance.payments, name="payments"),
    path("finance/payments/new/", payments.new_payment, name="payment-new"),
    path("tracking/", tracking.tracking, name="tracking"),
    path("tracking/<id:feedback_id>/answer/", tracking.answer, name="feedback-answer"),
    path("analytics/", analytics.analytics, name="analytics"),
    path("customers/", reference.customers, name="customers"),
    path("customers/<id:customer_id>/", reference.customer, name="customer"),
    path("customers/choices/", reference.customer_choices, name="customer-choices"),
    path("products/", reference.products, name="products"),
    path("products/<id:product_id>/", reference.product, name="product"),
    path("products/choices/", reference.product_choices, name="product-choices"),
    path("portal/", portal.portal, name="portal"),
    path("portal/orders/<id:order_id>/", portal.portal_order, name="portal-order"),
    path("portal/orders/<id:order_id>/feedback/", portal.leave, name="portal-feedback"),
    path("portal/questions/<id:question_id>/answer/", reviewing.answer_in_portal, name="portal-answer"),
    path("portal/invoices/<id:invoice_id>/", portal.portal_invoice, name="portal-invoice"),
    path("portal/shipments/<id:shipment_id>/delivery-note.pdf", papers.own_delivery_note, name="portal-paper-shipment"),
    path("portal/invoices/<id:invoice_id>/invoice.pdf", papers.own_invoice, name="portal-paper-invoice"),
    path("api/v1/", api.addresses()),
    *actions.addresses(),
]
