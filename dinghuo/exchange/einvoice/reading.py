"""Reads e-invoices of EN 16931, UBL or CII, into the standard's model. What the model has no place for is passed over."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from lxml import etree

from dinghuo.exchange.einvoice.cii import NAMESPACES as CII
from dinghuo.exchange.einvoice.model import CREDIT_NOTE, INVOICE, EInvoice, Line, Party, TaxPart
from dinghuo.exchange.einvoice.tree import Tree
from dinghuo.exchange.einvoice.ubl import CAC, CBC
from dinghuo.kernel.errors import Malformed

BYTES_MAX: Final = 10 * 1024 * 1024
UBL_NAMES: Final = {"cac": CAC, "cbc": CBC}

# UNTDID 1001: types that are an invoice or a credit note by another name (self-billed, corrected, partial, prepayment ...).
CREDITS: Final = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"})


class NotAnEInvoice(Malformed):
    """The file is no UBL invoice, UBL credit note or CII document that can be read; the message names element or line."""

    code = "not_an_e_invoice"


@dataclass(frozen=True, slots=True)
class Reader:
    """Finds texts below an element by path; `names` are the prefixes of paths."""

    names: dict[str, str]

    def text(self, below: Tree | None, path: str) -> str:
        """The text at a path, without the space around it; empty when there is none."""
        found = None if below is None else below.find(path, self.names)
        return "" if found is None else (found.text or "").strip()

    def texts(self, below: Tree, path: str) -> tuple[str, ...]:
        """The texts at a path."""
        return tuple((found.text or "").strip() for found in self.every(below, path))

    def every(self, below: Tree, path: str) -> list[Tree]:
        """The elements at a path."""
        return list(below.iterfind(path, self.names))

    def decimal(self, below: Tree | None, path: str, missing: str = "0") -> Decimal:
        """The number at a path; raises NotAnEInvoice for what is no number."""
        told = self.text(below, path) or missing
        try:
            number = Decimal(told)
        except InvalidOperation:
            raise NotAnEInvoice(f"{path} holds no number.", element=path, text=told[:40]) from None
        if not number.is_finite() or abs(number.adjusted()) > 20:
            raise NotAnEInvoice(f"{path} holds no usable number.", element=path, text=told[:40])
        return number

    def day(self, below: Tree, path: str) -> date | None:
        """The day at a path, as 2026-01-31 or 20260131; raises NotAnEInvoice for what is no day."""
        told = self.text(below, path)
        try:
            return date.fromisoformat(told) if told else None
        except ValueError:
            raise NotAnEInvoice(f"{path} holds no day.", element=path, text=told[:40]) from None


def read(xml: bytes) -> EInvoice:
    """The invoice or credit note that a UBL or CII document tells; raises NotAnEInvoice.

    A document type declaration is refused: the standard has none, and entities are how such files do harm.
    """
    root = parsed(xml)
    kind = etree.QName(root).localname
    if kind in {"Invoice", "CreditNote"}:
        return read_ubl(root, kind)
    if kind == "CrossIndustryInvoice":
        return read_cii(root)
    raise NotAnEInvoice("The file is neither UBL nor CII.", element=kind[:80])


def parsed(xml: bytes) -> Tree:
    """The root of the document; raises NotAnEInvoice."""
    if len(xml) > BYTES_MAX:
        raise NotAnEInvoice("The file is larger than 10 MB.", bytes=len(xml))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise NotAnEInvoice("The file is no XML.", line=error.lineno or 0) from None
    if root.getroottree().docinfo.doctype:
        raise NotAnEInvoice("A document type declaration is not read.", line=1)
    return root


def read_ubl(root: Tree, kind: str) -> EInvoice:
    """The document that UBL tells."""
    find = Reader(UBL_NAMES)
    is_credit = kind == "CreditNote" or find.text(root, "cbc:InvoiceTypeCode") in CREDITS
    totals = root.find("cac:LegalMonetaryTotal", UBL_NAMES)
    delivery, account = root.find("cac:Delivery", UBL_NAMES), "cac:PaymentMeans/cac:PayeeFinancialAccount"
    issued_on = find.day(root, "cbc:IssueDate")
    if issued_on is None:
        raise NotAnEInvoice("The document has no day of issue.", element="cbc:IssueDate")
    lines = find.every(root, f"cac:{kind}Line")
    return EInvoice(
        number=find.text(root, "cbc:ID"),
        type_code=CREDIT_NOTE if is_credit else INVOICE,
        issued_on=issued_on,
        due_on=find.day(root, "cbc:DueDate") or find.day(root, "cac:PaymentMeans/cbc:PaymentDueDate"),
        currency=find.text(root, "cbc:DocumentCurrencyCode"),
        seller=ubl_party(find, root.find("cac:AccountingSupplierParty/cac:Party", UBL_NAMES)),
        buyer=ubl_party(find, root.find("cac:AccountingCustomerParty/cac:Party", UBL_NAMES)),
        lines=tuple(ubl_line(find, line, "CreditedQuantity" if kind == "CreditNote" else "InvoicedQuantity") for line in lines),
        taxes=tuple(ubl_tax(find, part) for part in find.every(root, "cac:TaxTotal/cac:TaxSubtotal")),
        net=find.decimal(totals, "cbc:TaxExclusiveAmount"),
        tax=find.decimal(root, "cac:TaxTotal/cbc:TaxAmount"),
        gross=find.decimal(totals, "cbc:TaxInclusiveAmount"),
        paid=find.decimal(totals, "cbc:PrepaidAmount"),
        buyer_reference=find.text(root, "cbc:BuyerReference") or find.text(root, "cac:OrderReference/cbc:ID"),
        order_number=find.text(root, "cac:OrderReference/cbc:SalesOrderID"),
        delivery_note=find.text(root, "cac:DespatchDocumentReference/cbc:ID"),
        delivered_on=None if delivery is None else find.day(delivery, "cbc:ActualDeliveryDate"),
        delivered_to=ubl_delivered_to(find, delivery),
        preceding=find.texts(root, "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"),
        account=find.text(root, f"{account}/cbc:ID"),
        bank=find.text(root, f"{account}/cbc:Name"),
        terms=find.text(root, "cac:PaymentTerms/cbc:Note"),
    )


def ubl_party(find: Reader, party: Tree | None) -> Party:
    """Seller or buyer in UBL."""
    schemes = [] if party is None else find.every(party, "cac:PartyTaxScheme")
    numbers = {find.text(scheme, "cac:TaxScheme/cbc:ID"): find.text(scheme, "cbc:CompanyID") for scheme in schemes}
    return Party(
        name=find.text(party, "cac:PartyLegalEntity/cbc:RegistrationName") or find.text(party, "cac:PartyName/cbc:Name"),
        street=find.text(party, "cac:PostalAddress/cbc:StreetName"),
        city=find.text(party, "cac:PostalAddress/cbc:CityName"),
        postcode=find.text(party, "cac:PostalAddress/cbc:PostalZone"),
        country=find.text(party, "cac:PostalAddress/cac:Country/cbc:IdentificationCode"),
        vat_id=numbers.pop("VAT", ""),
        registration=next(iter(numbers.values()), ""),
        contact=find.text(party, "cac:Contact/cbc:Name"),
        phone=find.text(party, "cac:Contact/cbc:Telephone"),
        email=find.text(party, "cac:Contact/cbc:ElectronicMail"),
    )


def ubl_delivered_to(find: Reader, delivery: Tree | None) -> Party | None:
    """Where the goods went, in UBL."""
    address = None if delivery is None else delivery.find("cac:DeliveryLocation/cac:Address", UBL_NAMES)
    if address is None:
        return None
    return Party(
        name=find.text(delivery, "cac:DeliveryParty/cac:PartyName/cbc:Name"),
        street=find.text(address, "cbc:StreetName"),
        city=find.text(address, "cbc:CityName"),
        postcode=find.text(address, "cbc:PostalZone"),
        country=find.text(address, "cac:Country/cbc:IdentificationCode"),
    )


def ubl_tax(find: Reader, part: Tree) -> TaxPart:
    """The tax of one category and rate in UBL."""
    amounts = find.decimal(part, "cbc:TaxableAmount"), find.decimal(part, "cbc:TaxAmount")
    return TaxPart(find.text(part, "cac:TaxCategory/cbc:ID"), find.decimal(part, "cac:TaxCategory/cbc:Percent"), *amounts)


def ubl_line(find: Reader, line: Tree, quantity: str) -> Line:
    """One line in UBL; a price for more than one unit is brought down to one."""
    counted = line.find(f"cbc:{quantity}", UBL_NAMES)
    base = find.decimal(line, "cac:Price/cbc:BaseQuantity", "1") or Decimal(1)
    return Line(
        id=find.text(line, "cbc:ID"),
        name=find.text(line, "cac:Item/cbc:Name"),
        code=find.text(line, "cac:Item/cac:SellersItemIdentification/cbc:ID"),
        quantity=find.decimal(line, f"cbc:{quantity}"),
        unit="" if counted is None else counted.get("unitCode", ""),
        price=find.decimal(line, "cac:Price/cbc:PriceAmount") / base,
        net=find.decimal(line, "cbc:LineExtensionAmount"),
        category=find.text(line, "cac:Item/cac:ClassifiedTaxCategory/cbc:ID"),
        percent=find.decimal(line, "cac:Item/cac:ClassifiedTaxCategory/cbc:Percent"),
    )


def cii_parts(root: Tree) -> list[Tree]:
    """Document, trade, agreement, delivery and settlement of a CII document; raises NotAnEInvoice when one of them is missing."""
    trade = "rsm:SupplyChainTradeTransaction"
    below = [f"{trade}/ram:ApplicableHeaderTrade{name}" for name in ("Agreement", "Delivery", "Settlement")]
    found = [part for path in ("rsm:ExchangedDocument", trade, *below) if (part := root.find(path, CII)) is not None]
    if len(found) < 2 + len(below):
        raise NotAnEInvoice("The document lacks one of its four parts.", element=trade)
    return found


def read_cii(root: Tree) -> EInvoice:
    """The document that CII tells."""
    find = Reader(CII)
    document, trade, agreement, delivery, settlement = cii_parts(root)
    issued_on = find.day(document, "ram:IssueDateTime/udt:DateTimeString")
    if issued_on is None:
        raise NotAnEInvoice("The document has no day of issue.", element="ram:IssueDateTime")
    totals = settlement.find("ram:SpecifiedTradeSettlementHeaderMonetarySummation", CII)
    means = "ram:SpecifiedTradeSettlementPaymentMeans/ram:PayeePartyCreditorFinancialAccount"
    currency = find.text(settlement, "ram:InvoiceCurrencyCode")
    ship_to = delivery.find("ram:ShipToTradeParty", CII)
    return EInvoice(
        number=find.text(document, "ram:ID"),
        type_code=CREDIT_NOTE if find.text(document, "ram:TypeCode") in CREDITS else INVOICE,
        issued_on=issued_on,
        due_on=find.day(settlement, "ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime/udt:DateTimeString"),
        currency=currency,
        seller=cii_party(find, agreement.find("ram:SellerTradeParty", CII)),
        buyer=cii_party(find, agreement.find("ram:BuyerTradeParty", CII)),
        lines=tuple(cii_line(find, line) for line in find.every(trade, "ram:IncludedSupplyChainTradeLineItem")),
        taxes=tuple(cii_tax(find, part) for part in find.every(settlement, "ram:ApplicableTradeTax")),
        net=find.decimal(totals, "ram:TaxBasisTotalAmount"),
        tax=find.decimal(totals, f"ram:TaxTotalAmount[@currencyID='{currency}']" if currency.isalpha() else "ram:TaxTotalAmount"),
        gross=find.decimal(totals, "ram:GrandTotalAmount"),
        paid=find.decimal(totals, "ram:TotalPrepaidAmount"),
        buyer_reference=find.text(agreement, "ram:BuyerReference"),
        order_number=find.text(agreement, "ram:SellerOrderReferencedDocument/ram:IssuerAssignedID"),
        delivery_note=find.text(delivery, "ram:DespatchAdviceReferencedDocument/ram:IssuerAssignedID"),
        delivered_on=find.day(delivery, "ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime/udt:DateTimeString"),
        delivered_to=None if ship_to is None else cii_party(find, ship_to),
        preceding=find.texts(settlement, "ram:InvoiceReferencedDocument/ram:IssuerAssignedID"),
        account=find.text(settlement, f"{means}/ram:IBANID") or find.text(settlement, f"{means}/ram:ProprietaryID"),
        bank=find.text(settlement, f"{means}/ram:AccountName"),
        terms=find.text(settlement, "ram:SpecifiedTradePaymentTerms/ram:Description"),
    )


def cii_party(find: Reader, party: Tree | None) -> Party:
    """Seller, buyer or recipient in CII."""
    return Party(
        name=find.text(party, "ram:Name"),
        street=find.text(party, "ram:PostalTradeAddress/ram:LineOne"),
        city=find.text(party, "ram:PostalTradeAddress/ram:CityName"),
        postcode=find.text(party, "ram:PostalTradeAddress/ram:PostcodeCode"),
        country=find.text(party, "ram:PostalTradeAddress/ram:CountryID"),
        vat_id=find.text(party, "ram:SpecifiedTaxRegistration/ram:ID[@schemeID='VA']"),
        registration=find.text(party, "ram:SpecifiedTaxRegistration/ram:ID[@schemeID='FC']"),
        contact=find.text(party, "ram:DefinedTradeContact/ram:PersonName"),
        phone=find.text(party, "ram:DefinedTradeContact/ram:TelephoneUniversalCommunication/ram:CompleteNumber"),
        email=find.text(party, "ram:DefinedTradeContact/ram:EmailURIUniversalCommunication/ram:URIID"),
    )


def cii_tax(find: Reader, part: Tree) -> TaxPart:
    """The tax of one category and rate in CII."""
    amounts = find.decimal(part, "ram:BasisAmount"), find.decimal(part, "ram:CalculatedAmount")
    return TaxPart(find.text(part, "ram:CategoryCode"), find.decimal(part, "ram:RateApplicablePercent"), *amounts)


def cii_line(find: Reader, line: Tree) -> Line:
    """One line in CII; a price for more than one unit is brought down to one."""
    counted = line.find("ram:SpecifiedLineTradeDelivery/ram:BilledQuantity", CII)
    price, settled = "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice", "ram:SpecifiedLineTradeSettlement"
    base = find.decimal(line, f"{price}/ram:BasisQuantity", "1") or Decimal(1)
    return Line(
        id=find.text(line, "ram:AssociatedDocumentLineDocument/ram:LineID"),
        name=find.text(line, "ram:SpecifiedTradeProduct/ram:Name"),
        code=find.text(line, "ram:SpecifiedTradeProduct/ram:SellerAssignedID"),
        quantity=find.decimal(line, "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity"),
        unit="" if counted is None else counted.get("unitCode", ""),
        price=find.decimal(line, f"{price}/ram:ChargeAmount") / base,
        net=find.decimal(line, f"{settled}/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"),
        category=find.text(line, f"{settled}/ram:ApplicableTradeTax/ram:CategoryCode"),
        percent=find.decimal(line, f"{settled}/ram:ApplicableTradeTax/ram:RateApplicablePercent"),
    )
