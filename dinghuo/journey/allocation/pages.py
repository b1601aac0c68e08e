"""The page of stock: what lies where, what of it is promised, what runs low."""

from django.http import HttpResponse
from django.shortcuts import render

from dinghuo.journey.allocation.lists import StockSearch, stock
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.models import Warehouse
from dinghuo.reference.paging import PAGE, asked, page_of, read_id


@page(needs="stock.read")
def allocation(request: MemberRequest) -> HttpResponse:
    """Stock by product, warehouse and lot."""
    after_id, _, after_code = asked(request, "after").partition(".")
    search = StockSearch(
        wanted=asked(request, "q"),
        warehouse_id=read_id(asked(request, "warehouse")),
        only_low=asked(request, "low") == "1",
        after_code=after_code,
        after_id=read_id(after_id, 0) or 0,
    )
    rows = stock(company_id=request.act.company_id, search=search, count=PAGE + 1)
    context = {
        "page": page_of(rows, lambda row: f"{row.id}.{row.product_code}"),
        "search": search,
        "warehouses": Warehouse.objects.filter(company_id=request.act.company_id).order_by("priority", "id"),
    }
    return render(request, "allocation/stock.html", context)
