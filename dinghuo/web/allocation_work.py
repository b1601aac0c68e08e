"""The addresses of the pages on which people decide who gets what: policies, runs, lines, shortages, substitutes, answers."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from dinghuo.journey.allocation import (
    answer_pages,
    line_pages,
    policy_pages,
    run_pages,
    shortage_pages,
    substitute_pages,
)
from dinghuo.journey.reactions import run_after
from dinghuo.kernel import tenancy

log = structlog.get_logger("dinghuo.pages")


def moving_on(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The same view, after which the orders that it moved go on by themselves as far as they go.

    What the page did is done and committed: a fault in what follows is ours, and the worker will come by again.
    """

    @wraps(view)
    def moving(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        moved = vars(request).pop("moved", None)
        if moved is not None:
            act, order_ids = moved
            try:
                with tenancy.acting_for(act.company_id):
                    run_after(act=act, order_ids=order_ids)
            except Exception:
                log.exception("the conveyor stopped", order_ids=order_ids)
        return response

    return moving


def addresses() -> list[URLPattern]:
    """Every address of these pages."""
    return [
        path("allocation/runs/", run_pages.policy_runs, name="policy-runs"),
        path("allocation/runs/start/", run_pages.start_run, name="policy-run-start"),
        path("allocation/runs/<id:run_id>/", run_pages.policy_run, name="policy-run"),
        path("allocation/runs/<id:run_id>/progress/", run_pages.run_progress, name="policy-run-progress"),
        path("allocation/runs/<id:run_id>/file/", run_pages.run_file, name="policy-run-file"),
        path("allocation/runs/<id:run_id>/post/", moving_on(run_pages.post), name="policy-run-post"),
        path("allocation/runs/<id:run_id>/drop/", run_pages.drop, name="policy-run-drop"),
        path("allocation/policies/", policy_pages.policies, name="policies"),
        path("allocation/policies/new/", policy_pages.new_policy, name="policy-new"),
        path("allocation/policies/schedule/", policy_pages.schedule, name="policy-schedule"),
        path("allocation/schedules/<id:schedule_id>/end/", policy_pages.end, name="policy-schedule-end"),
        path("allocation/policies/<id:policy_id>/", policy_pages.policy, name="policy"),
        path("allocation/policies/<id:policy_id>/change/", policy_pages.change, name="policy-change"),
        path("allocation/policies/<id:policy_id>/restore/", policy_pages.restore, name="policy-restore"),
        path("allocation/policies/<id:policy_id>/retire/", policy_pages.retire, name="policy-retire"),
        path("allocation/lines/<id:line_id>/why/", line_pages.why, name="line-why"),
        path("allocation/lines/<id:line_id>/donors/", line_pages.who_could_give, name="line-donors"),
        path("allocation/lines/<id:line_id>/swap/", line_pages.take, name="line-swap"),
        path("allocation/swaps/<id:swap_id>/undo/", line_pages.give_back, name="swap-undo"),
        path("allocation/shortages/", shortage_pages.shortages, name="shortages"),
        path("allocation/shortages/look/", shortage_pages.look, name="shortage-look"),
        path("allocation/shortages/<id:shortage_id>/ask/", shortage_pages.ask, name="shortage-ask"),
        path("allocation/proposals/<id:proposal_id>/accept/", moving_on(shortage_pages.accept), name="proposal-accept"),
        path("allocation/proposals/<id:proposal_id>/undo/", shortage_pages.undo, name="proposal-undo"),
        path("allocation/pegs/", shortage_pages.pegged, name="pegs"),
        path("allocation/substitutes/", substitute_pages.substitutes, name="substitutes"),
        path("allocation/substitutes/<id:product_id>/", substitute_pages.of_product, name="product-substitutes"),
        path("allocation/substitutes/<id:product_id>/change/", substitute_pages.change, name="product-substitutes-change"),
        path("portal/short-lines/", answer_pages.questions, name="portal-questions"),
        path("portal/short-lines/<id:question_id>/answer/", moving_on(answer_pages.answer), name="portal-question-answer"),
        path("answer/", moving_on(answer_pages.by_link), name="shortage-answer"),
    ]
