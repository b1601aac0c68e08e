"""XML as untrusted input: no document type, hence no entities of its own, no tree deeper than any statement.

Elements are named without their namespace.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from dinghuo.exchange.bank.errors import Fault

DEPTH_MAX = 40


@dataclass(frozen=True, slots=True)
class Node:
    """An element and the way to it, as a refusal names it: `Stmt 1/Ntry 3/Amt`."""

    element: Element
    place: str

    def child(self, path: str) -> "Node | None":
        """The first element at a path below, or None."""
        found = self.element.find(path)
        return None if found is None else Node(found, f"{self.place}/{path}")

    def children(self, name: str) -> Iterator["Node"]:
        """The elements of a name right below, numbered from 1."""
        for nth, each in enumerate(self.element.findall(name), 1):
            yield Node(each, f"{self.place}/{name} {nth}".lstrip("/"))

    def text(self, *paths: str) -> str:
        """The text at the first path that has one, or an empty text."""
        for path in paths:
            found = (self.element.findtext(path) or "").strip()
            if found:
                return found
        return ""

    def texts(self, path: str) -> list[str]:
        """Every text at a path."""
        return [(each.text or "").strip() for each in self.element.findall(path) if (each.text or "").strip()]

    def needed(self, *paths: str) -> str:
        """The text at the first path that has one; raises Fault when none has."""
        found = self.text(*paths)
        if not found:
            raise Fault(f"{self.place}/{paths[0]}", "the element is missing or empty")
        return found


def root_of(raw: bytes) -> Node:
    """The root of a document; raises Fault for what is not well formed, declares a type, or nests deeper than any statement."""
    depth = 0
    root: Element | None = None
    try:
        for event, element in iterparse(io.BytesIO(raw), events=("start", "end"), forbid_dtd=True):
            depth += 1 if event == "start" else -1
            if depth > DEPTH_MAX:
                raise Fault(local_name(element), f"elements lie more than {DEPTH_MAX} deep, as in no statement")
            if event == "start" and root is None:
                root = element
            element.tag = local_name(element)
    except DefusedXmlException:
        raise Fault("", "the file declares a document type or entities, which a statement has no use for") from None
    except ParseError as fault:
        row, column = fault.position
        raise Fault(f"row {row}, column {column + 1}", "the XML is not well formed") from None
    except (LookupError, ValueError) as fault:
        if isinstance(fault, Fault):
            raise
        raise Fault("", "the file's encoding is not the one that it declares") from None
    assert root is not None, "a well-formed document has a root"
    return Node(root, "")


def local_name(element: Element) -> str:
    """An element's name without its namespace: versions of a format differ in nothing else that is read here."""
    return str(element.tag).rpartition("}")[2]
