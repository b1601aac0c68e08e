"""What review rules and their findings are called: one sentence a kind for a pass, one for a breach, with the figures compared."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

RULES: Final[Mapping[str, StrOrPromise]] = {
    "customer": _("Customer"),
    "products": _("Products"),
    "quantities": _("Quantities"),
    "prices": _("Prices"),
    "credit": _("Credit"),
    "approval": _("Approval"),
    "by_hand": _("Held by a person"),
    "account": _("Account"),
    "order_maximum": _("Largest order"),
    "credit_horizon": _("Credit within a horizon"),
    "credit_utilisation": _("Use of the limit"),
    "credit_documents": _("Credit by documents"),
    "oldest_item": _("Oldest open item"),
    "overdue_share": _("Share overdue"),
    "first_order": _("First order"),
    "terms": _("Payment terms"),
    "group_limit": _("Limit of the group"),
    "small_order": _("Small order"),
    "order_minimum": _("Smallest order"),
    "margin": _("Margin"),
    "discount": _("Discount"),
    "minimum_quantity": _("Smallest quantity"),
    "cases": _("Whole cases"),
    "usual_quantity": _("Usual quantity"),
    "same_po": _("PO number used before"),
    "alike_order": _("Order like another"),
    "address": _("Address"),
    "tax_id": _("Tax number"),
    "assortment": _("Assortment"),
    "dates": _("Dates"),
    "stock": _("Stock"),
    "currency": _("Currency and terms"),
    "incoterm": _("Delivery terms"),
    "tax_registry": _("Tax registry"),
    "denied_party": _("Denied parties"),
    "export_licence": _("Export licence"),
}

_COMPARED: Final[Mapping[str, StrOrPromise]] = {
    "credit": _(
        "%(exposure)s open (orders %(open_orders)s, delivered %(delivered_not_billed)s, billed %(billed_not_posted)s, receivables"
        " %(open_receivables)s, payments −%(unapplied_payments)s) + %(order)s this order = %(total)s; the limit is"
        " %(credit_limit)s."
    ),
    "credit_broken": _(
        "%(exposure)s open (orders %(open_orders)s, delivered %(delivered_not_billed)s, billed %(billed_not_posted)s, receivables"
        " %(open_receivables)s, payments −%(unapplied_payments)s) + %(order)s this order = %(total)s is over the limit of"
        " %(credit_limit)s."
    ),
    "unlimited": _("The customer has no credit limit."),
    "nothing": _("There is nothing to compare."),
    "prepaid": _("Paid in advance: %(prepaid)s for the order of %(order)s."),
    "excluded": _("The rule is broken, but does not hold %(excluded)s."),
    "grace": _("The rule is broken, but a person let the order go lately."),
}

# What a rule looked at, by kind: when it passed, and when it was broken.
FINDINGS: Final[Mapping[str, tuple[StrOrPromise, StrOrPromise]]] = {
    "customer": (_("The customer may be supplied."), _("The customer is blocked.")),
    "products": (_("Every product may be sold."), _("Line %(line)s: product %(product)s may not be sold: %(because)s.")),
    "quantities": (
        _("The largest quantity, %(largest_quantity)s, is within %(quantity_max)s."),
        _("The largest quantity, %(largest_quantity)s, is above %(quantity_max)s."),
    ),
    "prices": (
        _("No price is further than %(deviation_max)s from the agreed one; the furthest is %(deviation)s away."),
        _("The price of line %(line)s is %(deviation)s away from the agreed one; %(deviation_max)s is allowed."),
    ),
    "credit": (_COMPARED["credit"], _COMPARED["credit_broken"]),
    "account": (
        _("The account is open; dunning level %(dunning_level)s."),
        _(
            "The limit expired (%(limit_expires_on)s), the account is shut (%(account_status)s) or dunned"
            " (level %(dunning_level)s)."
        ),
    ),
    "order_maximum": (
        _("This order of %(order)s is within the maximum of %(maximum)s."),
        _("This order of %(order)s is over the maximum of %(maximum)s."),
    ),
    "credit_horizon": (_COMPARED["credit"], _COMPARED["credit_broken"]),
    "credit_utilisation": (
        _("%(exposure)s open + %(order)s this order = %(total)s; %(allowed)s of the limit may be used."),
        _("%(exposure)s open + %(order)s this order = %(total)s is more than the %(allowed)s of the limit that may be used."),
    ),
    "credit_documents": (
        _("The documents that count and this order come to %(total)s; the limit is %(credit_limit)s."),
        _("The documents that count and this order come to %(total)s, over the limit of %(credit_limit)s."),
    ),
    "oldest_item": (
        _("The oldest open item, %(amount)s, is %(days_late)s days late; %(days)s are allowed above %(tolerance)s."),
        _("An open item of %(amount)s is %(days_late)s days late; %(days)s are allowed."),
    ),
    "overdue_share": (
        _("%(overdue)s of %(owed)s is overdue (%(share)s); %(share_max)s is allowed."),
        _("%(overdue)s of %(owed)s is overdue (%(share)s), more than %(share_max)s."),
    ),
    "first_order": (
        _("This order of %(order)s keeps what a new customer may order, %(maximum)s, or the customer is not new."),
        _("A new customer's order of %(order)s is over %(maximum)s."),
    ),
    "terms": (
        _(
            "%(terms_days)s days to pay and %(cash_discount)s cash discount; the customer has %(customer_terms_days)s and"
            " %(customer_cash_discount)s."
        ),
        _(
            "%(terms_days)s days to pay or %(cash_discount)s cash discount within %(cash_discount_days)s are better than the"
            " customer's %(customer_terms_days)s and %(customer_cash_discount)s within %(customer_cash_discount_days)s."
        ),
    ),
    "group_limit": (
        _("The group's %(group_exposure)s + %(order)s this order = %(total)s; the group's limit is %(group_limit)s."),
        _(
            "The group's %(group_exposure)s + %(order)s this order = %(total)s is over the group's limit of %(group_limit)s, or the"
            " customer's own %(own_exposure)s over %(credit_limit)s."
        ),
    ),
    "small_order": (
        _("This order of %(order)s is not below %(minimum)s."),
        _("This order of %(order)s is below %(minimum)s."),
    ),
    "order_minimum": (
        _("This order of %(order)s reaches the minimum of %(minimum)s."),
        _("This order of %(order)s is below the minimum of %(minimum)s."),
    ),
    "margin": (
        _("The lowest margin, on line %(line)s, is %(margin)s; the floor is %(margin_min)s."),
        _("The margin of line %(line)s is %(margin)s: net %(net)s, cost %(cost)s; the floor is %(margin_min)s."),
    ),
    "discount": (
        _("The discount of %(discount)s on %(goods)s is %(share)s; %(share_allowed)s is allowed to whoever entered it."),
        _("The discount of %(discount)s on %(goods)s is %(share)s, more than the %(share_allowed)s of whoever entered it."),
    ),
    "minimum_quantity": (
        _("Every line reaches the smallest quantity of its product."),
        _("Line %(line)s asks for %(quantity)s, the smallest quantity is %(minimum)s: take %(suggested)s."),
    ),
    "cases": (
        _("Every line is whole cases."),
        _("Line %(line)s asks for %(quantity)s in cases of %(case)s: take %(down)s or %(up)s."),
    ),
    "usual_quantity": (
        _("The furthest from what is usual is line %(line)s: %(quantity)s, usually %(median)s."),
        _(
            "Line %(line)s asks for %(quantity)s, %(times)s times the usual %(median)s of %(orders)s orders (99 of 100 lines of"
            " anybody ask for %(p99)s at most); one zero too many?"
        ),
    ),
    "same_po": (_("The PO number %(po)s was not used before."), _("The PO number %(po)s was used before: %(others)s.")),
    "alike_order": (
        _("No order of the last days is like this one."),
        _("%(likeness)s of the lines are those of order %(other)s, %(hours_apart)s hours before."),
    ),
    "address": (
        _("The address is complete."),
        _("The address lacks parts (%(missing)s), its postcode %(postcode)s does not fit, or freight would go to a PO box."),
    ),
    "tax_id": (
        _("The tax number %(tax_id)s has no fault that can be seen."),
        _("The tax number %(tax_id)s is not one of %(country)s, or is missing."),
    ),
    "assortment": (_("The assortment allows every line."), _("Line %(line)s: product %(product)s is not for this customer.")),
    "dates": (
        _("The requested day can be met."),
        _(
            "%(requested_on)s cannot be met (earliest %(earliest_on)s, prices hold until %(prices_until)s); %(offered_on)s is"
            " offered."
        ),
    ),
    "stock": (
        _("Every line has its stock free."),
        _("Line %(line)s asks for %(quantity)s, %(available)s is free: %(short)s short."),
    ),
    "currency": (
        _("Currency %(currency)s and %(terms_days)s days to pay are allowed."),
        _("Currency %(currency)s or %(terms_days)s days to pay are not allowed."),
    ),
    "incoterm": (
        _("Delivery term %(incoterm)s and freight payer %(freight_payer)s agree."),
        _("Delivery term %(incoterm)s does not go with %(freight_payer)s paying the freight; by the term: %(payer_by_term)s."),
    ),
    "tax_registry": (
        _("Tax number %(tax_id)s of %(country)s: registry says %(status)s, asked on %(checked_on)s."),
        _("Tax number %(tax_id)s of %(country)s is not confirmed: %(status)s, last asked on %(checked_on)s."),
    ),
    "denied_party": (
        _("No denied party is like the customer or the receiver."),
        _("The customer or receiver is like %(listed)s on list %(list)s (%(likeness)s): somebody has to look."),
    ),
    "export_licence": (
        _("No goods of dual use leave the country."),
        _("Line %(line)s: product %(product)s is of dual use and goes to %(to_country)s; a licence may be needed."),
    ),
    "by_hand": (_("Nobody holds the order."), _("A person holds it: %(reason)s")),
    "approval": (
        _("No approval is missing."),
        _("An order over %(amount)s with a margin of %(margin)s waits for %(role)s."),
    ),
}
LIMITED: Final = frozenset({"credit", "credit_horizon", "credit_utilisation", "credit_documents"})
BY_LINE: Final = frozenset({"margin", "usual_quantity", "quantities", "prices"})


def sentence(kind: str, outcome: str, inputs: Mapping[str, Any]) -> StrOrPromise:
    """The sentence for a finding, to be filled with its figures; empty for a kind without one."""
    passed, broken = FINDINGS.get(kind, ("", ""))
    if outcome != "pass":
        return broken
    if "prepaid" in inputs:
        return _COMPARED["prepaid"]
    if "excluded" in inputs:
        return _COMPARED["excluded"]
    if "grace_until" in inputs:
        return _COMPARED["grace"]
    if kind in LIMITED and inputs.get("credit_limit") is None:
        return _COMPARED["unlimited"]
    return _COMPARED["nothing"] if kind in BY_LINE and "line" not in inputs else passed
