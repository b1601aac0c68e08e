"""Makes the demo company, day by day: each day is one transaction, so that a run that was broken off goes on with the next one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from django.contrib.auth.hashers import check_password
from django.db import connections, transaction

from dinghuo.demo import goods, master, money, orders, voices
from dinghuo.demo.demand import days_between
from dinghuo.demo.people import SIGN_IN_WITH, USERS
from dinghuo.demo.story import ZONE, Story, story
from dinghuo.journey.allocation.operations import allocate_orders
from dinghuo.journey.reactions import advance
from dinghuo.journey.shipping.operations import make_shipping_notices
from dinghuo.journey.tracking.operations import make_promises
from dinghuo.kernel import journal
from dinghuo.kernel.errors import Refused
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.models import Event
from dinghuo.kernel.tenancy import Act, acting_for
from dinghuo.reference.models import Company, Membership, User

BEGUN: Final = "DemoBegun"
DAY_MADE: Final = "DemoDayMade"
MADE: Final = "DemoMade"

# Foreign keys checked against tables that were empty when they were last looked at are checked slowly.
ANALYSED_AFTER_DAYS: Final = frozenset({3, 15, 60})

Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a history is to be: from when to when, and the per cent of the usual number of orders."""

    seed: int
    first: date
    last: date
    share: int = 100


def plan_until(today: date, *, seed: int, days: int, share: int) -> Plan:
    """The history of so many days up to today."""
    return Plan(seed=seed, first=today - timedelta(days=days), last=today, share=share)


def make(plan: Plan, *, force: bool = False, report: Report = lambda _done, _of: None) -> bool:
    """Make the demo company, or finish making it; False when it was there already, which is then left as it is.

    A history that was begun goes on by its own plan. Raises Refused beside a company that was not generated, unless forced.
    """
    company = Company.objects.filter(code=master.CODE).first()
    if company is None:
        refuse_beside_real_companies(force=force)
        company = begin(plan)
    elif not company.is_generated:
        raise Refused(f"The company {master.CODE} is not a demo. 公司 {master.CODE} 不是演示公司。", code="not_a_demo")
    with acting_for(company.id):
        if happened(company, MADE):
            return False
        tell_all_days(company, begun_plan(company), report)
    analyse()
    return True


def refuse_beside_real_companies(*, force: bool) -> None:
    """Raise Refused where the demo's users, whose password everybody knows, would come into a real company's database."""
    real = list(Company.objects.filter(is_generated=False).values_list("code", flat=True))
    if real and not force:
        raise Refused(
            f"This database holds a company of your own ({', '.join(sorted(real))}); the demo's passwords are no secret."
            " Use another DINGHUO_HOME, or --force. 数据库中已有真实公司，请换用其他 DINGHUO_HOME，或加 --force。",
            code="real_company",
        )
    taken = list(User.objects.filter(username__in=[name for name, *_ in USERS]).values_list("username", flat=True))
    if taken:
        raise Refused(f"Users of these names are there already: {', '.join(sorted(taken))}. 用户名已存在。", code="user_exists")


@transaction.atomic
def begin(plan: Plan) -> Company:
    """Make the company with its master data and its opening stock."""
    company = master.make_company()
    with acting_for(company.id):
        opened = datetime.combine(plan.first, time(6), ZONE).astimezone(UTC)
        act = Act(company_id=company.id, at=opened, on=plan.first)
        master.fill(act, plan.seed, plan.first, plan.share)
        goods.open_stock(story_of(company, plan))
        facts = {"seed": plan.seed, "first": plan.first, "last": plan.last, "share": plan.share}
        journal.record(act, BEGUN, "company", [Happened(company.id, facts=facts)])
    return company


def begun_plan(company: Company) -> Plan:
    """The plan that a history was begun with."""
    (facts,) = happened(company, BEGUN)
    first, last = date.fromisoformat(facts["first"]), date.fromisoformat(facts["last"])
    return Plan(seed=facts["seed"], first=first, last=last, share=facts["share"])


def happened(company: Company, kind: str) -> list[dict[str, Any]]:
    """The facts of the demo's own marks in the journal."""
    marks = Event.objects.filter(company_id=company.id, document="company", document_id=company.id, journey_id=None, kind=kind)
    with transaction.atomic():
        return list(marks.order_by("id").values_list("facts", flat=True))


def story_of(company: Company, plan: Plan) -> Story:
    """The story of a plan."""
    return story(company_id=company.id, seed=plan.seed, first=plan.first, last=plan.last, share=plan.share)


def tell_all_days(company: Company, plan: Plan, report: Report) -> None:
    """Make every day that is not made yet, then let everything come to rest."""
    made = {facts["day"] for facts in happened(company, DAY_MADE)}
    days = days_between(plan.first, plan.last)
    with transaction.atomic():
        told = story_of(company, plan)
    for number, day in enumerate(days, 1):
        if day.isoformat() not in made:
            tell_day(told, day)
        report(number, len(days))
        if number in ANALYSED_AFTER_DAYS:
            analyse()
    act = told.act(plan.last, "21:00")
    advance(act=act)
    with transaction.atomic():
        journal.record(act, MADE, "company", [Happened(company.id)])


@transaction.atomic
def tell_day(told: Story, day: date) -> None:
    """One day at the demo company. The last one has no evening yet: what is planned for it still waits for the lorry."""
    goods.receive_due(told, day)
    goods.buy(told, day)
    orders.block(told, day)
    money.collect(told, day)
    orders.enter(told, day)
    orders.review(told, day)
    act = told.act(day, "10:50")
    allocate_orders(act=act)
    make_shipping_notices(act=act)
    make_promises(act=act)
    goods.deliver(told, day)
    goods.take_back(told, day)
    goods.count_stock(told, day)
    if day != told.last:
        goods.dispatch(told, day)
    voices.answer(told, day)
    money.bill(told, day)
    voices.rate(told, day)
    voices.tell(told, day)
    journal.record(act, DAY_MADE, "company", [Happened(told.company_id, facts={"day": day})])


def analyse() -> None:
    """Let the planner see what the tables hold now; connections that planned without it are closed."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    connections["owner"].close()
    connections["default"].close()


def who_may_sign_in(company: Company) -> list[tuple[str, str]]:
    """The demo's users, each with what it is, whose password is still the one that everybody knows."""
    with acting_for(company.id), transaction.atomic():
        members = set(Membership.objects.filter(company_id=company.id).values_list("user__username", flat=True))
    hashes = dict(User.objects.filter(username__in=members).values_list("username", "password"))
    unchanged = {each for each in set(hashes.values()) if check_password(SIGN_IN_WITH, each)}
    return [(name, title) for name, _, _, title in USERS if hashes.get(name) in unchanged]
