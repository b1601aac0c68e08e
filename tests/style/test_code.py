"""The limits of the house style, held on every Python file, and on each checker a planted offence."""

import ast
from collections.abc import Callable
from pathlib import Path, PurePath

import pytest

from tests.style import code, tree

# So many functions may be longer than 40 lines (and none longer than 60); raised by a decision record only.
LONG_FUNCTIONS_ALLOWED = 5
PREFERRED_FUNCTION_LINES = 40

# Django looks for a database backend in a module of this name.
NAMED_BY_DJANGO = ("dinghuo/kernel/postgresql/base.py",)

PACKAGE_AND_TOOLING = [*tree.python_of_package(), *tree.python_of_tooling()]


def offences(paths: list[Path], checker: Callable[[ast.Module], list[str]]) -> list[str]:
    return [f"{tree.relative(path)}:{offence}" for path in paths for offence in checker(tree.parsed(path))]


def source_offences(paths: list[Path], checker: Callable[[str], list[str]]) -> list[str]:
    return [f"{tree.relative(path)}:{offence}" for path in paths for offence in checker(path.read_text(encoding="utf-8"))]


def named(*stems: str) -> list[Path]:
    """The package's modules of these names, whether they are a file or have grown into a folder."""
    return [path for path in tree.python_of_package() if path.stem in stems or path.parent.name in stems]


def test_no_function_is_longer_than_sixty_lines() -> None:
    assert not offences(PACKAGE_AND_TOOLING, lambda module: code.long_functions(module, code.FUNCTION_LINES))


def test_few_functions_are_longer_than_forty_lines() -> None:
    long = offences(PACKAGE_AND_TOOLING, lambda module: code.long_functions(module, PREFERRED_FUNCTION_LINES))
    assert len(long) <= LONG_FUNCTIONS_ALLOWED, "\n".join(long)


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    assert not source_offences([*PACKAGE_AND_TOOLING, *tree.sql_files()], code.long_file)


@pytest.mark.parametrize(
    "checker",
    [
        code.many_parameters,
        code.deep_functions,
        code.missing_return_types,
        code.hidden_imports,
        code.service_classes,
        code.money_as_float,
    ],
)
def test_the_package_keeps_the_limit(checker: Callable[[ast.AST], list[str]]) -> None:
    assert not offences(PACKAGE_AND_TOOLING, checker)


@pytest.mark.parametrize("checker", [code.hidden_imports, code.unexplained_skips, code.short_test_names])
def test_the_tests_keep_the_limit(checker: Callable[[ast.AST], list[str]]) -> None:
    assert not offences(tree.python_of_tests(), checker)


@pytest.mark.parametrize("checker", [code.suppressions, code.open_ends])
def test_no_comment_silences_a_check_or_leaves_an_end_open(checker: Callable[[str], list[str]]) -> None:
    assert not source_offences([*PACKAGE_AND_TOOLING, *tree.python_of_tests()], checker)


def test_every_module_has_a_name_that_says_what_it_holds() -> None:
    named_by_us = [path.relative_to(tree.ROOT) for path in [*PACKAGE_AND_TOOLING, *tree.python_of_tests()]]
    found = [f"{path}:{offence}" for path in named_by_us for offence in code.forbidden_module(path)]
    assert [offence for offence in found if not offence.startswith(NAMED_BY_DJANGO)] == []


def test_every_operation_query_and_rule_says_what_it_does() -> None:
    assert not offences(named("operations", "queries", "rules"), code.undocumented)


def test_a_rule_looks_at_nothing_but_its_arguments() -> None:
    assert not offences(named("rules"), code.impure_rules)


def test_comments_are_a_seasoning() -> None:
    # Half of what the package does is written in SQL, and so is the why of it.
    python = [path.read_text(encoding="utf-8") for path in tree.python_of_package()]
    statements = [path.read_text(encoding="utf-8") for path in tree.sql_files()]
    share = code.comment_share(python, statements)
    assert 0.03 <= share <= 0.08, f"{share:.1%} of the package's lines hold a comment; 3 % to 8 % is wanted"


LONG = "def f() -> None:\n    '''Say.'''\n" + "    x = 1\n" * 61
DEEP = """
def f(rows) -> None:
    for row in rows:
        if row:
            with row:
                while row:
                    row = None
"""


@pytest.mark.parametrize(
    ("checker", "source"),
    [
        (lambda module: code.long_functions(module, code.FUNCTION_LINES), LONG),
        (code.many_parameters, "def f(self, a, b, *, c, d, e, f, g) -> None: ..."),
        (code.deep_functions, DEEP),
        (code.missing_return_types, "class A:\n    async def f(self): ..."),
        (code.hidden_imports, "def f() -> None:\n    if f:\n        from a import b"),
        (code.service_classes, "class OrderService: ..."),
        (code.money_as_float, "def f(price_net: float) -> None: ..."),
        (code.money_as_float, "class Line:\n    amount: float | None"),
        (code.money_as_float, "share = models.FloatField()"),
        (code.undocumented, "def release_order() -> None: ..."),
        (code.undocumented, "def release_order() -> None:\n    '''release'''"),
        (code.impure_rules, "from dinghuo.journey.review import models"),
        (code.impure_rules, "import django.db.models"),
        (code.unexplained_skips, "@pytest.mark.skip\ndef test_a_b_c_d() -> None: ..."),
        (code.unexplained_skips, "@pytest.mark.skipif(True)\ndef test_a_b_c_d() -> None: ..."),
        (code.short_test_names, "def test_order() -> None: ..."),
    ],
)
def test_a_planted_offence_is_found(checker: Callable[[ast.Module], list[str]], source: str) -> None:
    assert len(checker(ast.parse(source))) == 1


@pytest.mark.parametrize(
    ("checker", "source"),
    [
        (lambda module: code.long_functions(module, code.FUNCTION_LINES), LONG.removesuffix("    x = 1\n")),
        (code.many_parameters, "def f(self, a, b, *, c, d, e, f) -> None: ..."),
        (code.deep_functions, "def f(a) -> None:\n    if a: ...\n    elif b: ...\n    elif c: ...\n    elif d: ..."),
        (code.money_as_float, "def f(seconds: float, amount: Decimal) -> None: ..."),
        (code.undocumented, "def _lock() -> None: ...\ndef release() -> None:\n    '''Release an order.'''"),
        (code.impure_rules, "from decimal import Decimal\nfrom dinghuo.kernel.money import rounded"),
        (code.unexplained_skips, "@pytest.mark.skip(reason='no data')\ndef test_a_b_c_d() -> None: ..."),
    ],
)
def test_what_keeps_the_limit_is_left_alone(checker: Callable[[ast.Module], list[str]], source: str) -> None:
    assert checker(ast.parse(source)) == []


@pytest.mark.parametrize(
    ("checker", "source"),
    [
        (code.suppressions, "x = 1  # no" + "qa: E501\n"),
        (code.suppressions, "x = 1  # type" + ": ignore[misc]\n"),
        (code.open_ends, "# TO" + "DO: later\n"),
        (code.long_file, "x = 1\n" * 401),
    ],
)
def test_a_planted_comment_or_length_is_found(checker: Callable[[str], list[str]], source: str) -> None:
    assert len(checker(source)) == 1


def test_an_open_end_with_an_issue_is_left_alone() -> None:
    assert code.open_ends("# TO" + "DO #12: more carriers\n") == []


def test_a_mark_inside_a_text_is_no_mark() -> None:
    assert code.suppressions("text = '# no" + "qa'\n") == []


@pytest.mark.parametrize("name", ["dinghuo/kernel/utils.py", "dinghuo/services/orders.py"])
def test_a_module_with_an_empty_name_is_found(name: str) -> None:
    assert len(code.forbidden_module(PurePath(name))) == 1


def test_the_share_of_comments_counts_written_lines() -> None:
    assert code.comment_share(["# why\n\nx = 1\ny = 2  # metres\nz = 3\n"], []) == 0.5
    assert code.comment_share(["x = 1\n"], ["-- Why.\nSELECT 1\n"]) == 1 / 3
