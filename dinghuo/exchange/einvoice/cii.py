"""Writes EN 16931 as UN/CEFACT Cross Industry Invoice."""

from datetime import date
from typing import Final

from dinghuo.exchange.einvoice.model import CREDIT_TRANSFER, EInvoice, Line, Party, TaxPart
from dinghuo.exchange.einvoice.tree import Part, Writer, as_bytes
from dinghuo.exchange.einvoice.ubl import GUIDELINE

UNCEFACT: Final = "urn:un:unece:uncefact:data:standard:"
NAMESPACES: Final = {
    "rsm": f"{UNCEFACT}CrossIndustryInvoice:100",
    "ram": f"{UNCEFACT}ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{UNCEFACT}UnqualifiedDataType:100",
    "qdt": f"{UNCEFACT}QualifiedDataType:100",
}
# UNTDID 2379: a day as 20260131.
DAY: Final = "102"


def cii(invoice: EInvoice) -> bytes:
    """The document as CII."""
    write = Writer(NAMESPACES)
    context = write("ram:GuidelineSpecifiedDocumentContextParameter", write.text("ram:ID", GUIDELINE))
    document = write(
        "rsm:ExchangedDocument",
        write.text("ram:ID", invoice.number),
        write.text("ram:TypeCode", invoice.type_code),
        write("ram:IssueDateTime", day(write, invoice.issued_on)),
    )
    trade = write(
        "rsm:SupplyChainTradeTransaction",
        *(line(write, held) for held in invoice.lines),
        agreement(write, invoice),
        delivery(write, invoice),
        settlement(write, invoice),
    )
    return as_bytes(write.root("rsm:CrossIndustryInvoice", write("rsm:ExchangedDocumentContext", context), document, trade))


def day(write: Writer, on: date | None, kind: str = "udt:DateTimeString") -> Part:
    """A day in the form that CII reads."""
    return write.text(kind, on.strftime("%Y%m%d") if on else "", format=DAY)


def party(write: Writer, name: str, of: Party) -> Part:
    """Seller, buyer or the party that goods went to."""
    return write(
        name,
        write.text("ram:Name", of.name),
        write("ram:SpecifiedLegalOrganization", write.text("ram:ID", of.registration)),
        contact(write, of),
        write(
            "ram:PostalTradeAddress",
            write.text("ram:PostcodeCode", of.postcode),
            write.text("ram:LineOne", of.street),
            write.text("ram:CityName", of.city),
            write.text("ram:CountryID", of.country),
        ),
        write("ram:SpecifiedTaxRegistration", write.text("ram:ID", of.vat_id, schemeID="VA")),
        write("ram:SpecifiedTaxRegistration", write.text("ram:ID", of.registration, schemeID="FC")),
    )


def contact(write: Writer, of: Party) -> Part:
    """Whom to ask."""
    return write(
        "ram:DefinedTradeContact",
        write.text("ram:PersonName", of.contact),
        write("ram:TelephoneUniversalCommunication", write.text("ram:CompleteNumber", of.phone)),
        write("ram:EmailURIUniversalCommunication", write.text("ram:URIID", of.email)),
    )


def agreement(write: Writer, invoice: EInvoice) -> Part:
    """Who trades with whom, on what order."""
    return write(
        "ram:ApplicableHeaderTradeAgreement",
        write.text("ram:BuyerReference", invoice.buyer_reference),
        party(write, "ram:SellerTradeParty", invoice.seller),
        party(write, "ram:BuyerTradeParty", invoice.buyer),
        write("ram:SellerOrderReferencedDocument", write.text("ram:IssuerAssignedID", invoice.order_number)),
        write("ram:BuyerOrderReferencedDocument", write.text("ram:IssuerAssignedID", invoice.buyer_reference)),
    )


def delivery(write: Writer, invoice: EInvoice) -> Part:
    """When and where the goods went; an empty element for a document without a shipment, since the schema asks for one."""
    to = invoice.delivered_to
    place = Party(to.name, to.street, to.city, to.postcode, to.country) if to else None
    held = (
        party(write, "ram:ShipToTradeParty", place) if place else None,
        write("ram:ActualDeliverySupplyChainEvent", write("ram:OccurrenceDateTime", day(write, invoice.delivered_on))),
        write("ram:DespatchAdviceReferencedDocument", write.text("ram:IssuerAssignedID", invoice.delivery_note)),
    )
    made = write("ram:ApplicableHeaderTradeDelivery", *held)
    return write.empty("ram:ApplicableHeaderTradeDelivery") if made is None else made


def settlement(write: Writer, invoice: EInvoice) -> Part:
    """Payment, taxes and sums, in the schema's order."""
    return write(
        "ram:ApplicableHeaderTradeSettlement",
        write.text("ram:PaymentReference", invoice.number if invoice.account else ""),
        write.text("ram:InvoiceCurrencyCode", invoice.currency),
        payment_means(write, invoice),
        *(tax(write, part) for part in invoice.taxes),
        write(
            "ram:SpecifiedTradePaymentTerms",
            write.text("ram:Description", invoice.terms),
            write("ram:DueDateDateTime", day(write, invoice.due_on)),
        ),
        write(
            "ram:SpecifiedTradeSettlementHeaderMonetarySummation",
            write.amount("ram:LineTotalAmount", invoice.net),
            write.amount("ram:TaxBasisTotalAmount", invoice.net),
            write.amount("ram:TaxTotalAmount", invoice.tax, currencyID=invoice.currency),
            write.amount("ram:GrandTotalAmount", invoice.gross),
            write.amount("ram:TotalPrepaidAmount", invoice.paid) if invoice.paid else None,
            write.amount("ram:DuePayableAmount", invoice.payable),
        ),
        *(write("ram:InvoiceReferencedDocument", write.text("ram:IssuerAssignedID", number)) for number in invoice.preceding),
    )


def payment_means(write: Writer, invoice: EInvoice) -> Part:
    """The account to pay into; nothing without one."""
    if not invoice.account:
        return None
    return write(
        "ram:SpecifiedTradeSettlementPaymentMeans",
        write.text("ram:TypeCode", CREDIT_TRANSFER),
        write(
            "ram:PayeePartyCreditorFinancialAccount",
            write.text("ram:AccountName", invoice.bank),
            write.text("ram:ProprietaryID", invoice.account),
        ),
    )


def tax(write: Writer, of: TaxPart) -> Part:
    """The tax of one category and rate."""
    return write(
        "ram:ApplicableTradeTax",
        write.amount("ram:CalculatedAmount", of.tax),
        write.text("ram:TypeCode", "VAT"),
        write.text("ram:ExemptionReason", of.reason),
        write.amount("ram:BasisAmount", of.basis),
        write.text("ram:CategoryCode", of.category),
        write.number("ram:RateApplicablePercent", of.percent),
    )


def line(write: Writer, of: Line) -> Part:
    """One line of goods or of a charge."""
    price = write("ram:NetPriceProductTradePrice", write.number("ram:ChargeAmount", of.price))
    quantity = write.number("ram:BilledQuantity", of.quantity, unitCode=of.unit)
    return write(
        "ram:IncludedSupplyChainTradeLineItem",
        write("ram:AssociatedDocumentLineDocument", write.text("ram:LineID", of.id)),
        write("ram:SpecifiedTradeProduct", write.text("ram:SellerAssignedID", of.code), write.text("ram:Name", of.name)),
        write("ram:SpecifiedLineTradeAgreement", price),
        write("ram:SpecifiedLineTradeDelivery", quantity),
        write(
            "ram:SpecifiedLineTradeSettlement",
            write(
                "ram:ApplicableTradeTax",
                write.text("ram:TypeCode", "VAT"),
                write.text("ram:CategoryCode", of.category),
                write.number("ram:RateApplicablePercent", of.percent),
            ),
            write("ram:SpecifiedTradeSettlementLineMonetarySummation", write.amount("ram:LineTotalAmount", of.net)),
        ),
    )
