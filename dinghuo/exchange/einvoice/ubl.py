"""Writes EN 16931 as UBL 2.1: Invoice and CreditNote."""

from typing import Final

from dinghuo.exchange.einvoice.model import CREDIT_TRANSFER, EInvoice, Line, Party, TaxPart
from dinghuo.exchange.einvoice.tree import Part, Tree, Writer, as_bytes, iso

GUIDELINE: Final = "urn:cen.eu:en16931:2017"
UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:"
CAC: Final = f"{UBL}CommonAggregateComponents-2"
CBC: Final = f"{UBL}CommonBasicComponents-2"
ROOTS: Final = {False: "Invoice", True: "CreditNote"}


def ubl(invoice: EInvoice) -> bytes:
    """The document as UBL 2.1."""
    name = ROOTS[invoice.is_credit_note]
    write = Writer({None: f"{UBL}{name}-2", "cac": CAC, "cbc": CBC})
    return as_bytes(write.root(name, *head(write, invoice), *body(write, invoice)))


def head(write: Writer, invoice: EInvoice) -> list[Part]:
    """Everything before the parties, in the schema's order."""
    is_invoice = not invoice.is_credit_note
    return [
        write.text("cbc:CustomizationID", GUIDELINE),
        write.text("cbc:ID", invoice.number),
        write.text("cbc:IssueDate", iso(invoice.issued_on)),
        write.text("cbc:DueDate", iso(invoice.due_on)) if is_invoice else None,
        write.text("cbc:InvoiceTypeCode" if is_invoice else "cbc:CreditNoteTypeCode", invoice.type_code),
        write.text("cbc:DocumentCurrencyCode", invoice.currency),
        write.text("cbc:BuyerReference", invoice.buyer_reference),
        write(
            "cac:OrderReference",
            write.text("cbc:ID", invoice.buyer_reference),
            write.text("cbc:SalesOrderID", invoice.order_number),
        ),
        *(
            write("cac:BillingReference", write("cac:InvoiceDocumentReference", write.text("cbc:ID", number)))
            for number in invoice.preceding
        ),
        write("cac:DespatchDocumentReference", write.text("cbc:ID", invoice.delivery_note)),
    ]


def body(write: Writer, invoice: EInvoice) -> list[Part]:
    """Parties, delivery, payment, taxes, totals and lines, in the schema's order."""
    return [
        write("cac:AccountingSupplierParty", party(write, invoice.seller)),
        write("cac:AccountingCustomerParty", party(write, invoice.buyer)),
        delivery(write, invoice),
        payment_means(write, invoice),
        write("cac:PaymentTerms", write.text("cbc:Note", invoice.terms)),
        tax_total(write, invoice),
        totals(write, invoice),
        *(line(write, held, invoice) for held in invoice.lines),
    ]


def address(write: Writer, name: str, of: Party) -> Part:
    """A postal address; the country is what the standard asks for at least."""
    return write(
        name,
        write.text("cbc:StreetName", of.street),
        write.text("cbc:CityName", of.city),
        write.text("cbc:PostalZone", of.postcode),
        write("cac:Country", write.text("cbc:IdentificationCode", of.country)),
    )


def party(write: Writer, of: Party) -> Part:
    """Seller or buyer."""
    return write(
        "cac:Party",
        write("cac:PartyName", write.text("cbc:Name", of.name)),
        address(write, "cac:PostalAddress", of),
        tax_scheme(write, of.vat_id, "VAT"),
        tax_scheme(write, of.registration, "TAX"),
        write("cac:PartyLegalEntity", write.text("cbc:RegistrationName", of.name), write.text("cbc:CompanyID", of.registration)),
        write(
            "cac:Contact",
            write.text("cbc:Name", of.contact),
            write.text("cbc:Telephone", of.phone),
            write.text("cbc:ElectronicMail", of.email),
        ),
    )


def tax_scheme(write: Writer, number: str, scheme: str) -> Part:
    """A tax number under the scheme that issues it."""
    if not number:
        return None
    return write("cac:PartyTaxScheme", write.text("cbc:CompanyID", number), write("cac:TaxScheme", write.text("cbc:ID", scheme)))


def delivery(write: Writer, invoice: EInvoice) -> Part:
    """When and where the goods went."""
    to = invoice.delivered_to
    return write(
        "cac:Delivery",
        write.text("cbc:ActualDeliveryDate", iso(invoice.delivered_on)),
        write("cac:DeliveryLocation", address(write, "cac:Address", to)) if to else None,
        write("cac:DeliveryParty", write("cac:PartyName", write.text("cbc:Name", to.name))) if to else None,
    )


def payment_means(write: Writer, invoice: EInvoice) -> Part:
    """The account to pay into, with the document's number as the remittance; nothing without an account."""
    if not invoice.account:
        return None
    return write(
        "cac:PaymentMeans",
        write.text("cbc:PaymentMeansCode", CREDIT_TRANSFER),
        write.text("cbc:PaymentID", invoice.number),
        write("cac:PayeeFinancialAccount", write.text("cbc:ID", invoice.account), write.text("cbc:Name", invoice.bank)),
    )


def tax_total(write: Writer, invoice: EInvoice) -> Tree:
    """The tax, and its parts by category and rate."""
    in_currency = {"currencyID": invoice.currency}

    def part(of: TaxPart) -> Part:
        return write(
            "cac:TaxSubtotal",
            write.amount("cbc:TaxableAmount", of.basis, **in_currency),
            write.amount("cbc:TaxAmount", of.tax, **in_currency),
            write(
                "cac:TaxCategory",
                write.text("cbc:ID", of.category),
                write.number("cbc:Percent", of.percent),
                write.text("cbc:TaxExemptionReason", of.reason),
                write("cac:TaxScheme", write.text("cbc:ID", "VAT")),
            ),
        )

    made = write("cac:TaxTotal", write.amount("cbc:TaxAmount", invoice.tax, **in_currency), *map(part, invoice.taxes))
    assert made is not None, "a total always has its amount"
    return made


def totals(write: Writer, invoice: EInvoice) -> Part:
    """The document's sums."""
    in_currency = {"currencyID": invoice.currency}
    return write(
        "cac:LegalMonetaryTotal",
        write.amount("cbc:LineExtensionAmount", invoice.net, **in_currency),
        write.amount("cbc:TaxExclusiveAmount", invoice.net, **in_currency),
        write.amount("cbc:TaxInclusiveAmount", invoice.gross, **in_currency),
        write.amount("cbc:PrepaidAmount", invoice.paid, **in_currency) if invoice.paid else None,
        write.amount("cbc:PayableAmount", invoice.payable, **in_currency),
    )


def line(write: Writer, of: Line, invoice: EInvoice) -> Part:
    """One line of goods or of a charge."""
    in_currency = {"currencyID": invoice.currency}
    kind = "cac:CreditNoteLine" if invoice.is_credit_note else "cac:InvoiceLine"
    quantity = "cbc:CreditedQuantity" if invoice.is_credit_note else "cbc:InvoicedQuantity"
    return write(
        kind,
        write.text("cbc:ID", of.id),
        write.number(quantity, of.quantity, unitCode=of.unit),
        write.amount("cbc:LineExtensionAmount", of.net, **in_currency),
        write(
            "cac:Item",
            write.text("cbc:Name", of.name),
            write("cac:SellersItemIdentification", write.text("cbc:ID", of.code)),
            write(
                "cac:ClassifiedTaxCategory",
                write.text("cbc:ID", of.category),
                write.number("cbc:Percent", of.percent),
                write("cac:TaxScheme", write.text("cbc:ID", "VAT")),
            ),
        ),
        write("cac:Price", write.number("cbc:PriceAmount", of.price, **in_currency)),
    )
