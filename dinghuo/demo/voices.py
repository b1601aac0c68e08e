"""What the demo company's customers say of delivered orders, and what they are answered."""

from datetime import date, timedelta
from typing import Final

from dinghuo.demo.chance import roll, stream
from dinghuo.demo.people import ANSWERS, COMMENTS
from dinghuo.demo.story import Story
from dinghuo.journey.shipping.models import Shipment
from dinghuo.journey.tracking.models import Feedback
from dinghuo.journey.tracking.operations import answer_feedback, leave_feedback, notify_customers
from dinghuo.reference.models import Role

RATING_SHARE: Final = 0.13
ANSWERED_SHARE: Final = 0.8
RATINGS: Final = (5, 5, 5, 5, 4, 4, 4, 3, 3, 2, 1)


def tell(story: Story, day: date) -> None:
    """Tell customers what happened to their orders today."""
    notify_customers(act=story.act(day, "17:40"))


def rate(story: Story, day: date) -> None:
    """Let some customers rate an order two days after its goods arrived, once an order."""
    arrived = Shipment.objects.filter(company_id=story.company_id, delivered_on=day - timedelta(days=2))
    rated = set(Feedback.objects.filter(company_id=story.company_id).values_list("order_id", flat=True))
    for order_id, customer_id, reference in arrived.order_by("order_id").values_list(
        "order_id", "order__customer_id", "order__external_ref"
    ):
        if order_id in rated or roll(story.seed, "rates", reference) >= RATING_SHARE:
            continue
        chance = stream(story.seed, "rating", reference)
        rating = chance.choice(RATINGS)
        comment = chance.choice(COMMENTS[rating])
        leave_feedback(act=story.act(day, "20:00"), order_id=order_id, customer_id=customer_id, rating=rating, comment=comment)
        rated.add(order_id)


def answer(story: Story, day: date) -> None:
    """Answer most of what was said, a day or more later; a few wait for an answer for good."""
    before = story.act(day, "00:00").at
    waiting = Feedback.objects.filter(company_id=story.company_id, answered_at=None, left_at__lt=before).exclude(comment="")
    for key, rating, reference in waiting.order_by("id").values_list("id", "rating", "order__external_ref"):
        chance = stream(story.seed, "answer", reference)
        if chance.random() < ANSWERED_SHARE:
            text = chance.choice(ANSWERS[rating >= 4])
            answer_feedback(act=story.act(day, "16:30", Role.SALES), feedback_id=key, answer=text)
