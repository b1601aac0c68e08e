"""Checkers for .sql files: each takes a statement's text and returns what offends, as a sentence."""

import re

COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
LITERAL = re.compile(r"'(?:[^']|'')*'|(\$\w*\$).*?\1", re.DOTALL)
HEADER = ("In:", "Out:", "Needs:")

# FROM in these is not a table's: extract(epoch FROM moment), a IS DISTINCT FROM b.
OTHER_FROM = re.compile(r"\b(extract|substring|trim|overlay)\s*\([^()]*\)|\bdistinct\s+from\b", re.IGNORECASE)
CATALOGUES = {"pg_catalog", "information_schema"}


def bare(statement: str) -> str:
    """Return the statement without its comments and the contents of its literals."""
    return LITERAL.sub("''", COMMENT.sub("", statement))


def is_schema_script(statement: str) -> bool:
    """Tell whether a file is a migration's: it makes or drops functions, triggers and rights."""
    parts = [part for part in bare(statement).split(";") if part.strip()]
    return all(re.match(r"\s*(create|alter|drop|grant|revoke|comment)\b", part, re.IGNORECASE) for part in parts)


def header_lines(statement: str) -> list[str]:
    """Return the comment lines a file begins with, without their dashes."""
    lines = []
    for line in statement.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    return lines


def header_offences(statement: str) -> list[str]:
    """Tell what the header lacks: a purpose, then In, Out and Needs, in this order."""
    lines = header_lines(statement)
    if not lines or not lines[0] or lines[0].startswith(HEADER):
        return ["the first line does not say what the statement is for"]
    labels = [label for line in lines for label in HEADER if line.startswith(label)]
    return [] if labels == list(HEADER) else [f"the header names {labels or 'nothing'} instead of In:, Out: and Needs:"]


def undeclared_parameters(statement: str) -> list[str]:
    """Name parameters that the header's In does not list."""
    header = " ".join(header_lines(statement))
    declared = header.partition("In:")[2].partition("Out:")[0]
    used = sorted(set(re.findall(r"%\((\w+)\)s", bare(statement))))
    return [f"In: does not name {name}" for name in used if not re.search(rf"\b{name}\b", declared)]


def several_statements(statement: str) -> list[str]:
    """Tell a file that holds more than one statement, or none; a migration's script may create a set of things."""
    parts = [part for part in bare(statement).split(";") if part.strip()]
    if parts and is_schema_script(statement):
        return []
    return [] if len(parts) == 1 else [f"the file holds {len(parts)} statements"]


def starred_columns(statement: str) -> list[str]:
    """Tell a statement that takes whatever columns there are."""
    star = re.search(r"\b(?:select|returning|distinct)\s+(?:\w+\.)?\*|,\s*(?:\w+\.)?\*", bare(statement), re.IGNORECASE)
    return ["its columns are not named, but *"] if star else []


def schema_names(statement: str) -> list[str]:
    """Name tables that are tied to one schema."""
    table = re.compile(r"\b(?:from|join|into|update|table|view|using)\s+(?:only\s+)?(\w+)\.(\w+)", re.IGNORECASE)
    text = OTHER_FROM.sub("", bare(statement))
    return [f"{schema}.{name} names a schema" for schema, name in table.findall(text) if schema.lower() not in CATALOGUES]


def foreign_placeholders(statement: str) -> list[str]:
    """Find parameters in any form but %(name)s, which alone cannot be confused or pasted.

    A migration's script is run without parameters, so that its per cent signs are its own.
    """
    if is_schema_script(statement):
        return []
    found = re.findall(r"%(?!\(\w+\)s|%).{0,6}|\{\w*\}", bare(statement))
    return [f"{text.strip()!r} is no %(name)s" for text in found]


def unordered_limit(statement: str) -> list[str]:
    """Tell a statement that keeps the first rows without saying which come first."""
    text = bare(statement).lower()
    return ["LIMIT without ORDER BY"] if re.search(r"\blimit\b", text) and "order by" not in text else []


CHECKERS = (
    header_offences,
    undeclared_parameters,
    several_statements,
    starred_columns,
    schema_names,
    foreign_placeholders,
    unordered_limit,
)
