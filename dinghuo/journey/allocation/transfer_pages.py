"""The pages of goods that go from one warehouse to another."""

from collections.abc import Sequence
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dinghuo.journey.allocation import goods_form
from dinghuo.journey.allocation.goods_form import Fault, Field, GoodsForm, TypedForm, fault_in_quantity
from dinghuo.journey.allocation.operations.transfer_ends import RETURNED, WRITTEN_OFF, end_transfer
from dinghuo.journey.allocation.operations.transfers import receive_transfer, send_transfer
from dinghuo.journey.allocation.rules.keeping import TransferDraft, TransferLineDraft
from dinghuo.journey.allocation.stock_api import Transfer, TransferLine
from dinghuo.kernel import sql
from dinghuo.kernel.errors import Malformed, Missing, Outcome, Refused
from dinghuo.kernel.retries import with_retries
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.acting import tell_refusal
from dinghuo.reference.paging import ID_MAX, PAGE, asked, page_of, read_id
from dinghuo.reference.typed_text import cleaned, number

SEND: Final = GoodsForm(
    title=gettext_lazy("Send goods to another warehouse"),
    send=gettext_lazy("Send"),
    done=gettext_lazy("The goods are on their way."),
    tab="transfers",
    intro=gettext_lazy("Only free stock can be sent. All lines are sent, or none."),
    head=(
        Field("warehouse", gettext_lazy("From warehouse"), "warehouse", is_required=True),
        Field("to", gettext_lazy("To warehouse"), "warehouse", is_required=True),
        Field("expected_on", gettext_lazy("Expected there on"), "day", is_required=True),
        Field("reason", gettext_lazy("Reason"), most=200),
    ),
    columns=(
        Field("product", gettext_lazy("Product code or name"), "product", is_required=True),
        Field("lot", gettext_lazy("Lot"), "lot"),
        Field("quantity", gettext_lazy("Quantity"), "quantity", is_required=True),
    ),
)

REASON_MAX: Final = 200
ENDED: Final = {
    RETURNED: gettext_lazy("The goods are back where they were sent from."),
    WRITTEN_OFF: gettext_lazy("What did not arrive was written off."),
}


@page(needs="stock.read")
def transfers(request: MemberRequest) -> HttpResponse:
    """Transfers, the newest first: those on their way, or all."""
    before = read_id(asked(request, "after"), ID_MAX) or ID_MAX
    only_open = asked(request, "all") != "1"
    rows = transfers_before(request.act, before=before, count=PAGE + 1, only_open=only_open)
    context = {"page": page_of(rows, lambda row: str(row.id)), "only_open": only_open, "today": request.act.on}
    return render(request, "allocation/transfers.html", context)


@page(needs="stock.write", methods=["GET", "POST"])
def new_transfer(request: MemberRequest) -> HttpResponse:
    """The form for goods to send, filled in with what the address names."""
    if request.method == "POST":
        return goods_form.answered(request, SEND, send, lambda outcomes: ("stock-transfer", [outcomes[0].document_id]))
    head = {name: asked(request, name) for name in ("warehouse", "to", "expected_on")}
    row = {name: asked(request, name) for name in ("product", "lot", "quantity")}
    return goods_form.shown(request, goods_form.begun(request.act, SEND, head, [row] if row["product"] else []))


def send(act: Act, typed: TypedForm) -> Sequence[Outcome]:
    """Send what the form says."""
    expected_on = typed.day("expected_on")
    assert expected_on is not None
    lines = [TransferLineDraft(row.product_id, row.number(), row.lot_id) for row in typed.rows]
    draft = TransferDraft(typed.key("warehouse"), typed.key("to"), lines, expected_on, typed.head["reason"])
    return send_transfer(act=act, draft=draft)


@page(needs="stock.read")
def transfer(request: MemberRequest, transfer_id: int) -> HttpResponse:
    """A transfer and its lines, with what is still to arrive."""
    return transfer_page(request, transfer_id, {}, {})


def transfer_page(
    request: MemberRequest, transfer_id: int, typed: dict[int, str], faults: dict[int, Fault], *, status: int = 200
) -> HttpResponse:
    """The page of a transfer, with what was typed into the form for its arrival."""
    head, lines = transfer_of(request.act, transfer_id)
    rows = []
    for line in lines:
        due = line.quantity - line.received - line.withdrawn
        rows.append((line, due, typed.get(line.position, format(due.normalize(), "f") if due else ""), faults.get(line.position)))
    context = {"transfer": head, "rows": rows, "is_faulty": bool(faults)}
    return render(request, "allocation/transfer.html", context, status=status)


@page(needs="stock.write", methods=["POST"])
def arrive(request: MemberRequest, transfer_id: int) -> HttpResponse:
    """Take in what arrived of a transfer, as typed line by line: all lines or none; an empty line has not arrived."""
    _head, lines = transfer_now(request.act, transfer_id)
    typed = {line.position: cleaned(request.POST.get(f"quantity-{line.position}", ""), 40) for line in lines}
    faults: dict[int, Fault] = {place: fault for place, text in typed.items() if text and (fault := fault_in_quantity(text))}
    arrived = {place: quantity for place, text in typed.items() if (quantity := number(text)) is not None}
    if not arrived and not faults:
        messages.error(request, _("Nothing was typed."))
        return redirect("stock-transfer", transfer_id)
    if not faults:
        faults = refused_arrivals(request.act, transfer_id, arrived)
    if faults:
        return refused_page(request, transfer_id, typed, faults)
    messages.success(request, _("The goods are in stock."))
    return redirect("stock-transfer", transfer_id)


@page(needs="stock.write", methods=["POST"])
def end(request: MemberRequest, transfer_id: int) -> HttpResponse:
    """End a transfer whose goods do not arrive: they came back, or they are lost and written off."""
    # First of all, so that another company's transfer and none at all answer alike.
    transfer_now(request.act, transfer_id)
    reason, rest = cleaned(request.POST.get("reason", ""), REASON_MAX), request.POST.get("rest", "")
    if not reason:
        raise Malformed("A reason is needed.", code="reason_missing")
    if rest not in ENDED:
        raise Malformed("Goods are returned or written off.", columns=["rest"])
    outcomes = with_retries(end_transfer, act=request.act, transfer_id=transfer_id, rest=rest, reason=reason)
    refused = next((each for each in outcomes if not each.done), None)
    if refused is not None and refused.code == Missing.code:
        raise Missing("There is no such transfer.", id=transfer_id)
    if refused is not None:
        tell_refusal(request, Refused("", code=refused.code, **refused.facts))
    else:
        messages.success(request, str(ENDED[rest]))
    return redirect("stock-transfer", transfer_id)


def refused_arrivals(act: Act, transfer_id: int, arrived: dict[int, Any]) -> dict[int, Fault]:
    """Receive what arrived, or keep nothing of it and say at which lines it was refused."""

    def whole() -> list[Outcome]:
        with transaction.atomic():
            found = receive_transfer(act=act, transfer_id=transfer_id, arrived=arrived)
            transaction.set_rollback(not all(outcome.done for outcome in found))
            return found

    outcomes = with_retries(whole)
    return {each.id: Refused("", code=each.code, **each.facts) for each in outcomes if not each.done}


@transaction.atomic
def refused_page(request: MemberRequest, transfer_id: int, typed: dict[int, str], faults: dict[int, Fault]) -> HttpResponse:
    """The page again, with what was typed and what is wrong with it."""
    return transfer_page(request, transfer_id, typed, faults, status=422)


@transaction.atomic
def transfer_now(act: Act, transfer_id: int) -> tuple[Transfer, list[TransferLine]]:
    """A transfer and its lines, read in a transaction of their own; raises Missing."""
    return transfer_of(act, transfer_id)


def transfer_of(act: Act, transfer_id: int) -> tuple[Transfer, list[TransferLine]]:
    """A transfer and its lines; raises Missing."""
    found = transfers_before(act, before=ID_MAX, count=1, only_id=transfer_id)
    if not found:
        raise Missing("There is no such transfer.", id=transfer_id)
    return found[0], sql.rows("allocation/lines_of_transfer", TransferLine, company_id=act.company_id, transfer_id=transfer_id)


def transfers_before(act: Act, *, before: int, count: int, only_id: int | None = None, only_open: bool = False) -> list[Transfer]:
    """Transfers, the newest first."""
    wanted = {"before": before, "count": count, "only_id": only_id, "only_open": only_open}
    return sql.rows("allocation/transfers_before", Transfer, company_id=act.company_id, **wanted)
