"""The forms of the approval matrix and of the duties, as somebody filled them in: rows of texts, read with a fault for each row."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from dinghuo.journey.review.rule_forms import cleaned, number_of
from dinghuo.journey.review.rule_queries import MatrixVersion
from dinghuo.journey.review.rules.approval import BANDS_MAX, HOURS_MAX, Band, MatrixDraft
from dinghuo.journey.review.rules.duties import PAIRS_MAX, Pair
from dinghuo.reference.paging import read_id

TEXT_MAX: Final = 40
CLASS_MAX: Final = 4
REASON_MAX: Final = 300
STEPS: Final = 4
ROLES_MAX: Final = 10
BLANK_ROWS: Final = 3
BOUNDS: Final = ("amount_over", "amount_up_to", "margin_from", "margin_below")
PLACES: Final = {"amount_over": 3, "amount_up_to": 3, "margin_from": 4, "margin_below": 4}
BOUND_MAX: Final = {"amount_over": Decimal(10**12), "amount_up_to": Decimal(10**12)}
MARGIN_MAX: Final = Decimal(10)


@dataclass(slots=True)
class TypedBand:
    """One row of the matrix: what was typed, and what is wrong; `roles` approve in order."""

    customer_class: str = ""
    amount_over: str = ""
    amount_up_to: str = ""
    margin_from: str = ""
    margin_below: str = ""
    roles: list[str] = field(default_factory=list)
    is_wanted: bool = False
    fault: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed into the row and it was no band before: a band may be open on all sides."""
        return not (self.is_wanted or self.customer_class or self.roles or any(getattr(self, bound) for bound in BOUNDS))

    @property
    def steps(self) -> list[str]:
        """The roles, and empty places for more."""
        return [*self.roles, *[""] * max(STEPS - len(self.roles), 0)]


@dataclass(slots=True)
class TypedMatrix:
    """The matrix as it was filled in; `seen` is the version that the change was made from, `faults` belong to no row."""

    bands: list[TypedBand] = field(default_factory=list)
    escalate_after_hours: str = "4"
    quantity_tolerance: str = "1"
    bars_sales_person: bool = False
    deputies: dict[str, str] = field(default_factory=dict)
    seen: str = "0"
    faults: list[str] = field(default_factory=list)

    @property
    def is_faulty(self) -> bool:
        """Whether something must be put right, in a row or elsewhere."""
        return bool(self.faults) or any(band.fault for band in self.bands)

    @property
    def rows(self) -> list[TypedBand]:
        """The bands, and some empty rows for more."""
        return [*self.bands, *(TypedBand() for _row in range(min(BLANK_ROWS, BANDS_MAX - len(self.bands))))]


def as_typed(head: MatrixVersion | None, bands: Sequence[Band], newest: int) -> TypedMatrix:
    """The form of a version of the matrix; without one, a band that asks nobody for anything."""
    if head is None:
        return TypedMatrix(bands=[TypedBand(is_wanted=True)])
    return TypedMatrix(
        bands=[typed_band(band) for band in bands],
        escalate_after_hours=str(head.escalate_after_hours),
        quantity_tolerance=shown(head.quantity_tolerance),
        bars_sales_person=head.bars_sales_person,
        deputies={role: str(user_id) for role, user_id in head.deputies.items()},
        seen=str(newest),
    )


def typed_band(band: Band) -> TypedBand:
    """The row of a band."""
    bounds = {name: shown(getattr(band, name)) for name in BOUNDS}
    return TypedBand(customer_class=band.customer_class, roles=list(band.roles), is_wanted=True, **bounds)


def shown(number: Decimal | None) -> str:
    """A bound as somebody would type it."""
    if number is None:
        return ""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_matrix(sent: QueryDict, roles: Sequence[str]) -> TypedMatrix:
    """The form as it was sent; rows in which nothing was typed, and those to remove, are left out."""
    columns = [sent.getlist(name) for name in ("customer_class", *BOUNDS)]
    bands = []
    for number, texts in enumerate(zip(*columns, strict=False)):
        named = dict(zip(("customer_class", *BOUNDS), (cleaned(text, TEXT_MAX) for text in texts), strict=True))
        steps = [cleaned(role, TEXT_MAX) for role in sent.getlist(f"roles-{number}")][:ROLES_MAX]
        row = TypedBand(roles=[role for role in steps if role], is_wanted=sent.get(f"wanted-{number}") == "1")
        for name, text in named.items():
            setattr(row, name, text)
        if not row.is_empty and sent.get(f"drop-{number}") != "1":
            row.is_wanted = True
            bands.append(row)
    return TypedMatrix(
        bands=bands[: BANDS_MAX + 1],
        escalate_after_hours=cleaned(sent.get("escalate_after_hours", ""), TEXT_MAX),
        quantity_tolerance=cleaned(sent.get("quantity_tolerance", ""), TEXT_MAX),
        bars_sales_person=sent.get("bars_sales_person") == "1",
        deputies={role: cleaned(sent.get(f"deputy-{role}", ""), TEXT_MAX) for role in roles},
        seen=cleaned(sent.get("seen", ""), TEXT_MAX),
    )


def matrix_of(typed: TypedMatrix) -> MatrixDraft | None:
    """The matrix that the form asks for, or None; each fault is written down then, in its row if it has one."""
    bands = [band_of(row) for row in typed.bands]
    hours, tolerance = number_of(typed.escalate_after_hours), number_of(typed.quantity_tolerance)
    if hours is None or hours != int(hours) or not 1 <= hours <= HOURS_MAX:
        typed.faults.append(_("A step waits for a whole number of hours from 1 to %(most)s.") % {"most": HOURS_MAX})
    if tolerance is None or not 0 <= tolerance <= 1:
        typed.faults.append(_("The tolerance is a share from 0 to 1."))
    if not typed.bands or len(typed.bands) > BANDS_MAX:
        typed.faults.append(_("A matrix has between 1 and %(most)s bands.") % {"most": BANDS_MAX})
    sound = [band for band in bands if band is not None]
    if typed.faults or hours is None or tolerance is None or len(sound) < len(bands):
        return None
    return MatrixDraft(
        bands=sound,
        escalate_after_hours=int(hours),
        quantity_tolerance=tolerance,
        bars_sales_person=typed.bars_sales_person,
        deputies={role: int(key) for role, text in typed.deputies.items() if (key := read_id(text))},
    )


def band_of(row: TypedBand) -> Band | None:
    """The band of a row, or None, and the fault in the row."""
    bounds: dict[str, Decimal | None] = {}
    for name in BOUNDS:
        text = getattr(row, name)
        number = number_of(text)
        if text and not fits(name, number):
            row.fault = _("Amounts have at most 3 decimals; margins are shares with at most 4, 0.1 is 10 %.")
        bounds[name] = number if text else None
    if len(row.customer_class) > CLASS_MAX:
        row.fault = _("A customer class has at most %(most)s characters.") % {"most": CLASS_MAX}
    band = Band(tuple(row.roles), customer_class=row.customer_class, **bounds)
    if not row.fault and band.is_empty:
        row.fault = _("The band's end is not above its start.")
    return None if row.fault else band


def fits(name: str, number: Decimal | None) -> bool:
    """Whether a bound is a number that its column holds."""
    if number is None:
        return False
    return abs(number) < BOUND_MAX.get(name, MARGIN_MAX) and number == round(number, PLACES[name])


def name_faults(typed: TypedMatrix, facts: dict[str, Any]) -> None:
    """Mark the rows that a refusal names, so that the eye finds them."""
    named = facts.get("bands") or ([facts["band"]] if "band" in facts else [])
    for position in named:
        typed.bands[position - 1].fault = _("See above.")


@dataclass(slots=True)
class TypedPair:
    """One row of the incompatible duties."""

    duty: str = ""
    other: str = ""
    reason: str = ""
    fault: str = ""


def read_pairs(sent: QueryDict) -> list[TypedPair]:
    """The rows that were sent; those without any duty are left out."""
    columns = (sent.getlist("duty"), sent.getlist("other"), sent.getlist("because"))
    rows = [
        TypedPair(cleaned(duty, TEXT_MAX), cleaned(other, TEXT_MAX), cleaned(reason, REASON_MAX))
        for duty, other, reason in zip(*columns, strict=False)
    ]
    return [row for row in rows if row.duty or row.other][: PAIRS_MAX + 1]


def pairs_of(rows: Sequence[TypedPair]) -> list[Pair] | None:
    """The pairs that the rows ask for, or None, and the fault in each row."""
    for row in rows:
        if not row.duty or not row.other or row.duty == row.other or not row.reason:
            row.fault = _("A pair names two different duties and why they must not be in one hand.")
    return None if any(row.fault for row in rows) else [Pair(row.duty, row.other, row.reason) for row in rows]
