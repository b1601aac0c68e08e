"""The company over the API: its letterhead, and which steps run by themselves."""

from dataclasses import dataclass
from typing import Annotated

from ninja import Router

from dinghuo.reference.api.customers import LEFT_OUT
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.models import Company as CompanyRow
from dinghuo.reference.operations import change_company
from dinghuo.reference.operations.company import AUTOMATIC, LETTERHEAD
from dinghuo.reference.routes import route
from dinghuo.reference.wire import Asked, Flag, Label, Name, Note, Text, Title

router = Router(tags=["company"])

CountryOrNone = Annotated[str, Text(most=2, pattern="^([A-Z]{2})?$")]
City = Annotated[str, Text(most=100)]
Postcode = Annotated[str, Text(most=20)]


@dataclass(frozen=True, slots=True)
class Company:
    """The wholesaler: what stands on its papers, its currency and zone, and which steps run by themselves.

    With `finance_confirms` a draft waits for somebody to confirm it before it is posted.
    """

    id: int
    code: str
    currency: str
    time_zone: str
    name: str
    name_zh: str
    address: str
    city: str
    postcode: str
    country: str
    phone: str
    tax_id: str
    bank_name: str
    bank_account: str
    auto_release: bool
    auto_allocate: bool
    auto_notice: bool
    auto_invoice: bool
    finance_confirms: bool


class CompanyChange(Asked):
    """What is to change of the company; what is left out stays, an empty text takes a part of the letterhead away."""

    name: Name = LEFT_OUT
    name_zh: Title = LEFT_OUT
    address: Note = LEFT_OUT
    city: City = LEFT_OUT
    postcode: Postcode = LEFT_OUT
    country: CountryOrNone = LEFT_OUT
    phone: Label = LEFT_OUT
    tax_id: Label = LEFT_OUT
    bank_name: Title = LEFT_OUT
    bank_account: Label = LEFT_OUT
    auto_release: Flag = LEFT_OUT
    auto_allocate: Flag = LEFT_OUT
    auto_notice: Flag = LEFT_OUT
    auto_invoice: Flag = LEFT_OUT
    finance_confirms: Flag = LEFT_OUT


@route(router, "GET /company", needs="company.read")
def show_company(request: ApiRequest) -> Company:
    """Show the company: its letterhead, and which steps run by themselves."""
    row = CompanyRow.objects.get(id=request.act.company_id)
    columns = {name: getattr(row, name) for name in (*LETTERHEAD, *AUTOMATIC)}
    return Company(id=row.id, code=row.code, currency=row.currency_id, time_zone=row.time_zone, **columns)


@route(router, "PATCH /company", needs="company.write")
def update_company(request: ApiRequest, asked: CompanyChange) -> Company:
    """Change the company's letterhead or which steps run by themselves; the event says what was before and is now."""
    change_company(act=request.act, fields=asked.model_dump(exclude_unset=True))
    return show_company(request)
