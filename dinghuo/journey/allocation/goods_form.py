"""Forms that name goods line by line: what was typed is kept as typed, and each refusal stands beside the field it is about.

A form says which fields its head and its rows have; all of them are read, checked, run and shown alike.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from dinghuo.journey.allocation.models import Lot
from dinghuo.journey.allocation.rules.keeping import TRANSIT_CODE
from dinghuo.journey.allocation.rules.stock import is_price, is_quantity
from dinghuo.kernel.errors import Missing, Outcome, Refused
from dinghuo.kernel.retries import with_retries
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.access import MemberRequest
from dinghuo.reference.models import Warehouse
from dinghuo.reference.paging import read_day, read_id
from dinghuo.reference.queries import TypedProduct, products_by_code
from dinghuo.reference.typed_text import cleaned, number

Fault = Refused | str

EMPTY_ROWS: Final = 3
ROWS_MAX: Final = 1000

# Beside which field a refusal of an operation is told, where the form has that field.
FIELDS: Final[Mapping[str, Sequence[str]]] = {
    "not_enough_free_stock": ("quantity",),
    "more_than_expected": ("quantity",),
    "unknown_supply": ("quantity",),
    "lot_missing": ("lot", "product"),
    "lot_not_kept": ("lot", "product"),
    "unknown_lot": ("lot", "product"),
    "being_counted": ("product",),
    "unknown_product": ("product",),
    "dated_in_future": ("received_on",),
    "counted_since": ("received_on",),
    "dated_in_past": ("expected_on",),
    "same_warehouse": ("to",),
    "unknown_warehouse": ("to", "warehouse"),
    "hold_too_long": ("until",),
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form; its kind says how it is shown and what may be typed."""

    name: str
    label: StrOrPromise
    kind: str = "text"
    is_required: bool = False
    most: int = 40
    hint: StrOrPromise = ""
    choices: Sequence[tuple[str, StrOrPromise]] = ()


@dataclass(frozen=True, slots=True)
class GoodsForm:
    """A form: what it is called, what its button says, what is said when it was done, and its fields."""

    title: StrOrPromise
    send: StrOrPromise
    done: StrOrPromise
    tab: str
    head: Sequence[Field]
    columns: Sequence[Field]
    intro: StrOrPromise = ""
    rows_max: int = ROWS_MAX


@dataclass(frozen=True, slots=True)
class Box:
    """A field as it is shown: with what was typed into it and what is wrong."""

    field: Field
    value: str
    fault: Fault | None


@dataclass(slots=True)
class TypedRow:
    """One row as it was typed, and what it names."""

    form: GoodsForm
    values: dict[str, str] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)
    product: TypedProduct | None = None
    lot_id: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed into the row; goods that were expected have not come when their quantity was cleared."""
        if self.values.get("supply") and not self.values.get("quantity"):
            return True
        return not any(self.values.values())

    @property
    def boxes(self) -> list[Box]:
        """The row's fields as they are shown."""
        return [Box(each, self.values.get(each.name, ""), self.faults.get(each.name)) for each in self.form.columns]

    @property
    def product_id(self) -> int:
        """The product that the row names; for rows without a fault."""
        assert self.product is not None
        return self.product.id

    def number(self, name: str = "quantity") -> Decimal:
        """The number in a field; for rows without a fault."""
        found = number(self.values[name])
        assert found is not None
        return found

    def price(self) -> Decimal | None:
        """The price in the row, if any."""
        return number(self.values.get("unit_cost", ""))

    def day(self, name: str) -> date | None:
        """The day in a field, if any."""
        return read_day(self.values.get(name, ""))


@dataclass(slots=True)
class TypedForm:
    """The whole form as it was typed; `refusals` are those that belong to no field."""

    form: GoodsForm
    warehouses: Sequence[Warehouse]
    head: dict[str, str] = field(default_factory=dict)
    rows: list[TypedRow] = field(default_factory=list)
    faults: dict[str, Fault] = field(default_factory=dict)
    refusals: list[Fault] = field(default_factory=list)

    @property
    def is_faulty(self) -> bool:
        """Whether something must be put right before anything is written."""
        return bool(self.faults or self.refusals) or any(row.faults for row in self.rows)

    @property
    def boxes(self) -> list[Box]:
        """The head's fields as they are shown."""
        return [Box(each, self.head.get(each.name, ""), self.faults.get(each.name)) for each in self.form.head]

    def key(self, name: str) -> int:
        """The id in a field of the head, 0 for none."""
        return read_id(self.head.get(name, ""), 0) or 0

    def day(self, name: str) -> date | None:
        """The day in a field of the head, if any."""
        return read_day(self.head.get(name, ""))

    def moment(self, name: str) -> datetime | None:
        """The moment in a field of the head, in the company's time zone, if any."""
        return read_moment(self.head.get(name, ""))

    def reference(self) -> str | None:
        """The form's own key: sent twice, it makes one document."""
        token = self.head.get("token", "")
        return f"page:{token}" if token else None


Write = Callable[[Act, TypedForm], Sequence[Outcome]]


def begun(act: Act, form: GoodsForm, head: Mapping[str, str] | None = None, rows: Sequence[Mapping[str, str]] = ()) -> TypedForm:
    """The form before anything was typed, with what the page that led here said."""
    typed = TypedForm(form, warehouses_of(act), {"token": str(uuid.uuid4()), **(head or {})})
    typed.rows = [TypedRow(form, dict(values)) for values in rows]
    look_up(act, typed)
    return typed


def answered(
    request: MemberRequest, form: GoodsForm, write: Write, go_on: Callable[[Sequence[Outcome]], tuple[str, Sequence[Any]]]
) -> HttpResponse:
    """Run what the form asks for, all lines or none, and go on to where that is shown; else the form with what is wrong."""
    typed = read(request.act, form, request.POST)
    outcomes = [] if typed.is_faulty else tried(request.act, typed, write)
    if typed.is_faulty:
        return shown(request, typed, status=422)
    messages.success(request, str(form.done))
    page, keys = go_on(outcomes)
    return redirect(page, *keys)


def shown(request: MemberRequest, typed: TypedForm, *, status: int = 200) -> HttpResponse:
    """The form with what was typed, and some empty rows below."""
    spare = EMPTY_ROWS if typed.rows else EMPTY_ROWS + 2
    spare = max(min(spare, typed.form.rows_max - len(typed.rows)), 0)
    context = {
        "typed": typed,
        "form": typed.form,
        "rows": [*typed.rows, *(TypedRow(typed.form) for _row in range(spare))],
        "empty_rows": [TypedRow(typed.form)],
    }
    return render(request, "allocation/goods_form.html", context, status=status)


def tried(act: Act, typed: TypedForm, write: Write) -> Sequence[Outcome]:
    """Run the operation and keep what it did only when every line was done; what was refused is written into the form."""

    def whole() -> Sequence[Outcome]:
        with transaction.atomic():
            found = write(act, typed)
            transaction.set_rollback(not all(outcome.done for outcome in found))
            return found

    try:
        outcomes = with_retries(whole)
    except Missing:
        raise
    except Refused as refusal:
        typed.refusals.append(refusal)
        return []
    for outcome in outcomes:
        if not outcome.done:
            note(typed, outcome)
    return outcomes


def note(typed: TypedForm, outcome: Outcome) -> None:
    """Write a line's refusal beside the field that it is about."""
    row = typed.rows[outcome.id]
    heads, columns = {each.name for each in typed.form.head}, {each.name for each in typed.form.columns}
    refusal = Refused(
        "", code=outcome.code, **{name: fact for name, fact in outcome.facts.items() if name not in {"code", "message"}}
    )
    wanted = [*FIELDS.get(outcome.code, ()), *outcome.facts.get("columns", ()), "product"]
    place = next((name for name in wanted if name in heads | columns), "")
    if place in heads:
        typed.faults[place] = refusal
    else:
        row.faults[place] = refusal


@transaction.atomic
def read(act: Act, form: GoodsForm, posted: QueryDict) -> TypedForm:
    """The form as it was sent, with what it names found and every fault beside its field; empty rows are left out."""
    typed = TypedForm(form, warehouses_of(act))
    typed.head = {each.name: cleaned(posted.get(each.name, ""), each.most) for each in form.head}
    typed.head["token"] = cleaned(posted.get("token", ""), 36)
    columns = [posted.getlist(each.name)[: form.rows_max + 1] for each in form.columns]
    for texts in zip(*columns, strict=False):
        row = TypedRow(form, {each.name: cleaned(text, each.most) for each, text in zip(form.columns, texts, strict=True)})
        if not row.is_empty:
            typed.rows.append(row)
    look_up(act, typed)
    check(typed)
    return typed


def look_up(act: Act, typed: TypedForm) -> None:
    """Find the products and lots that the rows name."""
    found = products_by_code(
        company_id=act.company_id, codes=[row.values["product"] for row in typed.rows if row.values.get("product")]
    )
    codes = {row.values["lot"] for row in typed.rows if row.values.get("lot")}
    lots = Lot.objects.filter(company_id=act.company_id, code__in=codes, product_id__in=[each.id for each in found.values()])
    ids = {(lot.product_id, lot.code): lot.pk for lot in lots}
    for row in typed.rows:
        row.product = found.get(row.values.get("product", ""))
        row.lot_id = ids.get((row.product.id, row.values.get("lot", ""))) if row.product else None


def check(typed: TypedForm) -> None:
    """Write down what cannot be, field by field."""
    places = {str(each.pk) for each in typed.warehouses}
    for each in typed.form.head:
        text = typed.head[each.name]
        fault = fault_in(each, text)
        if not fault and each.kind == "warehouse" and text not in places:
            fault = _("Which warehouse?")
        if fault:
            typed.faults[each.name] = fault
    for row in typed.rows:
        for each in typed.form.columns:
            fault = fault_in(each, row.values[each.name]) or fault_in_name(each, row)
            if fault:
                row.faults[each.name] = fault
    if not typed.rows:
        typed.refusals.append(_("At least one line is needed."))
    if len(typed.rows) > typed.form.rows_max:
        typed.refusals.append(_("At most %(max)s lines at once.") % {"max": typed.form.rows_max})


def fault_in(each: Field, text: str) -> str:
    """What is wrong with a typed text, in words; empty when nothing is."""
    if not text:
        return _("This is needed.") if each.is_required else ""
    if each.choices and text not in {value for value, _label in each.choices}:
        return _("Choose among what is offered.")
    return FAULTS[each.kind](text) if each.kind in FAULTS else ""


def fault_in_name(each: Field, row: TypedRow) -> str:
    """What is wrong with a code that must be there already."""
    text = row.values[each.name]
    if each.kind == "product" and text and row.product is None:
        return _("There is no product with the code %(code)s.") % {"code": text}
    if each.kind == "lot" and text and row.product is not None and row.lot_id is None:
        return _("The product has no lot with the code %(code)s.") % {"code": text}
    return ""


def fault_in_quantity(text: str) -> str:
    """What is wrong with a quantity that must be above zero."""
    found = number(text)
    if found is None or found <= 0 or not is_quantity(found):
        return _("The quantity must be a number above zero, with at most 12 digits and 3 decimals.")
    return ""


def fault_in_change(text: str) -> str:
    """What is wrong with a quantity that may be less than zero."""
    found = number(text)
    if found is None or not found or not is_quantity(found):
        return _("The quantity must be a number, not zero, with at most 12 digits and 3 decimals.")
    return ""


def fault_in_price(text: str) -> str:
    """What is wrong with the cost of one unit."""
    found = number(text)
    if found is None or not is_price(found):
        return _("The cost must be a number, not negative, with at most 12 digits and 6 decimals.")
    return ""


def fault_in_day(text: str) -> str:
    """What is wrong with a day."""
    return "" if read_day(text) else _("This is no date.")


def fault_in_moment(text: str) -> str:
    """What is wrong with a day and time."""
    return "" if read_moment(text) else _("This is no date and time.")


FAULTS: Final[Mapping[str, Callable[[str], str]]] = {
    "quantity": fault_in_quantity,
    "signed": fault_in_change,
    "price": fault_in_price,
    "day": fault_in_day,
    "moment": fault_in_moment,
}


def read_moment(text: str) -> datetime | None:
    """A day and time as a browser sends them, in the company's time zone, or None."""
    try:
        found = parse_datetime(text)
        return timezone.make_aware(found) if found and timezone.is_naive(found) else found
    except (ValueError, OverflowError):
        return None


def warehouses_of(act: Act) -> list[Warehouse]:
    """The warehouses that goods may be in, the place of goods in transit left out."""
    with transaction.atomic():
        ours = Warehouse.objects.filter(company_id=act.company_id, is_active=True)
        return list(ours.exclude(code=TRANSIT_CODE).order_by("priority", "id"))
