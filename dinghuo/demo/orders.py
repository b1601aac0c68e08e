"""The demo company's orders: entered, submitted, reviewed, decided on by people, called off."""

from datetime import date, timedelta
from typing import Final

from dinghuo.demo.chance import roll, stream
from dinghuo.demo.demand import Wish
from dinghuo.demo.master import warehouse_of
from dinghuo.demo.people import CANCEL_REASONS, REJECT_REASONS, RELEASE_REASONS
from dinghuo.demo.story import Story
from dinghuo.journey.ordering.models import OrderState, SalesOrder
from dinghuo.journey.ordering.operations import cancel_orders, enter_orders, submit_orders
from dinghuo.journey.ordering.rules import LineDraft, OrderDraft
from dinghuo.journey.review.operations import reject_orders, release_orders, review_held_orders, review_orders
from dinghuo.kernel import journal
from dinghuo.kernel.journal import Happened
from dinghuo.reference.models import Customer, Product, Role

UNFINISHED_SHARE: Final = 0.02
CALLED_OFF_SHARE: Final = 0.012
WANTED_LATER_SHARE: Final = 0.15
DECIDED_AFTER_DAYS_MAX: Final = 9
REJECTED_SHARE: Final = 0.2
LEFT_WAITING_SHARE: Final = 0.2
# Blocked shortly before the history's end, so that the last orders of each show it.
BLOCKED_CUSTOMERS: Final = ("C012", "C030")
BLOCKED_PRODUCTS: Final = ("SNK-004", "CLN-007")
BLOCKED_DAYS: Final = 9


def enter(story: Story, day: date) -> None:
    """Enter the day's orders and submit them, but for a few that stay drafts for two days."""
    act = story.act(day, "09:30", Role.SALES)
    wishes = [wish for wish in story.wishes[day] if wish.lines]
    if wishes:
        entered = enter_orders(act=act, drafts=[draft_of(story, wish) for wish in wishes])
        finished = [
            outcome.document_id
            for wish, outcome in zip(wishes, entered, strict=True)
            if outcome.document_id is not None and not is_unfinished(story, wish)
        ]
        submit_orders(act=act, order_ids=finished)
    old = SalesOrder.objects.filter(company_id=story.company_id, state=OrderState.DRAFT, ordered_on__lte=day - timedelta(days=2))
    drafts = list(old.order_by("id").values_list("id", flat=True))
    if drafts:
        submit_orders(act=act, order_ids=drafts)


def is_unfinished(story: Story, wish: Wish) -> bool:
    """Whether an order stays a draft for two days: a few do, and the very last ones, so that some are there at the end."""
    return wish.reference in story.unfinished or roll(story.seed, "draft", wish.reference) < UNFINISHED_SHARE


def draft_of(story: Story, wish: Wish) -> OrderDraft:
    """An order as a customer sends it; some want it later than at once."""
    chance = stream(story.seed, "order", wish.reference)
    buyer = story.buyers[wish.customer]
    later = wish.day + timedelta(days=chance.randint(4, 12)) if chance.random() < WANTED_LATER_SHARE else None
    return OrderDraft(
        customer_id=story.customer_ids[wish.customer],
        warehouse_id=story.warehouse_ids[warehouse_of(buyer)],
        lines=[LineDraft(story.product_ids[code], quantity) for code, quantity in wish.lines],
        external_ref=wish.reference,
        source="demo",
        customer_po=f"{buyer.code}-{chance.randint(1000, 9999)}" if chance.random() < 0.4 else "",
        ordered_on=wish.day,
        requested_on=later,
    )


def review(story: Story, day: date) -> None:
    """Review what is new, and again what is held; then people decide, and customers call orders off."""
    review_orders(act=story.act(day, "10:00"))
    review_held_orders(act=story.act(day, "10:05"))
    decide(story, day)
    call_off(story, day)


def decide(story: Story, day: date) -> None:
    """Release or reject what has been held for some days; what is blocked, and a few others, nobody decides on."""
    held = SalesOrder.objects.filter(company_id=story.company_id, state=OrderState.HELD, customer__is_blocked=False)
    released: dict[tuple[str, str], list[int]] = {}
    rejected: dict[tuple[str, str], list[int]] = {}
    for key, reference, ordered_on in held.order_by("id").values_list("id", "external_ref", "ordered_on"):
        chance = stream(story.seed, "decision", reference)
        if chance.random() < LEFT_WAITING_SHARE or (day - ordered_on).days < chance.randint(1, DECIDED_AFTER_DAYS_MAX):
            continue
        reasons, chosen = (REJECT_REASONS, rejected) if chance.random() < REJECTED_SHARE else (RELEASE_REASONS, released)
        chosen.setdefault(chance.choice(reasons), []).append(key)
    act = story.act(day, "10:30", Role.CREDIT)
    for (code, reason), ids in released.items():
        release_orders(act=act, order_ids=ids, reason_code=code, reason=reason)
    for (code, reason), ids in rejected.items():
        reject_orders(act=act, order_ids=ids, reason_code=code, reason=reason)


def call_off(story: Story, day: date) -> None:
    """Cancel a few of the day's orders before stock is given to them."""
    todays = SalesOrder.objects.filter(
        company_id=story.company_id, ordered_on=day, state__in=[OrderState.DRAFT, OrderState.HELD, OrderState.RELEASED]
    )
    reasons: dict[str, list[int]] = {}
    for key, reference in todays.order_by("id").values_list("id", "external_ref"):
        if roll(story.seed, "called off", reference) < CALLED_OFF_SHARE:
            reasons.setdefault(stream(story.seed, "why", reference).choice(CANCEL_REASONS), []).append(key)
    for reason, ids in reasons.items():
        cancel_orders(act=story.act(day, "10:40", Role.SALES), order_ids=ids, reason=reason)


def block(story: Story, day: date) -> None:
    """Block two customers and two products some days before the history's end."""
    if day != story.last - timedelta(days=BLOCKED_DAYS):
        return
    act = story.act(day, "08:45", Role.ADMIN)
    Customer.objects.filter(company_id=story.company_id, code__in=BLOCKED_CUSTOMERS).update(is_blocked=True)
    Product.objects.filter(company_id=story.company_id, code__in=BLOCKED_PRODUCTS).update(is_blocked=True)
    events = [Happened(story.customer_ids[code], facts={"code": code, "is_blocked": True}) for code in BLOCKED_CUSTOMERS]
    journal.record(act, "CustomerChanged", "customer", events)
