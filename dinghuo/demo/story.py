"""What a history is made from: who and what there is, which days, and how often anything is sold."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from dinghuo.demo.catalogue import Article, Buyer, articles, buyers
from dinghuo.demo.demand import Market, Wish, days_between
from dinghuo.demo.master import warehouse_of
from dinghuo.demo.people import USERS
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Customer, Product, Role, User, Warehouse

ZONE: Final = ZoneInfo("Asia/Shanghai")
FREE_WEEKDAYS: Final = frozenset({5, 6})


@dataclass(frozen=True, slots=True)
class Story:
    """One history of the demo company; ids by code, `sold_a_day` in stock units by warehouse and product id."""

    seed: int
    company_id: int
    first: date
    last: date
    wishes: Mapping[date, Sequence[Wish]]
    articles: Mapping[str, Article]
    buyers: Mapping[str, Buyer]
    product_ids: Mapping[str, int]
    customer_ids: Mapping[str, int]
    warehouse_ids: Mapping[str, int]
    actors: Mapping[str, int]
    cases: Mapping[int, int]
    costs: Mapping[int, Decimal]
    sold_a_day: Mapping[tuple[int, int], Decimal]
    unfinished: frozenset[str]

    def act(self, day: date, clock: str, role: Role | None = None) -> Act:
        """Somebody with a role, or the system itself, acting at a time of a day; never in the future."""
        moment = datetime.combine(day, time.fromisoformat(clock), ZONE).astimezone(UTC)
        actor = None if role is None else self.actors[role]
        return Act(company_id=self.company_id, at=min(moment, datetime.now(UTC)), on=day, actor_id=actor)

    def is_working_day(self, day: date) -> bool:
        """Whether the warehouse and the bank work."""
        return day.weekday() not in FREE_WEEKDAYS


def story(*, company_id: int, seed: int, first: date, last: date, share: int) -> Story:
    """Lay a history out; the caller acts for the company, whose master data are there."""
    listed, known = list(articles()), list(buyers())
    market = Market(seed, known, listed)
    wishes = {day: market.orders_of_day(day, first=first, share=share) for day in days_between(first, last)}
    by_code = {buyer.code: buyer for buyer in known}
    own = {"company_id": company_id}
    product_ids = dict(Product.objects.filter(**own).values_list("code", "id"))
    warehouse_ids = dict(Warehouse.objects.filter(**own).values_list("code", "id"))
    sold: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for wish in (wish for of_day in wishes.values() for wish in of_day):
        warehouse_id = warehouse_ids[warehouse_of(by_code[wish.customer])]
        for code, quantity in wish.lines:
            sold[warehouse_id, product_ids[code]] += quantity / len(wishes)
    return Story(
        seed=seed,
        company_id=company_id,
        first=first,
        last=last,
        wishes=wishes,
        articles={article.code: article for article in listed},
        buyers=by_code,
        product_ids=product_ids,
        customer_ids=dict(Customer.objects.filter(**own).values_list("code", "id")),
        warehouse_ids=warehouse_ids,
        actors=actors(),
        cases={product_ids[article.code]: article.case for article in listed},
        costs=dict(Product.objects.filter(**own).values_list("id", "standard_cost")),
        sold_a_day=sold,
        unfinished=frozenset(wish.reference for day in days_between(last - timedelta(days=1), last) for wish in wishes[day][-2:]),
    )


def actors() -> dict[str, int]:
    """The demo users' ids by role."""
    ids = dict(User.objects.filter(username__in=[name for name, *_ in USERS]).values_list("username", "id"))
    return {role: ids[name] for name, role, *_ in reversed(USERS)}
