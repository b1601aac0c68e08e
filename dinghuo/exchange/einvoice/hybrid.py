"""Invoices that are both: a PDF for people that carries its CII for programs (Factur-X, ZUGFeRD)."""

from facturx import generate_from_binary


def factur_x(pdf: bytes, cii: bytes) -> bytes:
    """The PDF with the CII embedded at the level EN 16931; the PDF must be PDF/A-3."""
    made: bytes = generate_from_binary(pdf, cii, flavor="factur-x", level="en16931", check_xsd=False, check_schematron=False)
    return made
