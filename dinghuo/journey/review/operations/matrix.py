"""Changing who approves what: the matrix, and who looks after a customer."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from dinghuo.journey.review.models import ApprovalBand, ApprovalMatrix, SalesPerson
from dinghuo.journey.review.rules.approval import Band, MatrixDraft, fault_in_matrix
from dinghuo.kernel import journal, sql
from dinghuo.kernel.errors import Malformed, Missing, Outcome
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.access import PERMISSIONS
from dinghuo.reference.models import Company, Customer, Membership

RIGHT = "orders.approve"


@dataclass(frozen=True, slots=True)
class BandInForce:
    """A band of the matrix in force, with what the matrix says of all of them."""

    matrix_id: int
    escalate_after_hours: int
    quantity_tolerance: Decimal
    customer_class: str
    amount_over: Decimal | None
    amount_up_to: Decimal | None
    margin_from: Decimal | None
    margin_below: Decimal | None
    roles: Sequence[str]

    @property
    def band(self) -> Band:
        """The band as the rules take it."""
        bounds = (self.amount_over, self.amount_up_to, self.margin_from, self.margin_below)
        return Band(self.roles, *bounds, self.customer_class)


def rows_of(act: Act, matrix: ApprovalMatrix, draft: MatrixDraft) -> list[ApprovalBand]:
    """The bands of a draft as rows of a matrix, in their order."""
    return [
        ApprovalBand(
            company_id=act.company_id,
            matrix=matrix,
            position=position,
            customer_class=band.customer_class,
            amount_over=band.amount_over,
            amount_up_to=band.amount_up_to,
            margin_from=band.margin_from,
            margin_below=band.margin_below,
            roles=list(band.roles),
        )
        for position, band in enumerate(draft.bands, 1)
    ]


@transaction.atomic
def set_matrix(*, act: Act, draft: MatrixDraft, seen: int | None = None) -> Outcome:
    """Put a new version of the approval matrix in force; requests that are open keep the version they were made by.

    Refuses `malformed`, `bands_overlap`, `bands_leave_gap` and `unknown_role` with the band, `unknown_user` for a deputy who may
    not approve; nothing changes then. With `seen`, the version that the change was made from (0 for none), a newer one is
    `version_conflict`. Rule: docs/rules/approval.md.
    """
    Company.objects.select_for_update(no_key=True).get(id=act.company_id)
    versions = ApprovalMatrix.objects.filter(company_id=act.company_id).order_by("-version")
    newest = versions.values_list("version", flat=True).first() or 0
    if seen is not None and seen != newest:
        return Outcome(id=0, code="version_conflict", facts={"version": newest, "yours": seen})

    fault = fault_in_matrix(draft, {str(role) for role in PERMISSIONS[RIGHT]})
    if fault is not None:
        return Outcome(id=0, code=fault.code, facts=fault.facts)
    strangers = sorted(set(draft.deputies.values()) - approvers(act, list(draft.deputies.values())))
    if strangers:
        return Outcome(id=0, code="unknown_user", facts={"column": "deputies", "user_id": strangers[0]})

    ApprovalMatrix.objects.filter(company_id=act.company_id, retired_at=None).update(retired_at=act.at)
    matrix = ApprovalMatrix.objects.create(
        company_id=act.company_id,
        version=newest + 1,
        escalate_after_hours=draft.escalate_after_hours,
        quantity_tolerance=draft.quantity_tolerance,
        bars_sales_person=draft.bars_sales_person,
        deputies=dict(draft.deputies),
        created_at=act.at,
        created_by_id=act.actor_id,
    )
    ApprovalBand.objects.bulk_create(rows_of(act, matrix, draft))

    journal.record(act, "ApprovalMatrixChanged", "approval_matrix", [Happened(matrix.pk, facts={"version": matrix.version})])
    return Outcome(id=matrix.pk, document_id=matrix.pk, facts={"version": matrix.version})


@transaction.atomic
def set_sales_person(*, act: Act, customer_id: int, user_id: int) -> Outcome:
    """Say who looks after a customer. Raises Missing for an unknown customer, Malformed for a user who is no member."""
    if not Customer.objects.select_for_update(no_key=True).filter(company_id=act.company_id, id=customer_id).exists():
        raise Missing("There is no such customer.", id=customer_id)
    if not Membership.objects.filter(company_id=act.company_id, user_id=user_id).exists():
        raise Malformed("There is no such member.", code="unknown_user", column="user_id", user_id=user_id)

    SalesPerson.objects.update_or_create(company_id=act.company_id, customer_id=customer_id, defaults={"user_id": user_id})

    facts = {"columns": ["sales_person"]}
    journal.record(act, "CustomerChanged", "customer", [Happened(customer_id, facts=facts)])
    return Outcome(id=customer_id, document_id=customer_id)


def approvers(act: Act, user_ids: Sequence[int]) -> set[int]:
    """Which of these users have a role that may approve."""
    roles = [str(role) for role in PERMISSIONS[RIGHT]]
    members = Membership.objects.filter(company_id=act.company_id, user_id__in=user_ids, role__in=roles)
    return set(members.values_list("user_id", flat=True))


def bands_in_force(act: Act) -> list[BandInForce]:
    """The bands of the matrix in force; none when the company has no matrix, and then nothing needs approval."""
    return sql.rows("review/matrix_in_force", BandInForce, company_id=act.company_id)
