"""Wakes the worker for a company: one row in the job queue, which lies in the same database.

A wake-up only saves time. The worker looks at every company each minute by itself, so one that is lost costs a minute and no order.
"""

from collections.abc import Callable

import structlog
from django.db import Error
from django.http import HttpRequest, HttpResponseBase

from dinghuo.kernel import sql
from dinghuo.kernel.tenancy import Act

QUEUE = "journey"
ADVANCE = "advance_company"
ASK_CARRIERS = "ask_carriers"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

log = structlog.get_logger("dinghuo.web.jobs")


def wake(company_id: int) -> bool:
    """Ask the worker to move what is ready in a company; False if it has been asked and has not begun yet.

    One statement, harmless inside a transaction: a company that waits already is met by ON CONFLICT and not by an error.
    """
    return asked_for(ADVANCE, company_id)


def ask_carriers(company_id: int) -> bool:
    """Ask the worker to ask a company's carriers: what is to be booked, and where parcels are; False if it has been asked."""
    return asked_for(ASK_CARRIERS, company_id)


def asked_for(task: str, company_id: int) -> bool:
    """Put one job for a company into the queue, unless the same one waits there."""
    return bool(sql.execute("web/wake_worker", queue=QUEUE, task=task, lock=f"{task}:{company_id}", company_id=company_id))


class Waking:
    """Wakes the worker after each request that may have changed something; the request itself has been committed by then."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request; a queue that cannot be reached is told to the log, not to the caller."""
        response = self.get_response(request)
        act: Act | None = vars(request).get("act")
        if act is None or request.method in SAFE_METHODS or response.status_code >= 400:
            return response
        try:
            wake(act.company_id)
        except Error as fault:
            log.warning("worker_not_woken", company_id=act.company_id, reason=str(fault))
        return response
