"""A policy's form as somebody filled it in: from a definition and back, each fault beside the field it is about."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from dinghuo.journey.allocation.definitions import CODED
from dinghuo.journey.allocation.policy_fields import CONDITIONS, SECTIONS, Field, Section
from dinghuo.kernel.errors import Refused
from dinghuo.reference.typed_text import cleaned, number

Fault = Refused | str

ROWS_MAX: Final = 200
WHOLE_NUMBER: Final = re.compile(r"-?[0-9]{1,12}")
INNER: Final = re.compile(r"\[(\d+)\]")


@dataclass(slots=True)
class Cell:
    """A field with what was typed into it and what is wrong with it."""

    field: Field
    place: str
    value: str = ""
    fault: Fault | None = None

    @property
    def name(self) -> str:
        """The name under which the form sends it."""
        return self.place


@dataclass(slots=True)
class Row:
    """A row of a table."""

    cells: list[Cell]
    fault: Fault | None = None

    @property
    def texts(self) -> dict[str, str]:
        """What was typed, by field."""
        return {cell.field.name: cell.value for cell in self.cells}


@dataclass(slots=True)
class Part:
    """A section as it was filled in."""

    section: Section
    rows: list[Row] = field(default_factory=list)
    fault: Fault | None = None

    @property
    def empty(self) -> list[Row]:
        """A row in which nothing has been typed, for the button that adds one."""
        return [blank(self.section)]


@dataclass(slots=True)
class TypedPolicy:
    """The whole form."""

    code: str = ""
    name: str = ""
    parts: list[Part] = field(default_factory=list)
    fault: Fault | None = None

    @property
    def is_faulty(self) -> bool:
        """Whether something must be put right."""
        faults = [self.fault, *(part.fault for part in self.parts)]
        faults += [row.fault for part in self.parts for row in part.rows]
        return any(faults) or any(cell.fault for part in self.parts for row in part.rows for cell in row.cells)


def blank(section: Section) -> Row:
    """A row of a section before anything was typed."""
    return Row([Cell(each, f"{section.place}.{each.name}") for each in section.fields])


def read(posted: QueryDict) -> TypedPolicy:
    """The form as it was sent; rows of tables whose first field is empty are left out."""
    typed = TypedPolicy(cleaned(posted.get("code", ""), 40), cleaned(posted.get("name", ""), 200))
    for section in SECTIONS:
        columns = [posted.getlist(f"{section.place}.{each.name}")[:ROWS_MAX] for each in section.fields]
        if not section.is_table:
            columns = [column[:1] or [""] for column in columns]
        rows = [blank(section) for _row in zip(*columns, strict=False)]
        for place, row in enumerate(rows):
            for cell, column in zip(row.cells, columns, strict=True):
                cell.value = cleaned(column[place], 400)
        kept = [row for row in rows if not section.is_table or row.cells[0].value]
        typed.parts.append(Part(section, kept))
    return typed


def filled(code: str, name: str, definition: Mapping[str, Any]) -> TypedPolicy:
    """The form for a policy that is there."""
    typed = TypedPolicy(code, name)
    for section in SECTIONS:
        data = inside(definition, section.place)
        found = list(data or ()) if section.is_table else [data or {}]
        typed.parts.append(Part(section, [row_of(section, each) for each in found]))
    return typed


def inside(definition: Mapping[str, Any], place: str) -> Any:
    """The part of a definition at a place."""
    found: Any = definition
    for step in place.split(".") if place else ():
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def row_of(section: Section, data: Any) -> Row:
    """A row for a part of a definition."""
    if isinstance(data, str):
        data = {"key": data}
    if section.place == "sharing.weights":
        data = {"value": data[0], "weight": data[1]}
    if section.place == "segments":
        data = {**data, **flat(data.get("conditions", ()))}
    row = blank(section)
    for cell in row.cells:
        cell.value = text_of(cell.field, data.get(cell.field.name))
    return row


def flat(conditions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A segment's conditions side by side."""
    return {f"{name}_{place}": value for place, each in enumerate(conditions, 1) for name, value in each.items()}


def fits(definition: Mapping[str, Any]) -> bool:
    """Whether the form can show all of a definition: it has room for three conditions a segment."""
    return all(len(segment.get("conditions", ())) <= CONDITIONS for segment in definition.get("segments", ()))


def text_of(what: Field, value: Any) -> str:
    """A value as it is typed."""
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    if what.kind == "percent":
        return format((Decimal(value) / 10).normalize() + 0, "f")
    return str(value)


def definition_of(typed: TypedPolicy) -> dict[str, Any]:
    """The definition that the form says; what cannot be read is marked in its cell."""
    found: dict[str, Any] = {}
    for part in typed.parts:
        place = part.section.place
        said = [values(part, row, typed) for row in part.rows]
        if place == "sharing.weights":
            if said:
                found.setdefault("sharing", {})["weights"] = [[each.get("value"), each.get("weight")] for each in said]
        elif place == "tree.nodes":
            if said:
                found.setdefault("tree", {})["nodes"] = said
        elif part.section.is_table:
            found |= {place: said} if said else {}
        elif place:
            found |= {place: said[0]} if said[0] else {}
        else:
            found |= said[0]
    return found


def values(part: Part, row: Row, typed: TypedPolicy) -> dict[str, Any]:
    """What a row says, by field."""
    texts, found = row.texts, {}
    for cell in row.cells:
        key, is_list = meaning(part, cell, texts, typed)
        value = value_of(cell, key, is_list=is_list)
        if value is not None:
            found[cell.field.name] = value
    if part.section.place == "segments":
        return with_conditions(found)
    if part.section.place in {"quotas", "floors"}:
        found.setdefault("value", None)
    return found


def meaning(part: Part, cell: Cell, texts: Mapping[str, str], typed: TypedPolicy) -> tuple[str, bool]:
    """The key that a value belongs to, and whether several values are meant."""
    name = cell.field.name
    if part.section.place in {"sharing.weights", "tree.nodes"}:
        outer = next(each for each in typed.parts if each.section.place == part.section.place.partition(".")[0])
        return outer.rows[0].texts["key"], False
    number_of = name.partition("_")[2]
    if number_of.isdigit():
        return texts[f"key_{number_of}"], texts[f"operator_{number_of}"] == "in"
    return texts.get("key", ""), False


def with_conditions(found: dict[str, Any]) -> dict[str, Any]:
    """A segment with its conditions as a list; those without a key are left out."""
    conditions = [
        {name: found.get(f"{name}_{place}") for name in ("key", "operator", "value")}
        for place in range(1, CONDITIONS + 1)
        if found.get(f"key_{place}")
    ]
    return {"name": found["name"], "strategy": found.get("strategy"), "conditions": conditions}


def value_of(cell: Cell, key: str, *, is_list: bool = False) -> Any:
    """A typed text as its value, None for nothing; what cannot be read is marked in the cell."""
    text, kind = cell.value, cell.field.kind
    if not text:
        return None
    if kind == "choice" and is_default(cell):
        return None
    if kind == "truth" or (kind == "choice" and text == "1"):
        return True
    if kind == "codes" or (kind == "keyed" and is_list):
        return [keyed(each.strip(), "customer_class" if kind == "codes" else key) for each in text.split(",") if each.strip()]
    if kind == "keyed":
        return keyed(text, key)
    if kind == "percent":
        percent = number(text)
        if percent is None or not 0 <= percent <= 100 or percent * 10 != int(percent * 10):
            cell.fault = _("Per cent from 0 to 100, with at most one decimal.")
            return None
        return int(percent * 10)
    if kind == "whole" and not WHOLE_NUMBER.fullmatch(text):
        cell.fault = _("A whole number is wanted here.")
        return None
    return int(text) if kind == "whole" else text


def is_default(cell: Cell) -> bool:
    """Whether a choice outside a table is the one that holds when nothing is said: the first."""
    singles = {each.place for part in SECTIONS if not part.is_table for each in blank(part).cells}
    return cell.place in singles and cell.value == cell.field.choices[0][0]


def keyed(text: str, key: str) -> Any:
    """A value of a key: a code where the key has codes, else a number where it is one, else a day as it was typed."""
    return text if key in CODED or not WHOLE_NUMBER.fullmatch(text) else int(text)


def place_fault(typed: TypedPolicy, fault: Refused) -> None:
    """Put a refusal beside what it is about: a field, a row, a section, or the whole form."""
    place = str(fault.facts.get("column") or "")
    shown = told(fault, place)
    part = part_at(typed, place)
    if part is None:
        typed.fault = shown
        return
    numbers = [int(each) for each in INNER.findall(place[len(part.section.place) :])]
    at = numbers[0] if part.section.is_table and numbers else 0
    row = part.rows[at] if at < len(part.rows) and (numbers or not part.section.is_table) else None
    leaf = INNER.sub("", place.rpartition(".")[2])
    name = f"{leaf}_{numbers[1] + 1}" if len(numbers) > 1 else leaf
    cell = next((each for each in row.cells if each.field.name == name), None) if row else None
    target: Cell | Row | Part = cell or (row if row and part.section.is_table else None) or part
    target.fault = shown


def part_at(typed: TypedPolicy, place: str) -> Part | None:
    """The section that a place lies in, the innermost first."""
    names = sorted((part.section.place for part in typed.parts if part.section.place), key=len, reverse=True)
    found = next((name for name in names if place == name or place.startswith((f"{name}.", f"{name}["))), None)
    own = [part for part in typed.parts if part.section.place == ""]
    if found is None:
        return own[0] if any(place.startswith(each.name) for each in own[0].section.fields) else None
    return next(part for part in typed.parts if part.section.place == found)


def told(fault: Refused, place: str) -> Fault:
    """A refusal in the reader's language, where it has no words by its code."""
    if fault.reason != "malformed":
        return fault
    known = {
        "code": _("A policy needs a code of at most 40 characters."),
        "weights": _("A ranking by the weighted score needs weights."),
        "timing.ageing_days": _("A ranking by the class that gets better needs the days of a step."),
        "sharing.weights": _("Sharing by shares needs shares."),
    }
    if place in known:
        return known[place]
    if place.startswith(("quotas", "floors")) and not place.endswith("value"):
        return _("Either units or a share is wanted here, as a whole number.")
    if "value" in place:
        return _("A number, a day like 2026-03-02, or a code is wanted here.")
    return _("This cannot be: %(place)s.") % {"place": place}
