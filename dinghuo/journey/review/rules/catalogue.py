"""The catalogue of kinds: what a rule may be. Rule: docs/rules/review.md."""

from collections.abc import Mapping

from dinghuo.journey.review.rules import credit, lines, orders, outside
from dinghuo.journey.review.rules.kinds import Kind, Parameter, worst_line

CREDIT = frozenset({"credit"})
LINES = frozenset({"lines"})
SHARE_MAX = 1
# Roles of people who enter orders: each may have an authority of its own to give discounts.
ENTERING_ROLES = ("admin", "sales", "credit", "finance", "customer")

KINDS: Mapping[str, Kind] = {
    "customer": Kind(orders.customer_figures, orders.customer_is_blocked),
    "products": Kind(
        worst_line(lines.block_of_line, lines.product_is_blocked, "blocked_products"),
        lines.product_is_blocked,
        needs=LINES,
        by_line=True,
    ),
    "quantities": Kind(
        worst_line(lines.quantity_of_line, lines.quantity_is_huge, "largest_quantity"),
        lines.quantity_is_huge,
        (Parameter("quantity_max", "number", "100000"),),
        needs=LINES,
        by_line=True,
    ),
    "prices": Kind(
        worst_line(lines.price_of_line, lines.price_is_off, "deviation"),
        lines.price_is_off,
        (Parameter("deviation_max", "number", "0.50", maximum=1000),),
        severity="warn",
        needs=LINES,
        by_line=True,
    ),
    "credit": Kind(credit.credit_figures, credit.exceeds_limit, needs=CREDIT, is_credit=True),
    "account": Kind(
        credit.account_figures,
        credit.account_is_shut,
        (Parameter("statuses", "choices", ["frozen"]), Parameter("dunning_level", "whole", 3, minimum=1, maximum=100)),
        is_credit=True,
    ),
    "order_maximum": Kind(
        credit.order_maximum_figures, credit.exceeds_maximum, (Parameter("maximum", "number", None),), is_credit=True
    ),
    "credit_horizon": Kind(
        credit.credit_figures,
        credit.exceeds_limit,
        (Parameter("horizon_days", "whole", 30, maximum=3650),),
        needs=CREDIT,
        is_credit=True,
    ),
    "credit_utilisation": Kind(
        credit.credit_figures,
        credit.exceeds_limit,
        (Parameter("utilisation", "number", "0.90", maximum=10),),
        needs=CREDIT,
        is_credit=True,
    ),
    "credit_documents": Kind(
        credit.document_figures,
        credit.documents_exceed_limit,
        (
            Parameter("classes", "choices", list(credit.DOCUMENTS), among=credit.DOCUMENTS),
            Parameter("counts_drafts", "flag", False),
        ),
        needs=CREDIT,
        is_credit=True,
    ),
    "oldest_item": Kind(
        credit.oldest_item_figures,
        credit.has_old_item,
        (Parameter("days", "whole", 30, maximum=3650), Parameter("tolerance", "number", "0")),
        needs=CREDIT,
        is_credit=True,
    ),
    "overdue_share": Kind(
        credit.overdue_figures,
        credit.too_much_is_overdue,
        (Parameter("days", "whole", 0, maximum=3650), Parameter("share_max", "number", "0.15", maximum=SHARE_MAX)),
        needs=CREDIT,
        is_credit=True,
    ),
    "first_order": Kind(
        credit.first_order_figures,
        credit.exceeds_first_order_cap,
        (Parameter("maximum", "number", "2000"),),
        needs=CREDIT | {"earlier"},
        is_credit=True,
    ),
    "terms": Kind(
        credit.terms_figures,
        credit.terms_are_better,
        (
            Parameter("days_more_max", "whole", 0, maximum=365),
            Parameter("checks_days", "flag", True),
            Parameter("checks_cash_discount", "flag", True),
        ),
        is_credit=True,
    ),
    "group_limit": Kind(credit.pool_figures, credit.pool_is_exhausted, needs=CREDIT, is_credit=True),
    "small_order": Kind(orders.value_figures, orders.is_below_minimum, (Parameter("minimum", "number", "100"),)),
    "order_minimum": Kind(orders.value_figures, orders.is_below_minimum, (Parameter("minimum", "number", "0"),)),
    "margin": Kind(
        worst_line(lines.margin_of_line, lines.margin_is_low, "short_of"),
        lines.margin_is_low,
        (Parameter("margin_min", "number", "0.15", minimum=-10, maximum=SHARE_MAX),),
        needs=LINES,
        by_line=True,
    ),
    "discount": Kind(
        orders.discount_figures,
        orders.discount_is_too_high,
        (
            Parameter("share_max", "number", "0.05", maximum=SHARE_MAX),
            *(Parameter(f"share_max_{role}", "number", None, maximum=SHARE_MAX) for role in ENTERING_ROLES),
        ),
        needs=frozenset({"discount"}),
    ),
    "minimum_quantity": Kind(
        worst_line(lines.minimum_of_line, lines.is_below_minimum_quantity, "short_of"),
        lines.is_below_minimum_quantity,
        needs=LINES,
        by_line=True,
    ),
    "cases": Kind(worst_line(lines.case_of_line, lines.breaks_a_case, "over"), lines.breaks_a_case, needs=LINES, by_line=True),
    "usual_quantity": Kind(
        worst_line(lines.usual_of_line, lines.quantity_is_unusual, "times"),
        lines.quantity_is_unusual,
        (
            Parameter("times_max", "number", "5", minimum=1, maximum=1000),
            Parameter("orders_min", "whole", 4, minimum=1, maximum=12),
            Parameter("p99_times", "number", None, minimum=1, maximum=1000),
            Parameter("p99_lines_min", "whole", 100, minimum=1, maximum=1000),
        ),
        needs=LINES | {"history"},
        by_line=True,
    ),
    "same_po": Kind(
        orders.same_po_figures,
        orders.is_repeated,
        (Parameter("days", "whole", 365, minimum=1, maximum=3650),),
        needs=frozenset({"same_po"}),
    ),
    "alike_order": Kind(
        orders.alike_figures,
        orders.is_too_alike,
        (Parameter("likeness", "number", "0.8", maximum=SHARE_MAX), Parameter("hours", "whole", 48, minimum=1, maximum=720)),
        severity="warn",
        needs=frozenset({"alike"}),
    ),
    "address": Kind(
        orders.address_figures,
        orders.address_is_poor,
        (
            Parameter("parts", "choices", orders.PARTS_ASKED, among=orders.ADDRESS_PARTS),
            Parameter("po_box_allowed", "flag", False),
            Parameter("parcel_kg_max", "number", "0"),
        ),
        needs=LINES,
    ),
    "tax_id": Kind(orders.tax_id_figures, orders.tax_id_is_bad, (Parameter("required", "flag", False),)),
    "assortment": Kind(
        worst_line(lines.listing_of_line, lines.is_outside_assortment, "outside"),
        lines.is_outside_assortment,
        needs=LINES | {"listing"},
        by_line=True,
    ),
    "dates": Kind(orders.date_figures, orders.date_cannot_be_met, needs=LINES, severity="warn"),
    "stock": Kind(
        worst_line(lines.supply_of_line, lines.is_short, "short"),
        lines.is_short,
        severity="warn",
        needs=LINES | {"supply"},
        by_line=True,
    ),
    "currency": Kind(
        orders.currency_figures,
        orders.currency_is_not_allowed,
        (Parameter("currencies", "choices", []), Parameter("terms_days_max", "whole", 365, maximum=365)),
    ),
    "incoterm": Kind(outside.incoterm_figures, outside.incoterm_disagrees),
    "tax_registry": Kind(
        outside.registry_figures,
        outside.registry_objects,
        (Parameter("days", "whole", 30, minimum=1, maximum=365),),
        needs=frozenset({"registry"}),
    ),
    "denied_party": Kind(
        outside.denied_figures,
        outside.is_denied,
        (Parameter("likeness", "number", "0.90", maximum=SHARE_MAX),),
        needs=frozenset({"denied"}),
    ),
    "export_licence": Kind(
        worst_line(outside.licence_of_line, outside.needs_licence, "needs_licence"),
        outside.needs_licence,
        needs=LINES,
        by_line=True,
    ),
}

# What a new company starts with: all of it passes until somebody sets up what it looks at.
INSTALLED = ("customer", "products", "quantities", "prices", "credit", "account", "order_maximum")

# Kinds whose figures do not depend on parameters, with the kinds that store the same ones: what was stored can be decided by
# another version. Of lines, the worst one is stored, and whatever breaks no worst line breaks none.
DECIDED_ON: Mapping[str, tuple[str, ...]] = {
    **{kind: (kind,) for kind in ("customer", "quantities", "prices", "margin", "account", "terms", "group_limit", "discount")},
    **{kind: (kind,) for kind in ("incoterm", "export_licence")},
    **{kind: (kind,) for kind in ("first_order", "tax_id", "currency")},
    **dict.fromkeys(("small_order", "order_minimum"), ("small_order", "order_minimum")),
    **dict.fromkeys(("credit", "credit_utilisation"), ("credit", "credit_utilisation")),
}
