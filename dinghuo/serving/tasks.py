"""What the worker does: moves a company's orders on when asked, and every company's once a minute."""

from collections import Counter
from datetime import timedelta
from typing import cast

import structlog
from django.conf import settings
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import DeleteJobCondition, Status

from dinghuo.journey.reactions import advance
from dinghuo.journey.shipping.booking import poll_carriers, work_labels
from dinghuo.kernel.idempotency import FORGOTTEN_AT_ONCE, forget_old_replies
from dinghuo.kernel.tenancy import acting_for
from dinghuo.reference.companies import act_now
from dinghuo.reference.models import Company
from dinghuo.web import jobs

POLL_SECONDS = 1.0
SHUTDOWN_SECONDS = 10
# A slow carrier must not hold up orders.
JOBS_AT_ONCE = 2
FAILED_KEPT_HOURS = 72
STALLED_AFTER = timedelta(minutes=5)

log = structlog.get_logger("dinghuo.worker")


@app.task(name=jobs.ADVANCE, queue=jobs.QUEUE)
def advance_company(company_id: int) -> None:
    """Move everything that is ready in a company to rest; a company that is gone meanwhile is no error."""
    company = Company.objects.filter(id=company_id).first()
    if company is None:
        return
    done: Counter[str] = Counter()
    with acting_for(company.id):
        passes = advance(act=act_now(company), report=done.update)
    moved = {name: count for name, count in done.items() if count}
    if moved:
        log.info("advanced", company=company.code, passes=passes, **moved)


@app.task(name=jobs.ASK_CARRIERS, queue=jobs.QUEUE)
def ask_carriers(company_id: int) -> None:
    """Book a company's labels that are due and ask where its parcels are; no transaction is open while a carrier is asked."""
    company = Company.objects.filter(id=company_id).first()
    if company is None:
        return
    callback_url = f"{settings.PUBLIC_URL}/carriers/{company.id}" if settings.PUBLIC_URL else ""
    with acting_for(company.id):
        settled = work_labels(lambda: act_now(company), callback_url)
        events = poll_carriers(lambda: act_now(company))
    if settled or events:
        log.info("carriers_asked", company=company.code, labels=settled, events=events)


@app.periodic(cron="* * * * *")
@app.task(name="wake_everyone", queue=jobs.QUEUE, queueing_lock="wake_everyone")
def wake_everyone(timestamp: int) -> None:
    """Ask for every company, so that nothing depends on a wake-up: it may be lost, and goods become due without a request."""
    companies = list(Company.objects.order_by("id").values_list("id", flat=True))
    asked = [jobs.wake(company_id) for company_id in companies]
    for company_id in companies:
        jobs.ask_carriers(company_id)
    log.debug("woke_everyone", asked=sum(asked), due=timestamp)


@app.periodic(cron="17 * * * *")
@app.task(name="tidy_queue", queue=jobs.QUEUE, queueing_lock="tidy_queue")
async def tidy_queue(timestamp: int) -> None:
    """Forget failed jobs after three days, and jobs whose worker died: the work itself is found again by its state."""
    manager = app.job_manager
    await manager.delete_old_jobs(nb_hours=FAILED_KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True)
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER.total_seconds()):
        await manager.finish_job(job, status=Status.FAILED, delete_job=True)
        log.info("stalled_job_dropped", task=job.task_name, due=timestamp)


@app.periodic(cron="41 3 * * *")
@app.task(name="forget_old_replies", queue=jobs.QUEUE, queueing_lock="forget_old_replies")
def forget_replies_of_everyone(timestamp: int) -> None:
    """Forget, once a night, the replies to requests that nobody repeats any more."""
    for company in Company.objects.order_by("id"):
        forgotten = forget_all_old(company)
        if forgotten:
            log.info("replies_forgotten", company=company.code, count=forgotten, due=timestamp)


def forget_all_old(company: Company) -> int:
    """Forget a company's old replies step by step, a transaction each; returns how many."""
    forgotten = 0
    while True:
        with acting_for(company.id):
            step = forget_old_replies(act=act_now(company))
        forgotten += step
        if step < FORGOTTEN_AT_ONCE:
            return forgotten


async def work() -> None:
    """Run jobs until told to stop; a job that is running then has ten seconds to end."""
    connector = cast("DjangoConnector", app.connector).get_worker_connector()
    with app.replace_connector(connector):
        async with app.open_async():
            # Polled, since LISTEN does not work on a pooled line; a look costs a fraction of a millisecond.
            await app.run_worker_async(
                queues=[jobs.QUEUE],
                concurrency=JOBS_AT_ONCE,
                listen_notify=False,
                fetch_job_polling_interval=POLL_SECONDS,
                abort_job_polling_interval=60,
                shutdown_graceful_timeout=SHUTDOWN_SECONDS,
                delete_jobs=DeleteJobCondition.SUCCESSFUL,
            )
