"""Of several administrators at once each meets what the one before has written: no version is made twice."""

from functools import partial

from django.db import transaction

from dinghuo.journey.review.models import ReviewRule
from dinghuo.journey.review.operations import RuleDraft, add_rule, change_rule, restore_rule
from dinghuo.kernel import tenancy
from tests.concurrency.races import at_once, one_after_the_other
from tests.shop import Shop, open_shop

CLIENTS = 8


def big(most: int) -> RuleDraft:
    """A rule about large quantities."""
    return RuleDraft("big", "quantities", {"quantity_max": str(most)})


def versions(shop: Shop) -> list[int]:
    """The versions of the rule, the newest last; one of them is in force."""
    with tenancy.acting_for(shop.company.id), transaction.atomic():
        rules = list(ReviewRule.objects.filter(code="big").order_by("version"))
    assert [rule.version for rule in rules if rule.retired_at is None] == [rules[-1].version]
    return [rule.version for rule in rules]


def test_of_many_who_add_the_same_code_one_does_and_the_others_are_told(committed: None) -> None:
    shop = open_shop()
    outcomes = at_once(shop, [partial(add_rule, act=shop.act, draft=big(most)) for most in range(1, CLIENTS + 1)])
    assert sorted(outcome.code for outcome in outcomes) == ["done", *["version_conflict"] * (CLIENTS - 1)]
    assert versions(shop) == [1]


def test_of_many_who_change_a_version_one_does(committed: None) -> None:
    shop = open_shop()
    with tenancy.acting_for(shop.company.id):
        first = add_rule(act=shop.act, draft=big(1)).id
    calls = [partial(change_rule, act=shop.act, rule_id=first, draft=big(most)) for most in range(2, CLIENTS + 2)]
    assert sum(outcome.done for outcome in at_once(shop, calls)) == 1
    assert versions(shop) == [1, 2]


def test_a_restoration_waits_for_a_change_and_comes_after_it(committed: None) -> None:
    shop = open_shop()
    with tenancy.acting_for(shop.company.id):
        first = add_rule(act=shop.act, draft=big(1)).id
        second = change_rule(act=shop.act, rule_id=first, draft=big(2)).id
    changed, restored = one_after_the_other(
        shop,
        partial(change_rule, act=shop.act, rule_id=second, draft=big(3)),
        partial(restore_rule, act=shop.act, rule_id=first),
    )
    assert (changed.facts, restored.facts) == ({"version": 3}, {"version": 4})
    assert versions(shop) == [1, 2, 3, 4]
