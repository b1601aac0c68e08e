"""What a kind of rule is: what it measures, how it decides on the figures, and which parameters it takes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from dinghuo.journey.review.rules.facts import Case, LineFacts

PASSED = "pass"
SHOWN_MAX = 50

Parameters = Mapping[str, Any]
Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a kind: `number` (a decimal, kept as text), `whole`, `flag` or `choices` (a list of some of `among`)."""

    name: str
    type: str
    default: Any
    minimum: int = 0
    maximum: int = 10**12
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of rule: `measure` gives the figures, `is_broken` decides on them and the parameters alone.

    Stored figures and the rule's version therefore give the same answer at any later time. `needs` names the facts it looks at,
    `by_line` that it can hold single lines, `is_credit` that an order paid in advance is spared it.
    """

    measure: Callable[[Case, Parameters], Figures]
    is_broken: Callable[[Mapping[str, Any], Parameters], bool]
    schema: tuple[Parameter, ...] = ()
    severity: str = "hold"
    needs: frozenset[str] = frozenset()
    by_line: bool = False
    is_credit: bool = False

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters that a rule has unless it states others."""
        return {parameter.name: parameter.default for parameter in (*self.schema, *COMMON)}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: whether it was broken, by which lines, and the figures that it compared."""

    is_breach: bool
    inputs: dict[str, Any]
    line_ids: Sequence[int] = field(default=())


# For how many days a person's release keeps the same rule from holding the same order again, and whom a breach never holds.
COMMON = (
    Parameter("grace_days", "whole", 0, maximum=365),
    Parameter("except_customers", "choices", []),
    Parameter("except_classes", "choices", []),
)
NOT_COMPARED = frozenset(parameter.name for parameter in COMMON)


def checked_parameters(kind: Kind, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """A rule's parameters, completed by the kind's own, and the first fault as facts naming the parameter, or None."""
    schema = {parameter.name: parameter for parameter in (*kind.schema, *COMMON)}
    for name in given:
        if name not in schema:
            return {}, {"column": name, "message": f"This kind of rule has no parameter {name}."}
    checked: dict[str, Any] = {}
    for name, parameter in schema.items():
        value, fault = checked_value(parameter, given.get(name, parameter.default))
        if fault:
            return {}, {"column": name, "message": fault}
        checked[name] = value
    return checked, None


def checked_value(parameter: Parameter, value: Any) -> tuple[Any, str | None]:
    """A parameter's value as it is kept, and what is wrong with it, if anything."""
    if value == parameter.default:
        return value, None
    if parameter.type == "flag":
        return value, None if isinstance(value, bool) else f"{parameter.name} is true or false."
    if parameter.type == "choices":
        is_list = isinstance(value, list) and all(isinstance(item, str) for item in value)
        if not is_list or (parameter.among and not set(value) <= set(parameter.among)):
            return value, f"{parameter.name} is a list of {', '.join(parameter.among) or 'words'}."
        return value, None
    return checked_number(parameter, value)


def checked_number(parameter: Parameter, value: Any) -> tuple[Any, str | None]:
    """A number as it is kept, text for one that may have decimals, and what is wrong with it, if anything."""
    bounds = f"{parameter.name} is a number from {parameter.minimum} to {parameter.maximum}."
    if isinstance(value, bool | float) or value is None:
        return value, bounds
    try:
        number = Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        return value, bounds
    if not number.is_finite() or not parameter.minimum <= number <= parameter.maximum:
        return value, bounds
    if parameter.type == "whole":
        return (int(number), None) if number == int(number) else (value, f"{parameter.name} is a whole number.")
    return format(number, "f"), None


LookAtLine = Callable[[LineFacts, Case, Parameters], Figures | None]


def worst_line(look: LookAtLine, is_broken: Callable[[Mapping[str, Any], Parameters], bool], by: str) -> Callable[..., Figures]:
    """Measure an order by its lines: the figures of the worst line, and those of the broken ones.

    A broken line is worse than any that is not, however far that one is off; among equals the figure `by` says. A line that a rule
    has nothing to say about gives None. `broken` lists at most 50 lines, `broken_lines` counts them all.
    """

    def measure(case: Case, parameters: Parameters) -> Figures:
        worst: Figures = {}
        worst_is_broken = False
        broken: list[Figures] = []
        for line in case.lines:
            figures = look(line, case, parameters)
            if figures is None:
                continue
            breaks = is_broken(figures, parameters)
            if not worst or (breaks, figures[by]) > (worst_is_broken, worst[by]):
                worst, worst_is_broken = {"line": line.position, **figures}, breaks
            if breaks:
                broken.append({"line": line.position, "line_id": line.line_id, **figures})
        return {**worst, "lines": len(case.lines), "broken_lines": len(broken), "broken": broken[:SHOWN_MAX],
                "broken_ids": [figures["line_id"] for figures in broken]}  # fmt: skip

    return measure
