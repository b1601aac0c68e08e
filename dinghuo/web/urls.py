"""Every address of the site. Each view says who may call it; one that does not is refused."""

from allauth.account import views as account
from django.urls import path, register_converter

from dinghuo.journey.allocation import count_pages as counts
from dinghuo.journey.allocation import goods_in_pages as goods_in
from dinghuo.journey.allocation import keeping_pages as keeping
from dinghuo.journey.allocation import stock_pages as stock
from dinghuo.journey.allocation import transfer_pages as transfers
from dinghuo.journey.analytics import pages as analytics
from dinghuo.journey.finance import pages as finance
from dinghuo.journey.review import pages as review
from dinghuo.journey.shipping import pages as shipping
from dinghuo.journey.tracking import pages as tracking
from dinghuo.reference import pages as reference
from dinghuo.reference.access import PUBLIC, SIGNED_IN, declare
from dinghuo.web import actions, addresses, allocation_work, api, health, home, order_entry, orders, payments, portal, sign_in

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
    path("review/", review.review, name="review"),
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
    path("finance/", finance.finance, name="finance"),
    path("finance/invoices/<id:invoice_id>/", finance.invoice, name="invoice"),
    path("finance/receivables/", finance.receivables, name="receivables"),
    path("finance/payments/", finance.payments, name="payments"),
    path("finance/payments/new/", payments.new_payment, name="payment-new"),
    path("tracking/", tracking.tracking, name="tracking"),
    path("tracking/<id:feedback_id>/answer/", tracking.answer, name="feedback-answer"),
    path("analytics/", analytics.analytics, name="analytics"),
    path("customers/", reference.customers, name="customers"),
    path("customers/choices/", reference.customer_choices, name="customer-choices"),
    path("products/", reference.products, name="products"),
    path("products/choices/", reference.product_choices, name="product-choices"),
    path("portal/", portal.portal, name="portal"),
    path("portal/orders/<id:order_id>/", portal.portal_order, name="portal-order"),
    path("portal/orders/<id:order_id>/feedback/", portal.leave, name="portal-feedback"),
    path("portal/invoices/<id:invoice_id>/", portal.portal_invoice, name="portal-invoice"),
    path("api/v1/", api.addresses()),
    *actions.addresses(),
]
