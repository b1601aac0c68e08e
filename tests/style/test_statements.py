"""The house style of .sql files, and for each checker a planted offence."""

from collections.abc import Callable

import pytest

from tests.style import statements, tree

GOOD = """\
-- Name the open orders of a customer, oldest first.
-- In:    customer_id bigint, at timestamptz
-- Out:   id bigint, age_days integer; one row per order
-- Needs: nothing
SELECT sales_order.id, extract(day FROM %(at)s - sales_order.placed_at)::integer AS age_days, 'a; b' AS note
  FROM sales_order
 WHERE sales_order.customer_id = %(customer_id)s AND sales_order.number LIKE '%%-%%'
   AND sales_order.state IS DISTINCT FROM sales_order.former_state
 ORDER BY sales_order.placed_at, sales_order.id
 LIMIT 50;
"""


@pytest.mark.parametrize("checker", statements.CHECKERS)
def test_every_statement_keeps_the_house_style(checker: Callable[[str], list[str]]) -> None:
    found = [
        f"{tree.relative(path)}: {offence}" for path in tree.sql_files() for offence in checker(path.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("checker", statements.CHECKERS)
def test_a_good_statement_is_left_alone(checker: Callable[[str], list[str]]) -> None:
    assert checker(GOOD) == []


def test_a_migrations_script_may_create_several_things() -> None:
    script = "CREATE FUNCTION f() RETURNS integer AS $$ SELECT 1; SELECT 7 % 2 $$; DROP TABLE a;"
    assert statements.several_statements(script) == []
    assert statements.several_statements(script + "DELETE FROM b") == ["the file holds 3 statements"]


@pytest.mark.parametrize(
    ("checker", "before", "after"),
    [
        (statements.header_offences, "-- Name the open orders of a customer, oldest first.\n", ""),
        (statements.header_offences, "-- Needs: nothing\n", ""),
        (statements.header_offences, "-- Out: ", "-- Gives: "),
        (statements.undeclared_parameters, "customer_id bigint, ", ""),
        (statements.several_statements, "LIMIT 50;", "LIMIT 50; SELECT 1"),
        (statements.starred_columns, "SELECT sales_order.id", "SELECT sales_order.*"),
        (statements.starred_columns, "'a; b' AS note", "*"),
        (statements.schema_names, "FROM sales_order\n", "FROM public.sales_order\n"),
        (statements.foreign_placeholders, "%(customer_id)s", "%s"),
        (statements.foreign_placeholders, "%(customer_id)s", "{customer_id}"),
        (statements.unordered_limit, "ORDER BY sales_order.placed_at, sales_order.id", ""),
    ],
)
def test_a_planted_offence_is_found(checker: Callable[[str], list[str]], before: str, after: str) -> None:
    planted = GOOD.replace(before, after, 1)
    assert planted != GOOD
    assert len(checker(planted)) == 1
