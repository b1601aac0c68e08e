"""The pages of substitutes: which products may come in another's place, in which order, and at whose price."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dinghuo.journey.allocation.models import ProductSubstitute
from dinghuo.journey.allocation.operations.substitutes import SUBSTITUTES_MAX, SubstituteDraft, set_substitutes
from dinghuo.journey.allocation.short_lists import substituted
from dinghuo.kernel.errors import Missing
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.acting import perform
from dinghuo.reference.models import Product
from dinghuo.reference.paging import PAGE, asked, page_of
from dinghuo.reference.typed_text import cleaned

EMPTY_ROWS = 2


@page(needs="products.read")
def substitutes(request: MemberRequest) -> HttpResponse:
    """The products that have substitutes; a product's code leads to its own."""
    company_id, code = request.act.company_id, asked(request, "code")
    product = Product.objects.filter(company_id=company_id, code=code).first() if code else None
    if product is not None:
        return redirect("product-substitutes", product.pk)
    rows = substituted(company_id=company_id, wanted=asked(request, "q"), after=asked(request, "after"), count=PAGE + 1)
    context = {"page": page_of(rows, lambda row: row.code), "wanted": asked(request, "q"), "code": code}
    return render(request, "allocation/substitutes.html", context)


@page(needs="products.read")
def of_product(request: MemberRequest, product_id: int) -> HttpResponse:
    """What may come in a product's place."""
    product = product_of(request, product_id)
    found = ProductSubstitute.objects.filter(company_id=request.act.company_id, product_id=product_id)
    rows: list[tuple[str, bool, Product | None]] = [
        (row.substitute.code, row.keeps_price, row.substitute) for row in found.select_related("substitute").order_by("rank")
    ]
    return form(request, product, rows)


def form(
    request: MemberRequest, product: Product, rows: list[tuple[str, bool, Product | None]], *, fault: str = "", status: int = 200
) -> HttpResponse:
    """The form with what is there or was typed, and a few empty rows."""
    may_write = request.membership.may("products.write")
    empty: list[tuple[str, bool, Product | None]] = [("", True, None)] * (EMPTY_ROWS if may_write else 0)
    context = {"product": product, "rows": [*rows, *empty], "fault": fault, "may_write": may_write}
    return render(request, "allocation/product_substitutes.html", context, status=status)


@page(needs="products.write", methods=["POST"])
def change(request: MemberRequest, product_id: int) -> HttpResponse:
    """Say what may come in a product's place: in the order of the rows; a row that is emptied is retired."""
    codes = [cleaned(code, 40) for code in request.POST.getlist("product")[:SUBSTITUTES_MAX]]
    prices = [text == "kept" for text in request.POST.getlist("price")]
    typed = [(code, kept) for code, kept in zip(codes, prices, strict=False) if code]
    with transaction.atomic():
        product = product_of(request, product_id)
        named = {row.code: row for row in Product.objects.filter(company_id=product.company_id, code__in=codes)}
    unknown = [code for code, _kept in typed if code not in named]
    repeated = len({code for code, _kept in typed}) < len(typed) or product.code in {code for code, _kept in typed}
    if unknown or repeated:
        fault = _("There is no product with the code %(code)s.") % {"code": unknown[0]} if unknown else ""
        fault = fault or _("A substitute is another product, and is named once.")
        with transaction.atomic():
            rows = [(code, kept, named.get(code)) for code, kept in typed]
            return form(request, product, rows, fault=fault, status=422)
    drafts = [SubstituteDraft(named[code].pk, kept) for code, kept in typed]
    perform(request, set_substitutes, done=_("The substitutes were saved."), product_id=product_id, substitutes=drafts)
    return redirect("product-substitutes", product_id)


def product_of(request: MemberRequest, product_id: int) -> Product:
    """A product; raises Missing."""
    found = Product.objects.filter(company_id=request.act.company_id, id=product_id).first()
    if found is None:
        raise Missing("There is no such product.", id=product_id)
    return found
