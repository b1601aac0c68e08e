"""What PostgreSQL's catalogue says about the tables: each function names what offends, and nothing when all is well."""

from typing import Any

import psycopg

Connection = psycopg.Connection[tuple[Any, ...]]

# Masters that all companies share, sign-in, and Django's and the job queue's own; no company's business is in them.
SHARED = {
    "account_emailaddress", "account_emailconfirmation", "app_user", "app_user_groups", "app_user_user_permissions", "auth_group",
    "auth_group_permissions", "auth_permission", "company", "country", "currency", "django_content_type", "django_migrations",
    "django_session", "unit",
}  # fmt: skip

# Read before a company is chosen: who is a member of what, and whose token this is.
READ_AT_SIGN_IN = {"api_token", "membership"}

APPEND_ONLY = {
    "allocation_decision", "allocation_run", "approval", "bank_file", "bank_match_item", "bank_statement",
    "bank_statement_line", "carrier_booking", "event", "journal_entry", "journal_line", "match_policy", "order_amendment",
    "payment_application", "payment_reversal", "policy_run_product", "promise", "registry_check", "review", "review_finding",
    "stock_move", "tracking_event",
}  # fmt: skip

# A token is looked up before anything is known of its owner, and so is unique among all.
UNIQUE_AMONG_ALL = {("api_token", "token_hash")}

# It runs when a transaction ends, whatever company acts by then: a trigger, which nobody can call, with a fixed search path.
RUN_AS_OWNER = {"entry_must_balance"}

COMPANY_TABLES = """
    SELECT class.oid, class.relname::text AS name, class.relrowsecurity AS is_fenced
      FROM pg_class AS class
     WHERE class.relkind IN ('r', 'p') AND class.relnamespace = 'public'::regnamespace
       AND EXISTS (SELECT 1 FROM pg_attribute AS attribute
                    WHERE attribute.attrelid = class.oid AND attribute.attname = 'company_id' AND NOT attribute.attisdropped)
"""
COLUMNS_OF_KEY = """
    (SELECT array_agg(attribute.attname::text ORDER BY place)
       FROM unnest({key}) WITH ORDINALITY AS part (number, place)
       JOIN pg_attribute AS attribute ON attribute.attrelid = {table} AND attribute.attnum = part.number)
"""


def names(connection: Connection, statement: str, *parameters: Any) -> list[str]:
    """The first column of a statement's rows."""
    return [row[0] for row in connection.execute(statement, parameters)]


def company_tables(connection: Connection) -> list[str]:
    """Every table with a company."""
    return names(connection, f"SELECT name FROM ({COMPANY_TABLES}) AS found ORDER BY name")


def tables_without_company(connection: Connection) -> set[str]:
    """Every other table but the job queue's."""
    return set(
        names(
            connection,
            "SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
            f" AND relname NOT LIKE 'procrastinate%%' AND oid NOT IN (SELECT oid FROM ({COMPANY_TABLES}) AS found)",
        )
    )


def primary_keys_without_company(connection: Connection) -> list[str]:
    """Company tables whose primary key is not (company_id, id)."""
    columns = COLUMNS_OF_KEY.format(key="pg_constraint.conkey", table="pg_constraint.conrelid")
    return names(
        connection,
        f"SELECT found.name FROM ({COMPANY_TABLES}) AS found"
        "  LEFT JOIN pg_constraint ON pg_constraint.conrelid = found.oid AND pg_constraint.contype = 'p'"
        f" WHERE {columns} IS DISTINCT FROM ARRAY['company_id', 'id']",
    )


def foreign_keys_across_companies(connection: Connection) -> list[str]:
    """Foreign keys between company tables that do not pair the company on both sides, and those never validated."""
    here = COLUMNS_OF_KEY.format(key="pg_constraint.conkey", table="pg_constraint.conrelid")
    there = COLUMNS_OF_KEY.format(key="pg_constraint.confkey", table="pg_constraint.confrelid")
    return names(
        connection,
        "SELECT child.name || '.' || pg_constraint.conname FROM pg_constraint"
        f"  JOIN ({COMPANY_TABLES}) AS child ON child.oid = pg_constraint.conrelid"
        f"  JOIN ({COMPANY_TABLES}) AS parent ON parent.oid = pg_constraint.confrelid"
        " WHERE pg_constraint.contype = 'f'"
        f"   AND (({here})[1] <> 'company_id' OR ({there})[1] <> 'company_id' OR NOT pg_constraint.convalidated)",
    )


def references_without_foreign_key(connection: Connection) -> list[str]:
    """Columns of company tables named like a reference that no foreign key holds."""
    return names(
        connection,
        f"SELECT found.name || '.' || attribute.attname FROM ({COMPANY_TABLES}) AS found"
        "  JOIN pg_attribute AS attribute ON attribute.attrelid = found.oid AND attribute.attname LIKE '%%\\_id'"
        " WHERE NOT attribute.attisdropped AND NOT EXISTS ("
        "       SELECT 1 FROM pg_constraint"
        "        WHERE pg_constraint.conrelid = found.oid AND pg_constraint.contype = 'f'"
        "          AND attribute.attnum = ANY(pg_constraint.conkey))"
        " ORDER BY 1",
    )


def tables_without_fence(connection: Connection) -> list[str]:
    """Company tables without row-level security, or without a policy for every command, role and direction."""
    return names(
        connection,
        f"SELECT found.name FROM ({COMPANY_TABLES}) AS found"
        " WHERE NOT found.is_fenced OR NOT EXISTS ("
        "       SELECT 1 FROM pg_policy"
        "        WHERE pg_policy.polrelid = found.oid AND pg_policy.polcmd = '*' AND pg_policy.polroles = '{0}'"
        "          AND pg_get_expr(pg_policy.polqual, found.oid) LIKE '%%app.company%%'"
        "          AND pg_get_expr(pg_policy.polwithcheck, found.oid) LIKE '%%app.company%%')"
        "    OR (SELECT count(*) FROM pg_policy WHERE pg_policy.polrelid = found.oid) <> 1",
    )


def views_past_the_fence(connection: Connection) -> list[str]:
    """Views that read with their owner's rights, and so past row-level security; materialized ones always do."""
    return names(
        connection,
        "SELECT relname::text FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace"
        "   AND (relkind = 'm' OR relkind = 'v'"
        "        AND NOT coalesce(reloptions, '{}') && '{security_invoker=true,security_invoker=on}')",
    )


def functions_past_the_fence(connection: Connection) -> list[str]:
    """Functions that run with their owner's rights, but for the marked triggers; the job queue's touch its own tables alone."""
    return names(
        connection,
        "SELECT proname::text FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace AND prosecdef AND proname NOT LIKE 'procrastinate%%'"
        "   AND NOT (proname = ANY(%s) AND prorettype = 'trigger'::regtype"
        "            AND EXISTS (SELECT 1 FROM unnest(proconfig) AS setting WHERE setting LIKE 'search_path=%%'))",
        sorted(RUN_AS_OWNER),
    )


def unique_keys_without_company(connection: Connection) -> set[tuple[str, str]]:
    """Unique indexes of company tables, as table and columns, that do not start with the company."""
    columns = COLUMNS_OF_KEY.format(key="pg_index.indkey::int2[]", table="pg_index.indrelid")
    rows = connection.execute(
        f"SELECT found.name, array_to_string({columns}, ',') FROM ({COMPANY_TABLES}) AS found"
        "  JOIN pg_index ON pg_index.indrelid = found.oid AND pg_index.indisunique"
        f" WHERE ({columns})[1] IS DISTINCT FROM 'company_id'"
    )
    return {(table, key) for table, key in rows}


def granted(connection: Connection, privileges: str) -> set[str]:
    """Company tables on which, or on a column of which, the application role has one of the privileges."""
    return set(
        names(
            connection,
            f"SELECT found.name FROM ({COMPANY_TABLES}) AS found WHERE has_table_privilege('dinghuo_app', found.oid, %s)"
            "    OR has_any_column_privilege('dinghuo_app', found.oid, %s)",
            privileges,
            privileges.replace("DELETE", "UPDATE").replace("TRUNCATE", "UPDATE"),
        )
    )


def owned_by_application(connection: Connection) -> list[str]:
    """Whatever the application role owns, and the roles it may take on."""
    return names(
        connection,
        "SELECT relname::text FROM pg_class WHERE relowner = 'dinghuo_app'::regrole"
        " UNION ALL SELECT proname::text FROM pg_proc WHERE proowner = 'dinghuo_app'::regrole"
        " UNION ALL SELECT nspname::text FROM pg_namespace WHERE nspowner = 'dinghuo_app'::regrole"
        " UNION ALL SELECT datname::text FROM pg_database WHERE datdba = 'dinghuo_app'::regrole"
        " UNION ALL SELECT roleid::regrole::text FROM pg_auth_members WHERE member = 'dinghuo_app'::regrole",
    )
