"""The OpenAPI document as a client reads it, and a checker of JSON against its schemas."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from dinghuo.web.api import api

ROOT = "/api/v1"

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}


@dataclass(frozen=True, slots=True)
class Described:
    """One operation of the document."""

    method: str
    path: str
    details: Any

    def schema_of(self, status: int) -> Any:
        """The schema of a reply in JSON or of a file; KeyError for a status that is not described."""
        content = self.details["responses"][str(status)]["content"]
        return content[self.is_file(status) or "application/json"]["schema"]

    def is_file(self, status: int) -> str | None:
        """The media type of a reply that is a file; None for JSON."""
        content = self.details["responses"].get(str(status), {}).get("content", {})
        return next((media for media in content if media != "application/json"), None)


@cache
def document() -> Any:
    """The document, as the site serves it."""
    return json.loads(json.dumps(api.get_openapi_schema(path_prefix=f"{ROOT}/")))


def described(shown: Any) -> Iterator[Described]:
    """Every operation of a document."""
    for path, methods in shown["paths"].items():
        for method, details in methods.items():
            yield Described(method.upper(), path, details)


@cache
def routes() -> list[tuple[str, re.Pattern[str], Described]]:
    """Every operation with a pattern of its addresses, those without parameters first."""
    found = [(one.method, re.compile(re.sub(r"{\w+}", "[^/]+", one.path)), one) for one in described(document())]
    return sorted(found, key=lambda row: "{" in row[2].path)


def called(method: str, path: str) -> Described | None:
    """The operation that an address belongs to."""
    bare = path.partition("?")[0]
    return next((one for verb, pattern, one in routes() if verb == method and pattern.fullmatch(bare)), None)


def faults(value: Any, schema: Any, shown: Any, place: str = "") -> list[str]:
    """Where a value does not fit a schema of the document; empty when it does."""
    if "$ref" in schema:
        return faults(value, shown["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]], shown, place)
    if "anyOf" in schema:
        tried = [faults(value, one, shown, place) for one in schema["anyOf"]]
        return [] if [] in tried else [f"{place}: {value!r} fits none of {len(tried)}: {tried}"]
    if "allOf" in schema:
        return [fault for one in schema["allOf"] for fault in faults(value, one, shown, place)]
    kind = schema.get("type")
    if kind and (not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")):
        return [f"{place}: {value!r} is no {kind}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{place}: {value!r} is none of {schema['enum']}"]
    if isinstance(value, str):
        return faults_in_text(value, schema, place)
    if isinstance(value, list):
        over = [f"{place}: {len(value)} items"] if len(value) > schema.get("maxItems", len(value)) else []
        return over + [fault for key, item in enumerate(value) for fault in faults(item, schema["items"], shown, f"{place}.{key}")]
    if isinstance(value, dict):
        return faults_in_object(value, schema, shown, place)
    if isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        return [f"{place}: {value} out of bounds"]
    return []


def faults_in_text(value: str, schema: Any, place: str) -> list[str]:
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        return [f"{place}: {len(value)} characters"]
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return [f"{place}: {value!r} does not match {schema['pattern']}"]
    return []


def faults_in_object(value: dict[str, Any], schema: Any, shown: Any, place: str) -> list[str]:
    known = schema.get("properties", {})
    found = [f"{place}: lacks {name}" for name in schema.get("required", []) if name not in value]
    if schema.get("additionalProperties") is False or (known and "additionalProperties" not in schema):
        found += [f"{place}: has {name}" for name in value if name not in known]
    for name, item in value.items():
        if name in known:
            found += faults(item, known[name], shown, f"{place}.{name}")
    return found
