"""The locks hold what the package asks for, and the package asks for what it uses."""

import ast
import importlib.metadata
import re
import sys
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.style import tree

PROJECT = tomllib.loads((tree.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NEEDED = [Requirement(line) for line in PROJECT["project"]["dependencies"]]
DEVELOPMENT = [Requirement(line) for line in PROJECT["dependency-groups"]["dev"] if isinstance(line, str)]


def locked(name: str) -> dict[str, str]:
    """The version of each package in a lock."""
    text = (tree.ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", text, re.MULTILINE))


def imported_by_the_package() -> set[str]:
    """The top-level modules that the package imports from elsewhere."""
    names: set[str] = set()
    for path in tree.python_of_package():
        for node in ast.walk(tree.parsed(path)):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names) - {"dinghuo"}


@pytest.mark.parametrize("requirement", NEEDED, ids=str)
def test_a_needed_package_is_locked_in_both_in_a_version_that_serves(requirement: Requirement) -> None:
    name = canonicalize_name(requirement.name)
    assert requirement.specifier.contains(locked("base")[name])
    assert locked("dev")[name] == locked("base")[name]


@pytest.mark.parametrize("requirement", DEVELOPMENT, ids=str)
def test_a_tool_is_locked_in_a_version_that_serves(requirement: Requirement) -> None:
    assert requirement.specifier.contains(locked("dev")[canonicalize_name(requirement.name)])


def test_one_venv_can_hold_both_locks() -> None:
    assert locked("base").items() <= locked("dev").items()


def test_every_imported_package_is_asked_for_by_name() -> None:
    providers = importlib.metadata.packages_distributions()
    asked = {canonicalize_name(requirement.name) for requirement in NEEDED}
    unasked = {
        module
        for module in imported_by_the_package()
        if not asked & {canonicalize_name(provider) for provider in providers.get(module, [])}
    }
    assert unasked == set()


@pytest.mark.parametrize("requirement", NEEDED, ids=lambda requirement: requirement.name)
def test_every_package_asked_for_is_used(requirement: Requirement) -> None:
    providers = importlib.metadata.packages_distributions()
    name = canonicalize_name(requirement.name)
    modules = {module for module, owners in providers.items() if name in map(canonicalize_name, owners)}
    # By name, not by import: a Django app is used by being listed in the settings, granian by being started.
    source = "\n".join(path.read_text(encoding="utf-8") for path in tree.python_of_package())
    assert any(re.search(rf"\b{re.escape(module)}\b", source) for module in modules)
