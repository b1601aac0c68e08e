"""What kinds of rules and their parameters are called on forms, and what each does, in one line."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

# What each kind holds, warns of or rejects.
KINDS_IN_WORDS: Final[Mapping[str, StrOrPromise]] = {
    "customer": _("The customer is blocked."),
    "products": _("A product is blocked, not on sale yet, or discontinued with too little left."),
    "quantities": _("A line asks for more than a largest quantity."),
    "prices": _("A price lies further from the agreed one than is allowed."),
    "credit": _("What the customer owes and has on order, with this order, is over the credit limit."),
    "account": _("The limit has expired, the account is shut, or the customer was dunned too often."),
    "order_maximum": _("The order is larger than one order may be."),
    "credit_horizon": _("As the credit limit, but orders that leave later than the horizon do not count."),
    "credit_utilisation": _("As the credit limit, but only a share of it may be used."),
    "credit_documents": _("As the credit limit, but only the chosen documents count."),
    "oldest_item": _("An open item has been overdue for too long."),
    "overdue_share": _("Too large a share of what the customer owes is overdue."),
    "first_order": _("A new customer's first order is too large."),
    "terms": _("The order gives more days to pay than the customer has."),
    "group_limit": _("The customer's group is over its limit."),
    "small_order": _("The order is below a small amount; meant as a release exclusion."),
    "order_minimum": _("The order is below the smallest amount."),
    "margin": _("A line's margin is below the floor."),
    "discount": _("The discounts are too large a share of the goods."),
    "minimum_quantity": _("A line asks for less than the product's smallest quantity."),
    "cases": _("A line is not whole cases."),
    "usual_quantity": _("A line asks for many times what the customer usually orders."),
    "same_po": _("The customer has used the PO number before."),
    "alike_order": _("Another recent order for the same address has nearly the same lines."),
    "address": _("The ship-to address lacks a part or is a PO box."),
    "tax_id": _("The tax number has a fault or is missing."),
    "assortment": _("A product is not in the customer's assortment."),
    "dates": _("The requested day cannot be met."),
    "stock": _("Less is free than a line asks for."),
    "currency": _("The currency or the terms of payment are not allowed."),
    "incoterm": _("The delivery term does not go with who pays the freight."),
    "tax_registry": _("The tax registry does not confirm the tax number."),
    "denied_party": _("The customer or receiver is like somebody on a list of denied parties."),
    "export_licence": _("Goods of dual use would leave the country without a licence."),
}

LABELS: Final[Mapping[str, StrOrPromise]] = {
    "quantity_max": _("Largest quantity"),
    "deviation_max": _("Largest deviation"),
    "statuses": _("Statuses that shut an account"),
    "dunning_level": _("Dunning level"),
    "maximum": _("Largest amount"),
    "horizon_days": _("Horizon in days"),
    "utilisation": _("Share of the limit"),
    "classes": _("Documents that count"),
    "counts_drafts": _("Drafts count too"),
    "days": _("Days"),
    "tolerance": _("Amount that does not matter"),
    "share_max": _("Largest share"),
    "days_more_max": _("Days more to pay"),
    "minimum": _("Smallest amount"),
    "margin_min": _("Smallest margin"),
    "times_max": _("Times the usual quantity"),
    "orders_min": _("Orders to compare with"),
    "likeness": _("Share of equal lines"),
    "hours": _("Hours"),
    "parts": _("Parts that must be there"),
    "po_box_allowed": _("A PO box will do"),
    "required": _("Must be there"),
    "currencies": _("Currencies allowed"),
    "terms_days_max": _("Longest terms in days"),
    "checks_days": _("Look at the days to pay"),
    "checks_cash_discount": _("Look at the cash discount"),
    "share_max_admin": _("Largest share of an administrator"),
    "share_max_sales": _("Largest share of sales"),
    "share_max_credit": _("Largest share of credit control"),
    "share_max_finance": _("Largest share of finance"),
    "share_max_customer": _("Largest share of the customer itself"),
    "p99_times": _("Times the quantity that 99 of 100 lines keep to"),
    "p99_lines_min": _("Lines to compare with"),
    "parcel_kg_max": _("Heaviest parcel in kilograms"),
    "grace_days": _("Days of grace"),
    "except_customers": _("Customers it never holds"),
    "except_classes": _("Customer classes it never holds"),
}

HELP: Final[Mapping[str, StrOrPromise]] = {
    "quantity_max": _("In stock units, for one line."),
    "deviation_max": _("A share: 0.05 is 5 %."),
    "statuses": _("Words parted by commas, as the customers' accounts have them."),
    "dunning_level": _("From this level on the account is shut."),
    "maximum": _("In company currency, with tax; empty is no limit but the customer's own."),
    "horizon_days": _("Orders that leave after so many days do not count."),
    "utilisation": _("A share: 0.90 is 90 % of the credit limit."),
    "classes": _("At least those that a customer would have to pay."),
    "days": _("So many days late, or looked back."),
    "tolerance": _("In company currency; open items up to it are overlooked."),
    "share_max": _("A share: 0.15 is 15 %."),
    "days_more_max": _("More than the customer's own terms."),
    "minimum": _("In company currency, with tax."),
    "margin_min": _("A share of net: 0.15 is 15 %; may be negative."),
    "times_max": _("Compared with the median of the last orders of the product."),
    "orders_min": _("With fewer orders of the product nothing is compared."),
    "likeness": _("A share: 0.8 is 80 % of products with their quantities."),
    "hours": _("Between the two orders."),
    "currencies": _("Codes parted by commas, such as USD, EUR; company currency is always allowed."),
    "terms_days_max": _("Longer terms are not allowed."),
    "share_max_admin": _("For orders that an administrator entered; empty is the largest share above."),
    "share_max_sales": _("For orders that sales entered; empty is the largest share above."),
    "share_max_credit": _("For orders that credit control entered; empty is the largest share above."),
    "share_max_finance": _("For orders that finance entered; empty is the largest share above."),
    "share_max_customer": _("For orders that the customer entered; empty is the largest share above."),
    "p99_times": _("Compared with the lines of all customers; empty does not compare."),
    "p99_lines_min": _("With fewer lines of the product nobody's lines are compared."),
    "parcel_kg_max": _("An order up to this weight may go to a PO box; 0 is none."),
    "except_customers": _("Codes parted by commas; a breach is on record and holds nothing."),
    "except_classes": _("Classes parted by commas; a breach is on record and holds nothing."),
    "grace_days": _("For so long after a person's release the rule does not hold the same order again; 0 is never."),
}

OPTIONS: Final[Mapping[str, StrOrPromise]] = {
    "open_orders": _("Open orders"),
    "open_deliveries": _("Delivered, not billed"),
    "unaudited_invoices": _("Billed, not posted"),
    "receivables": _("Receivables"),
    "name": _("Name"),
    "address": _("Street"),
    "city": _("City"),
    "region": _("Region"),
    "postcode": _("Postcode"),
    "country": _("Country"),
}


def kind_in_words(kind: str) -> str:
    """What a kind of rule is broken by; empty for one that nobody has described."""
    return str(KINDS_IN_WORDS.get(kind, ""))


def label_of(parameter: str) -> str:
    """What a parameter is called."""
    return str(LABELS.get(parameter) or parameter.replace("_", " "))


def help_for(parameter: str) -> str:
    """What a parameter means, or empty."""
    return str(HELP.get(parameter, ""))


def option_in_words(option: str) -> str:
    """What one of a parameter's choices is called."""
    return str(OPTIONS.get(option) or option.replace("_", " "))
