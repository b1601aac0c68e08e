"""Migration operations for what Django cannot say: keys that hold a row inside its company, row-level security, append-only tables.

`SecureTables` runs after an app's tables are made. It rewrites each company table's primary key to `(company_id, id)`, adds the
composite foreign keys, switches row-level security on and grants the application role what it needs and no more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps.registry import Apps
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from dinghuo.kernel import sql
from dinghuo.kernel.fields import Within

APPLICATION_ROLE = "dinghuo_app"
POLICY = "company_id = (SELECT nullif(current_setting('app.company', true), '')::int)"
# Sign-in happens before a company is chosen: these rows show themselves while none is, and one company's only once one is.
SIGN_IN_POLICY = f"nullif(current_setting('app.company', true), '') IS NULL OR {POLICY}"


@dataclass(frozen=True, slots=True)
class CompanyTable:
    """What there is to secure about one table."""

    name: str
    within: tuple[tuple[str, str], ...]
    has_required_parent: bool


class SecureTables(Operation):
    """Give each company table of this app its composite keys, its policy and its grants.

    `append_only` names the models whose rows may only be inserted; `sign_in` those that are read before a company is chosen;
    `rooted` says whether the company table exists yet (the kernel's tables come before it).
    """

    reversible = True
    reduces_to_sql = True

    def __init__(
        self,
        append_only: Iterable[str] = (),
        sign_in: Iterable[str] = (),
        only: Iterable[str] | None = None,
        rooted: bool = True,
    ) -> None:
        self.append_only = tuple(append_only)
        self.sign_in = tuple(sign_in)
        self.only = None if only is None else tuple(only)
        self.rooted = rooted

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models stay as they are: only the database knows."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Secure each table."""
        found = list(self._models(app_label, to_state.apps))
        for model in found:
            schema_editor.execute(primary_key(model._meta.db_table))
        # Foreign keys in a second round: a table may refer to a later one of the same app.
        for model in found:
            for statement in self._statements(model):
                schema_editor.execute(statement)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Nothing to take back: dropping the tables takes keys, policies and grants with them."""

    def describe(self) -> str:
        """A line for the migration plan."""
        return "Keep rows inside their company"

    def _models(self, app_label: str, apps: Apps) -> Iterable[type[models.Model]]:
        for model in apps.get_app_config(app_label).get_models():
            is_wanted = self.only is None or model.__name__ in self.only
            if is_wanted and any(field.attname == "company_id" for field in model._meta.concrete_fields):
                yield model

    def _statements(self, model: type[models.Model]) -> Iterable[str]:
        table = described(model)
        for column, target in table.within:
            yield foreign_key(table.name, column, target)
        if self.rooted and not table.has_required_parent:
            yield company_key(table.name)
        is_append_only = model.__name__ in self.append_only
        yield from secure(table.name, append_only=is_append_only, sign_in=model.__name__ in self.sign_in)


class RunScript(Operation):
    """Run a file of schema statements: `forward` and `backward` are names as `kernel.sql` knows them."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, forward: str, backward: str) -> None:
        self.forward = forward
        self.backward = backward

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models stay as they are."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Run the forward file."""
        schema_editor.execute(sql.text(self.forward).replace("%", "%%"))

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Run the backward file."""
        schema_editor.execute(sql.text(self.backward).replace("%", "%%"))

    def describe(self) -> str:
        """A line for the migration plan."""
        return f"Run {self.forward}"


def described(model: type[models.Model]) -> CompanyTable:
    """What a company table refers to within its company."""
    within = [field for field in model._meta.concrete_fields if isinstance(field, Within)]
    return CompanyTable(
        name=model._meta.db_table,
        within=tuple((field.column, _target(field)) for field in within),
        has_required_parent=any(not field.null for field in within),
    )


def _target(field: Any) -> str:
    return str(field.related_model._meta.db_table)


def primary_key(table: str) -> str:
    """The statement that puts the company into a table's primary key."""
    return f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey, ADD CONSTRAINT {table}_pkey PRIMARY KEY (company_id, id)"


def foreign_key(table: str, column: str, target: str) -> str:
    """The statement that keeps a reference within the company."""
    return (
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fk FOREIGN KEY (company_id, {column})"
        f" REFERENCES {target} (company_id, id)"
    )


def company_key(table: str) -> str:
    """The statement that ties a table without a required parent to its company; others are tied through that parent."""
    return f"ALTER TABLE {table} ADD CONSTRAINT {table}_company_fk FOREIGN KEY (company_id) REFERENCES company (id)"


def secure(table: str, *, append_only: bool = False, sign_in: bool = False) -> Iterable[str]:
    """The statements for a table's row-level security and grants; append-only is held by grant first, by trigger second."""
    policy = SIGN_IN_POLICY if sign_in else POLICY
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"CREATE POLICY within_company ON {table} USING ({policy}) WITH CHECK ({policy})"
    granted = "SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE, DELETE"
    yield f"GRANT {granted} ON {table} TO {APPLICATION_ROLE}"
    if append_only:
        yield (
            f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
