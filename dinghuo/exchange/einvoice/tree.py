"""Builds XML from nested parts, leaving out what is empty."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from lxml import etree

Tree = etree._Element
Part = Tree | None


class Writer:
    """Makes elements of the namespaces that a document knows by prefix."""

    def __init__(self, namespaces: Mapping[Any, str]) -> None:
        self.namespaces: dict[str | None, str] = dict(namespaces)

    def tag(self, name: str) -> str:
        """A prefixed name in full; one without a prefix belongs to the default namespace."""
        prefix, _, bare = name.rpartition(":")
        return f"{{{self.namespaces[prefix or None]}}}{bare}"

    def root(self, name: str, *parts: Part) -> Tree:
        """The document's root, which declares every namespace."""
        return self.filled(etree.Element(self.tag(name), nsmap=self.namespaces), parts)

    def __call__(self, name: str, *parts: Part) -> Part:
        """An element of other elements; None when none of them is there."""
        held = [part for part in parts if part is not None]
        return self.filled(etree.Element(self.tag(name)), held) if held else None

    def text(self, name: str, text: str, **attributes: str) -> Part:
        """An element of text; None for an empty one."""
        if not text:
            return None
        made = etree.Element(self.tag(name), attributes)
        made.text = text
        return made

    def number(self, name: str, number: Decimal, **attributes: str) -> Tree:
        """An element that holds a number: no exponent, no trailing zeros."""
        made = etree.Element(self.tag(name), attributes)
        made.text = format(exact(number) + Decimal(0), "f")
        return made

    def amount(self, name: str, amount: Decimal, **attributes: str) -> Tree:
        """An element that holds an amount: two decimals, which is all that the standard allows (BR-DEC)."""
        made = etree.Element(self.tag(name), attributes)
        # Nothing is added so that a zero of the other sign is written as zero: the rules do not take -0.00 for one.
        made.text = format((amount if amount != round(amount, 2) else round(amount, 2)) + Decimal(0), "f")
        return made

    def empty(self, name: str) -> Tree:
        """An element that holds nothing."""
        return etree.Element(self.tag(name))

    def filled(self, element: Tree, parts: "tuple[Part, ...] | list[Tree]") -> Tree:
        """The element with its parts."""
        element.extend([part for part in parts if part is not None])
        return element


def exact(number: Decimal) -> Decimal:
    """A number without trailing zeros after the point."""
    whole = number.to_integral_value()
    return whole if number == whole else number.normalize()


def iso(on: date | None) -> str:
    """A day as UBL writes it; nothing for none."""
    return on.isoformat() if on else ""


def as_bytes(root: Tree) -> bytes:
    """The document as it is stored and sent."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
