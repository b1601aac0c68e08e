"""What the pages that decide who gets what need to be shown: a policy, a schedule, runs, a short line with proposals, a swap."""

from decimal import Decimal

from dinghuo.journey.allocation.models import Shortage, ShortageProposal
from dinghuo.journey.allocation.operations import allocate_orders
from dinghuo.journey.allocation.operations.policies import PolicyDraft, ScheduleDraft, add_policy, schedule_policy
from dinghuo.journey.allocation.operations.runs import ask_run, compute_run
from dinghuo.journey.allocation.operations.shortage_questions import ask_customers
from dinghuo.journey.allocation.operations.shortages import propose
from dinghuo.journey.allocation.operations.substitutes import SubstituteDraft, set_substitutes
from dinghuo.journey.allocation.operations.swaps import Donation, swap_stock
from dinghuo.journey.ordering.models import SalesOrderLine
from tests import shop as shops
from tests.builders import a_product
from tests.shop import Shop


def some_decisions(shop: Shop) -> dict[str, int]:
    """One of each thing that is decided, and a simulated run of a policy."""
    product = a_product(shop.company)
    shops.stocked(shop, (product, 30))
    donor, taker = shops.released(shop, [(product, 25)]), shops.released(shop, [(product, 20)])
    allocate_orders(act=shop.act, order_ids=[donor])
    allocate_orders(act=shop.act, order_ids=[taker])
    line = SalesOrderLine.objects.get(order_id=taker)
    shortage = Shortage.objects.get(order_line=line)
    set_substitutes(act=shop.act, product_id=product.id, substitutes=[SubstituteDraft(shop.products[0].id)])
    shops.all_done(propose(act=shop.act, shortage_ids=[shortage.pk]))
    asked = shops.the_document(ask_customers(act=shop.act, shortage_ids=[shortage.pk]))
    from_line = SalesOrderLine.objects.get(order_id=donor).id
    swap = shops.the_document(
        swap_stock(act=shop.act, taker_line_id=line.id, donations=[Donation(from_line, Decimal(2))], reason="agreed by phone")
    )
    definition = {"otherwise": "redistribute", "sharing": {"method": "proportional"}}
    policy = shops.the_document([add_policy(act=shop.act, draft=PolicyDraft("fair", "Fair division", definition))])
    schedule = shops.the_document([schedule_policy(act=shop.act, draft=ScheduleDraft("fair", "15", 6))])
    run = shops.the_document([ask_run(act=shop.act, policy_code="fair")])
    assert compute_run(act=shop.act, run_id=run).done
    proposals = ShortageProposal.objects.filter(shortage=shortage, state="open").order_by("rank")
    return {
        "short_line": line.id,
        "shortage": shortage.pk,
        "proposal": proposals[0].pk,
        "question": asked,
        "swap": swap,
        "policy": policy,
        "schedule": schedule,
        "run": run,
        "short_product": product.id,
    }
