"""Columns that every stage uses, with their precision stated once, and the key that stays inside a company."""

from typing import Any, TypeVar

from django.db import models

_ST = TypeVar("_ST")
_GT = TypeVar("_GT")


class Within(models.ForeignKey[_ST, _GT]):
    """A foreign key to a row of the same company.

    Django only knows the single column; `kernel.schema.SecureTables` makes it `(company_id, x_id)` in the database. It has no index
    of its own: each table states the indexes that its reads need.
    """

    def __init__(self, to: Any, on_delete: Any = models.DO_NOTHING, **options: Any) -> None:
        options["db_constraint"] = False
        options.setdefault("db_index", False)
        options.setdefault("related_name", "+")
        super().__init__(to, on_delete, **options)

    def deconstruct(self) -> Any:
        """Leave what `__init__` adds out of migrations."""
        name, path, args, options = super().deconstruct()
        for option in ("db_constraint", "db_index", "related_name"):
            options.pop(option, None)
        return name, path, args, options


def quantity(**options: Any) -> models.DecimalField[Any, Any]:
    """A quantity in the product's stock unit: numeric(15,3)."""
    return models.DecimalField(max_digits=15, decimal_places=3, **options)


def unit_price(**options: Any) -> models.DecimalField[Any, Any]:
    """A price of one stock unit: up to 6 decimals."""
    return models.DecimalField(max_digits=18, decimal_places=6, **options)


def amount(**options: Any) -> models.DecimalField[Any, Any]:
    """An amount of money, already rounded to the currency's minor unit (3 decimals hold every currency in use)."""
    return models.DecimalField(max_digits=18, decimal_places=3, **options)


def rate(**options: Any) -> models.DecimalField[Any, Any]:
    """A tax rate as a fraction: 0.13 is 13 %."""
    return models.DecimalField(max_digits=6, decimal_places=4, **options)


def exchange_rate(**options: Any) -> models.DecimalField[Any, Any]:
    """Company currency for one unit of the document's currency."""
    return models.DecimalField(max_digits=18, decimal_places=8, **options)


def code(length: int = 40, **options: Any) -> models.CharField[Any, Any]:
    """A short key that people type or programs compare."""
    return models.CharField(max_length=length, **options)


def state_is_known(table: str, states: type[models.TextChoices]) -> models.CheckConstraint:
    """The CHECK that keeps a state column to the states that the code knows."""
    return models.CheckConstraint(condition=models.Q(state__in=sorted(states.values)), name=f"{table}_state_is_known")
