"""No rule of the rule book and no kind of the catalogue is without a test of its worked example."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from dinghuo.journey.review.rules import KINDS

HERE: Final = Path(__file__).parent
MARK: Final = re.compile(r"#.*\b(E[123]\.[0-9]+)\b")
RULES: Final = [f"E{part}.{number}" for part, last in ((1, 19), (2, 15), (3, 9)) for number in range(1, last + 1)]

# The rules that no single call of a kind shows, and the test that shows each; the others are marked beside their numbers.
SHOWN_BY: Final = {
    "E1.18": "test_an_order_that_is_opened_again_is_new_demand",
    "E1.19": "test_two_orders_racing_for_the_last_credit_pass_once",
    "E3.1": "test_the_matrix_of_the_rule_book_names_the_approvers",
    "E3.2": "test_four_eyes_hold_for_whoever_created_copied_edited_or_sold",
    "E3.3": "test_an_approval_is_void_when_something_gets_worse_and_holds_otherwise",
    "E3.4": "test_a_copy_starts_unapproved_and_is_the_copiers",
    "E3.5": "test_a_step_that_nobody_acts_on_goes_to_the_deputy_then_to_the_next_level_and_is_never_approved",
    "E3.6": "test_who_raised_a_limit_does_not_release_the_hold",
    "E3.7": "test_every_decision_has_a_reason_and_counts_for_its_person",
    "E3.8": "test_every_touch_is_counted_by_the_event_that_it_left",
    "E3.9": "test_a_trial_names_what_would_be_held_or_passed_and_how_people_decided",
}


def examples() -> Iterator[tuple[ast.FunctionDef, str]]:
    """Every test of review with its text; one that is skipped shows nothing."""
    for path in sorted(HERE.glob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                marks = " ".join(ast.unparse(each) for each in node.decorator_list)
                if "skip" not in marks and "xfail" not in marks:
                    # To the end of the line, where the number stands.
                    yield node, "\n".join(text.splitlines()[node.lineno - 1 : node.end_lineno])


def kinds_called(test: ast.FunctionDef) -> set[str]:
    """The kinds that a test judges by, named where it calls for their verdict."""
    calls = [node for node in ast.walk(test) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    asked = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in {"broken", "a_rule"} and call.args]
    return {str(call.args[0].value) for call in asked if isinstance(call.args[0], ast.Constant)}


def has_assertion(test: ast.FunctionDef) -> bool:
    return any(isinstance(node, ast.Assert) for node in ast.walk(test))


def test_every_rule_of_the_rule_book_has_a_test_of_its_example() -> None:
    names = {test.name for test, _ in examples() if has_assertion(test)}
    marked = {mark for test, text in examples() if has_assertion(test) for mark in MARK.findall(text)}
    gone = {rule: name for rule, name in SHOWN_BY.items() if name not in names}
    assert not gone, "these tests are missing"
    assert [rule for rule in RULES if rule not in marked | SHOWN_BY.keys()] == []
    assert marked | SHOWN_BY.keys() <= set(RULES), "no rule of that number is in the book"


def test_every_kind_of_the_catalogue_is_tried_on_a_worked_example() -> None:
    shown: dict[str, set[str]] = defaultdict(set)
    for test, text in examples():
        for kind in kinds_called(test):
            shown[kind] |= set(MARK.findall(text))
    assert [kind for kind in KINDS if not shown[kind]] == []
    assert not set(shown) - set(KINDS), "no kind is called that"
