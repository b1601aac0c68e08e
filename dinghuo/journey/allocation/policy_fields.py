"""The fields of a policy's form: what each is called, which choices it leaves, and what it does, in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from dinghuo.journey.allocation.sentences import KEY_NAMES, LOT_ORDERS, WAREHOUSE_ORDERS

Choices = Sequence[tuple[str, StrOrPromise]]

CONDITIONS: Final = 3
MORE_KEYS: Final[Mapping[str, StrOrPromise]] = {
    "customer_id": _("the customer"),
    "group": _("the customer's group"),
    "channel": _("the channel of the order"),
    "region": _("the country"),
    "warehouse_id": _("the order's warehouse"),
    "product_id": _("the product"),
    "wanted": _("units wanted"),
    "confirmed": _("units it has"),
    "deliveries": _("deliveries so far"),
    "unit_value": _("value a unit"),
    "order_id": _("the order's number in line"),
    "line_id": _("the line's number in line"),
    "entered_on": _("the day entered"),
    "zone": _("the zone"),
    "fine": _("the fine for being short"),
    "case_size": _("units in a case"),
    "minimum_life": _("days it must last"),
}
KEY_LABELS: Final[Mapping[str, StrOrPromise]] = {**KEY_NAMES, **MORE_KEYS}
KEY_CHOICES: Final[Choices] = tuple(KEY_LABELS.items())
# What a line is told apart by before any policy has ranked it.
GROUP_CHOICES: Final[Choices] = tuple(
    (key, KEY_LABELS[key])
    for key in ("customer_class", "customer_id", "group", "channel", "region", "warehouse_id", "priority", "flag")
)
NORM_CHOICES: Final[Choices] = tuple(
    (key, KEY_LABELS[key]) for key in ("customer_class", "flag", "days_late", "days_waiting", "value", "margin")
)
STRATEGIES: Final[Choices] = (
    ("gain", _("Gain: keeps what it has, may get more")),
    ("win", _("Win: all it wants, whatever it costs others")),
    ("improve", _("Improve: keeps what it has if it can, may get more")),
    ("redistribute", _("Redistribute: all is dealt anew")),
    ("fill", _("Fill: never more than it has")),
    ("lose", _("Lose: gives back what it has")),
    ("skip", _("Skip: left as it is")),
)
OPERATORS: Final[Choices] = (
    ("eq", "="), ("ne", "≠"), ("lt", "<"), ("le", "≤"), ("gt", ">"), ("ge", "≥"), ("in", _("one of")),
)  # fmt: skip
METHODS: Final[Choices] = (
    ("greedy", _("By rank: each what it wants, as long as there is some")),
    ("proportional", _("In proportion to what each wants")),
    ("max_min", _("Evenly, until each has what it wants")),
    ("shares", _("By shares of the values below")),
    ("target", _("To the same part of each target")),
    ("knapsack", _("The full lines worth most together")),
    ("penalty", _("The least fines and lost margin")),
)
YES_NO: Final[Choices] = (("", _("no")), ("1", _("yes")))


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its name, label, kind of value, choices and help.

    Kinds: text, whole, percent (kept as thousandths), choice, truth, day, keyed (a code, day or number of the row's key), codes.
    """

    name: str
    label: StrOrPromise
    kind: str = "text"
    choices: Choices = ()
    hint: StrOrPromise = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form: single fields, or a table whose rows have these fields; `place` is where it stands in the definition."""

    place: str
    title: StrOrPromise
    fields: Sequence[Field]
    hint: StrOrPromise = ""
    is_table: bool = False

    @property
    def anchor(self) -> str:
        """The section's id in the page."""
        return self.place.replace(".", "-") or "rule"


def conditions() -> list[Field]:
    """The fields of a segment's conditions, three times the same."""
    found = []
    for number in range(1, CONDITIONS + 1):
        found += [
            Field(f"key_{number}", _("If"), "choice", (("", "–"), *KEY_CHOICES)),
            Field(f"operator_{number}", _("is"), "choice", OPERATORS),
            Field(f"value_{number}", _("value"), "keyed"),
        ]
    return found


LIMIT: Final = (
    Field("key", _("Of"), "choice", GROUP_CHOICES),
    Field("value", _("Value"), "keyed", hint=_("a code, or empty for each")),
    Field("units", _("Units"), "whole"),
    Field("share", _("or share, %"), "percent"),
    Field("product", _("Product"), hint=_("empty: each product")),
)

SECTIONS: Final = (
    Section(
        "ranking",
        _("Ranking"),
        (
            Field("key", _("Key"), "choice", KEY_CHOICES),
            Field("descending", _("First"), "choice", (("", _("smallest, earliest or best")), ("1", _("largest or latest")))),
        ),
        _("The first key decides, the next ones where it leaves a tie. Without a key: priority, class, day ordered."),
        is_table=True,
    ),
    Section(
        "weights",
        _("Weights of the score"),
        (Field("key", _("What counts"), "choice", NORM_CHOICES), Field("weight", _("Weight"), "whole")),
        _("Only for a ranking by the weighted score."),
        is_table=True,
    ),
    Section(
        "segments",
        _("Segments"),
        (Field("name", _("Name")), Field("strategy", _("What may happen to it"), "choice", STRATEGIES), *conditions()),
        _("A line belongs to the first segment all of whose conditions it meets. Several values are parted by commas."),
        is_table=True,
    ),
    Section(
        "",
        _("All other lines"),
        (
            Field("otherwise", _("What may happen to them"), "choice", STRATEGIES),
            Field(
                "on_breach",
                _("If a promise cannot be kept"),
                "choice",
                (("fall_back", _("go on and say so")), ("abort", _("leave that product as it is"))),
            ),
            Field("may_break_safety", _("Classes that may use safety stock"), "codes", hint=_("parted by commas")),
            Field("over_limit_waits", _("Customers over their credit limit wait"), "truth"),
        ),
    ),
    Section(
        "sharing",
        _("Sharing"),
        (
            Field("method", _("How units are dealt"), "choice", METHODS),
            Field("key", _("Shares are of"), "choice", (("", "–"), *GROUP_CHOICES)),
            Field(
                "inside",
                _("Inside a share"),
                "choice",
                tuple(each for name in ("proportional", "greedy", "max_min") for each in METHODS if each[0] == name),
            ),
            Field(
                "unused",
                _("Unused shares"),
                "choice",
                (("again", _("are shared again")), ("down_up", _("go to the next, then back up")), ("stay", _("stay free"))),
            ),
        ),
    ),
    Section(
        "sharing.weights",
        _("Shares"),
        (Field("value", _("Value"), "keyed"), Field("weight", _("Thousandths, or ratio"), "whole")),
        _("Only for sharing by shares: 500 is half."),
        is_table=True,
    ),
    Section(
        "quotas",
        _("Quotas"),
        (
            *LIMIT,
            Field("from_on", _("From"), "day"),
            Field("until_on", _("Until"), "day"),
            Field("carries", _("Carries over"), "choice", YES_NO),
            Field("spans", _("Over all products"), "choice", YES_NO),
        ),
        _("At most so much for these lines, in units or in per cent of the stock."),
        is_table=True,
    ),
    Section(
        "tree",
        _("Quota tree"),
        (Field("key", _("Lines stand at the node of their"), "choice", (("", "–"), *GROUP_CHOICES)),),
        _("A line uses its node's units, then those of the nodes above, then those of nodes beside them that rank behind."),
    ),
    Section(
        "tree.nodes",
        _("Nodes of the tree"),
        (
            Field("name", _("Name")),
            Field("parent", _("Under"), hint=_("a name, or empty at the top")),
            Field("rank", _("Rank"), "whole", hint=_("1 is the best")),
            Field("units", _("Units"), "whole"),
            Field("value", _("Value"), "keyed", hint=_("a code, or empty for no lines of its own")),
            Field("product", _("Product"), hint=_("empty: each product")),
        ),
        is_table=True,
    ),
    Section("floors", _("Protected minimum"), LIMIT, _("At least so much is kept for these lines alone."), is_table=True),
    Section(
        "acceptance",
        _("What a line takes"),
        (
            Field("complete_lines", _("Whole lines only"), "truth"),
            Field("complete_orders", _("Whole orders only"), "truth"),
            Field("whole_cases", _("Whole cases only"), "truth"),
            Field("stops_at_first_unfilled", _("Nobody overtakes a line that cannot be filled"), "truth"),
            Field("minimum_fill", _("Smallest part of a line, %"), "percent"),
            Field("minimum_order_fill", _("Smallest part of an order's value, %"), "percent"),
            Field("tolerance", _("Above what is wanted, at most %"), "percent"),
            Field("patience_days", _("Days a part is kept for the rest"), "whole"),
            Field("maximum_deliveries", _("Most deliveries of an order"), "whole", hint=_("empty: any number")),
        ),
    ),
    Section(
        "placement",
        _("Lots and warehouses"),
        (
            Field("lots", _("Lots"), "choice", tuple(LOT_ORDERS.items())),
            Field(
                "one_lot",
                _("One lot for"),
                "choice",
                (("", "–"), ("line", _("a line")), ("order", _("an order")), ("customer", _("a customer"))),
            ),
            Field("warehouses", _("Warehouses"), "choice", tuple(WAREHOUSE_ORDERS.items())),
            Field(
                "split_fee",
                _("Cost of each further warehouse"),
                "whole",
                hint=_("in millionths of the currency, for the cheapest warehouses"),
            ),
            Field("in_time", _("Only warehouses that arrive in time"), "truth"),
            Field("lots_first", _("Lots decide before warehouses"), "truth"),
        ),
    ),
    Section(
        "timing",
        _("Timing"),
        (
            Field("reserve_days", _("Reserve so many days before shipping"), "whole", hint=_("empty: at once")),
            Field("starred_days", _("Starred lines so many days before"), "whole"),
            Field(
                "ageing_days",
                _("Days waited that lift a line one class"),
                "whole",
                hint=_("empty: never; for a ranking by the class that gets better"),
            ),
            Field("ageing_steps", _("Lifted by at most so many classes"), "whole"),
        ),
    ),
)
