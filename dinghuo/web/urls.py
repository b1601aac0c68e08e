"""Every address of the site. Each view says who may call it; one that does not is refused."""

from allauth.account import views as account
from django.urls import path

from dinghuo.journey.allocation import pages as allocation
from dinghuo.journey.analytics import pages as analytics
from dinghuo.journey.finance import pages as finance
from dinghuo.journey.ordering import pages as ordering
from dinghuo.journey.review import pages as review
from dinghuo.journey.shipping import pages as shipping
from dinghuo.journey.tracking import pages as tracking
from dinghuo.reference import pages as reference
from dinghuo.reference.access import PUBLIC, SIGNED_IN, declare
from dinghuo.web import health, home, sign_in

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
    path("orders/", ordering.orders, name="orders"),
    path("review/", review.review, name="review"),
    path("allocation/", allocation.allocation, name="allocation"),
    path("shipping/", shipping.shipping, name="shipping"),
    path("finance/", finance.finance, name="finance"),
    path("tracking/", tracking.tracking, name="tracking"),
    path("analytics/", analytics.analytics, name="analytics"),
    path("portal/", tracking.portal, name="portal"),
    path("customers/", reference.customers, name="customers"),
    path("products/", reference.products, name="products"),
]
