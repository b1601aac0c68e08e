"""Checkers for Python code: each takes source or its tree and returns what offends, as `line: sentence`."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import PurePath

Function = ast.FunctionDef | ast.AsyncFunctionDef

FUNCTION_LINES = 60
FILE_LINES = 400
PARAMETERS = 6
NESTING = 3

FORBIDDEN_MODULES = {"utils", "util", "helpers", "helper", "managers", "base", "common", "misc", "services", "signals"}

BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match)


def functions(tree: ast.AST) -> Iterator[Function]:
    """Yield every function and method."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node


def body_lines(function: Function) -> int:
    """Count the lines of a body; its docstring is documentation, not length."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not body:
        return 0
    return (function.end_lineno or function.lineno) - body[0].lineno + 1


def long_functions(tree: ast.AST, limit: int) -> list[str]:
    """Name functions whose body is longer than the limit."""
    return [
        f"{function.lineno}: {function.name} is {body_lines(function)} lines long, more than {limit}"
        for function in functions(tree)
        if body_lines(function) > limit
    ]


def long_file(source: str) -> list[str]:
    """Tell a file that has more lines than one can keep in mind."""
    lines = source.count("\n")
    return [f"{lines}: the file is longer than {FILE_LINES} lines; split it by noun"] if lines > FILE_LINES else []


def parameters(function: Function) -> int:
    """Count the parameters a caller sees: all but self and cls."""
    listed = function.args
    named = [*listed.posonlyargs, *listed.args, *listed.kwonlyargs]
    stars = [star for star in (listed.vararg, listed.kwarg) if star is not None]
    return len([name for name in named if name.arg not in {"self", "cls"}]) + len(stars)


def many_parameters(tree: ast.AST) -> list[str]:
    """Name functions that take more than a reader can hold."""
    return [
        f"{function.lineno}: {function.name} takes {parameters(function)} parameters, more than {PARAMETERS}"
        for function in functions(tree)
        if parameters(function) > PARAMETERS
    ]


def depth(node: ast.AST) -> int:
    """Return how many blocks lie in one another below a node; an elif is not deeper than its if."""
    deepest = 0
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
        opens = isinstance(child, BLOCKS) and not is_elif
        deepest = max(deepest, depth(child) + opens)
    return deepest


def deep_functions(tree: ast.AST) -> list[str]:
    """Name functions whose blocks are nested too deep."""
    return [
        f"{function.lineno}: {function.name} nests {depth(function)} blocks, more than {NESTING}"
        for function in functions(tree)
        if depth(function) > NESTING
    ]


def missing_return_types(tree: ast.AST) -> list[str]:
    """Name functions that do not say what they return."""
    return [f"{function.lineno}: {function.name} has no return type" for function in functions(tree) if not function.returns]


def hidden_imports(tree: ast.AST) -> list[str]:
    """Find imports inside functions, where they hide a cycle or a cost."""
    return [
        f"{node.lineno}: an import inside {function.name}"
        for function in functions(tree)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]


def forbidden_module(path: PurePath) -> list[str]:
    """Tell a module or folder whose name says nothing about the business."""
    found = FORBIDDEN_MODULES & {path.stem, *path.parent.parts}
    return [f"1: {name} is no name for a module" for name in sorted(found)]


def service_classes(tree: ast.AST) -> list[str]:
    """Name classes that are verbs in disguise."""
    disguises = ("Service", "Manager", "Helper", "Util", "Utils", "Handler")
    return [
        f"{node.lineno}: {node.name}: an operation is a function"
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and node.name.endswith(disguises)
    ]


def comments(source: str) -> Iterator[tuple[int, str]]:
    """Yield every comment with its line."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def suppressions(source: str) -> list[str]:
    """Find marks that silence a check."""
    mark = re.compile(r"#\s*(noqa|type:\s*ignore|mypy:|ruff:|pyright:|pragma:)", re.IGNORECASE)
    return [f"{line}: {text!r} silences a check" for line, text in comments(source) if mark.search(text)]


def open_ends(source: str) -> list[str]:
    """Find notes to self that no issue keeps track of."""
    note = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    return [
        f"{line}: {text!r} names no issue"
        for line, text in comments(source)
        if note.search(text) and not re.search(r"#\d+", text[1:])
    ]


def unexplained_skips(tree: ast.AST) -> list[str]:
    """Find tests that are skipped or expected to fail without saying why."""
    found: list[ast.expr] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"pytest.mark.skip", "pytest.mark.xfail"}:
            found.append(node)
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("pytest.mark.skipif"):
            found.append(node.func)
    calls = {id(node.func): node for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return [
        f"{node.lineno}: {ast.unparse(node)} gives no reason"
        for node in found
        if id(node) not in calls or "reason" not in {keyword.arg for keyword in calls[id(node)].keywords}
    ]


def undocumented(tree: ast.Module) -> list[str]:
    """Name public functions of a module without a docstring that starts with a whole sentence."""
    complaints = []
    for node in tree.body:
        if not isinstance(node, Function) or node.name.startswith("_"):
            continue
        first = (ast.get_docstring(node) or "").partition("\n")[0]
        if not first.endswith((".", "?")) or " " not in first:
            complaints.append(f"{node.lineno}: {node.name} does not say in its first line what it does")
    return complaints


def impure_rules(tree: ast.AST) -> list[str]:
    """Find imports that let a rule look at more than its arguments."""
    reach = re.compile(r"^django\.db|\.(models|operations|queries|api|pages)$|^dinghuo\.kernel\.sql$")
    complaints = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        complaints += [f"{node.lineno}: a rule imports {name}" for name in names if reach.search(name)]
    return complaints


def money_as_float(tree: ast.AST) -> list[str]:
    """Find amounts kept in binary fractions: float columns, and names of money annotated float."""
    money = re.compile(r"(^|_)(amount|price|cost|net|gross|tax|total|balance|rate|credit|debit|quantity)(_|$)")
    complaints = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "FloatField":
            complaints.append(f"{node.lineno}: a FloatField")
        if isinstance(node, ast.arg) and node.annotation is not None:
            name, annotation = node.arg, node.annotation
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name, annotation = node.target.id, node.annotation
        else:
            continue
        if money.search(name) and re.search(r"\bfloat\b", ast.unparse(annotation)):
            complaints.append(f"{node.lineno}: {name} is a float")
    return complaints


def short_test_names(tree: ast.AST) -> list[str]:
    """Name tests whose name is no sentence."""
    return [
        f"{function.lineno}: {function.name} is no sentence"
        for function in functions(tree)
        if function.name.startswith("test_") and len(function.name.split("_")) < 5
    ]


def comment_share(sources: list[str], statements: list[str]) -> float:
    """Return the share of written lines of Python and SQL that hold a comment."""
    written = sum(1 for source in [*sources, *statements] for line in source.splitlines() if line.strip())
    commented = sum(1 for source in sources for _comment in comments(source))
    commented += sum(1 for statement in statements for line in statement.splitlines() if line.lstrip().startswith("--"))
    return commented / written if written else 0.0
