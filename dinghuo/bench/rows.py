"""What a world's journeys have left in its tables, so that two ways of writing can be compared."""

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from dinghuo.bench.world import World
from dinghuo.kernel.models import CompanyRow
from dinghuo.kernel.tenancy import acting_for

# Columns whose values are words of the business: how many rows hold each is compared too.
WORDS = frozenset({"state", "kind", "outcome", "reason", "document", "status"})

Left = Mapping[str, Mapping[str, Any]]


def rows_left(world: World) -> Left:
    """For each table with rows of the world: their number, the sum of each column of numbers, and how often each word occurs."""
    tables = [model for model in apps.get_models() if issubclass(model, CompanyRow)]
    with acting_for(world.act.company_id), transaction.atomic(), connection.cursor() as cursor:
        left = {model._meta.db_table: facts_of(cursor, model) for model in tables}
    return {table: facts for table, facts in left.items() if facts["rows"]}


def facts_of(cursor: Any, model: type[models.Model]) -> dict[str, Any]:
    """What one table holds of the acting company."""
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    sums = [str(field.column) for field in model._meta.concrete_fields if isinstance(field, models.DecimalField)]
    cursor.execute(f"SELECT count(*){''.join(f', sum({quote(column)})' for column in sums)} FROM {table}")
    found = cursor.fetchone()
    facts = {"rows": found[0]} | {f"sum of {column}": str(value) for column, value in zip(sums, found[1:], strict=True)}
    words = [field for field in model._meta.concrete_fields if field.name in WORDS and isinstance(field, models.CharField)]
    for column in (str(field.column) for field in words):
        cursor.execute(f"SELECT {quote(column)}, count(*) FROM {table} GROUP BY 1 ORDER BY 1")
        facts |= {f"{column} {word}": count for word, count in cursor.fetchall()}
    return facts


def differences(product: Left, floor: Left) -> list[str]:
    """What the two left otherwise, one sentence each; empty when they wrote the same rows."""
    said = []
    for table in sorted({*product, *floor}):
        ours, theirs = product.get(table, {}), floor.get(table, {})
        said += [
            f"{table}: {fact} is {ours.get(fact)} by the operations and {theirs.get(fact)} by hand"
            for fact in sorted({*ours, *theirs})
            if ours.get(fact) != theirs.get(fact)
        ]
    return said
