"""What a line pays, by the rules: pure cases, each with the figures of docs/rules/matching.md."""

import itertools
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dinghuo.journey.finance.matching.book import Alias, Book, Item, Payer, book_of
from dinghuo.journey.finance.matching.combinations import chance_of_sum, sets_of_sum
from dinghuo.journey.finance.matching.engine import Verdict, decide
from dinghuo.journey.finance.matching.evidence import Incoming
from dinghuo.journey.finance.matching.policy import ITEMS_MAX, Policy, policy_of
from dinghuo.journey.finance.matching.statements import LineDraft, line_references
from dinghuo.journey.finance.matching.texts import distance_within, is_one_slip, name_key, slips

DAY = date(2026, 3, 2)
LOTUS, HEAD, OTHER = 1, 2, 3


def an_item(invoice_id: int, amount: int, customer_id: int = LOTUS, **given_values: Any) -> Item:
    number = f"INV2026-{invoice_id:06}"
    plain: dict[str, Any] = {
        "order_number": f"SO2026-{900_000 + invoice_id}",
        "customer_po": "",
        "due_on": DAY + timedelta(invoice_id % 50),
    }
    plain |= {"invoice_id": invoice_id, "number": number, "customer_id": customer_id, "amount": amount, "open": amount}
    return Item(**{**plain, **given_values})


def a_book(*items: Item) -> Book:
    payers = [
        Payer(LOTUS, HEAD, "Lotus Trading Ltd", "杭州莲花商贸有限公司"),
        Payer(HEAD, HEAD, "Water Group", ""),
        Payer(OTHER, OTHER, "Peony GmbH", ""),
    ]
    return book_of(items, payers, [Alias("account", "DE1", LOTUS), Alias("account", "DE3", OTHER)])


def a_line(amount: int, text: str = "", payer: str = "", account: str = "", line_id: int = 1) -> Incoming:
    return Incoming(line_id, amount, payer, account, text)


def verdict(line: Incoming, *items: Item, policy: Policy | None = None) -> Verdict:
    (found,) = decide(a_book(*items), [line], policy or Policy())
    return found


def codes(found: Verdict) -> list[str]:
    return [reason.code for reason in found.choices[0].reasons]


@pytest.mark.parametrize(
    "text",
    ["INV2026-000017", "inv 2026 000017", "pay 2026/000017 thanks", "发票INV2026000017", "INV2O26-0OO017", "IMV2026-000017"],
)
def test_a_number_is_known_however_it_is_written(text: str) -> None:
    found = verdict(a_line(113_00, text), an_item(17, 113_00), an_item(18, 90_00))
    assert (found.outcome, found.settled) == ("matched", [(17, 113_00)])


def test_a_number_that_is_glued_to_foreign_letters_or_an_order_of_ours_is_not_an_invoice() -> None:
    assert verdict(a_line(50_00, "XYZ2026000017"), an_item(17, 113_00)).outcome != "matched"
    assert verdict(a_line(50_00, "SO2026-000017"), an_item(17, 113_00)).outcome == "unmatched"


def test_a_slip_is_matched_by_the_amount_even_when_it_names_another_invoice() -> None:
    items = [an_item(17, 113_00), an_item(71, 80_00, OTHER)]
    found = verdict(a_line(113_00, "INV2026-000071", account="DE1"), *items)
    assert (found.outcome, found.settled, codes(found)) == (
        "matched",
        [(17, 113_00)],
        ["reference_near", "payer_account", "amount"],
    )
    assert found.score == 125


def test_a_known_payer_and_one_invoice_of_that_amount_is_enough() -> None:
    found = verdict(a_line(113_00, account="de 1"), an_item(17, 113_00), an_item(18, 90_00))
    assert (found.outcome, found.score, found.settled) == ("matched", 85, [(17, 113_00)])
    by_name = verdict(a_line(113_00, payer="LOTUS TRADING"), an_item(17, 113_00))
    assert (by_name.outcome, by_name.score) == ("matched", 80)
    assert verdict(a_line(113_00, payer="杭州莲花商贸"), an_item(17, 113_00)).outcome == "matched"


def test_two_invoices_of_that_amount_are_left_to_a_person() -> None:
    found = verdict(a_line(113_00, account="DE1"), an_item(17, 113_00), an_item(18, 113_00))
    assert (found.outcome, found.settled, len(found.choices)) == ("ambiguous", (), 2)


def test_an_amount_alone_is_never_more_than_a_suggestion() -> None:
    found = verdict(a_line(113_00, payer="Nobody Known"), an_item(17, 113_00))
    assert (found.outcome, found.score) == ("suggested", 40)


def test_the_one_set_that_comes_to_the_amount_is_matched_and_of_two_sets_none() -> None:
    items = [an_item(1, 1000_07), an_item(2, 2500_13), an_item(3, 799_95), an_item(4, 3111_11)]
    found = verdict(a_line(1000_07 + 799_95, account="DE1"), *items)
    assert (found.outcome, sorted(found.settled)) == ("matched", [(1, 1000_07), (3, 799_95)])
    rival = an_item(5, 1000_07 + 799_95 - 2)
    again = [an_item(1, 1000_07), an_item(3, 799_95)]
    two = verdict(a_line(1000_07 + 799_95, account="DE1"), *again, rival, an_item(6, 2))
    assert two.outcome == "ambiguous"


def test_a_set_among_so_many_that_chance_makes_one_up_is_only_shown() -> None:
    items = [an_item(place, 100_00 + 7 * place * place) for place in range(1, 23)]
    total = items[2].open + items[9].open + items[15].open + items[20].open
    found = verdict(a_line(total, account="DE1"), *items)
    assert found.outcome in {"ambiguous", "suggested"}


def test_a_text_that_names_several_invoices_pays_them_all() -> None:
    items = [an_item(17, 113_00), an_item(18, 90_00), an_item(3019, 5_00), an_item(20, 113_00)]
    found = verdict(a_line(208_00, "INV2026-000017, 000018, 3019", account="DE1"), *items)
    assert (found.outcome, sorted(found.settled)) == ("matched", [(17, 113_00), (18, 90_00), (3019, 5_00)])


@pytest.mark.parametrize(
    ("paid", "code", "outcome"),
    [
        (110_74, "discount", "matched"),
        (100_00, "fee", "matched"),
        (60_00, "short", "matched"),
        (113_50, "over", "matched"),
        (300_00, "over", "suggested"),
    ],
)
def test_what_falls_short_stays_open_and_what_is_over_is_kept_unless_it_could_pay_another(
    paid: int, code: str, outcome: str
) -> None:
    found = verdict(a_line(paid, "INV2026-000017", account="DE1"), an_item(17, 113_00), an_item(18, 90_00))
    assert (found.outcome, codes(found)[-1]) == (outcome, code)
    assert outcome != "matched" or found.settled == [(17, min(paid, 113_00))]


def test_a_short_payment_that_is_another_invoice_to_the_cent_is_left_to_a_person() -> None:
    found = verdict(a_line(90_00, "INV2026-000017", account="DE1"), an_item(17, 113_00), an_item(18, 90_00))
    assert found.outcome == "ambiguous"


def test_the_head_of_a_group_pays_for_its_members_and_a_stranger_does_not() -> None:
    assert verdict(a_line(113_00, payer="Water Group"), an_item(17, 113_00)).outcome == "matched"
    found = verdict(a_line(60_00, "INV2026-000017", account="DE3"), an_item(17, 113_00))
    assert (found.outcome, codes(found)) == ("suggested", ["reference", "other_payer", "short"])


def test_the_second_of_two_payments_of_one_invoice_is_shown_as_such() -> None:
    lines = [a_line(113_00, "INV2026-000017", account="DE1", line_id=1), a_line(113_00, "INV2026-000017", account="DE1", line_id=2)]
    first, second = decide(a_book(an_item(17, 113_00), an_item(540, 113_00)), lines, Policy())
    assert (first.outcome, second.outcome) == ("matched", "suggested")
    assert codes(second)[0] == "paid_twice"


def test_an_order_or_po_number_of_a_known_payer_names_its_invoices() -> None:
    by_po = [an_item(17, 60_00, customer_po="PO-4711"), an_item(18, 40_00), an_item(19, 60_00)]
    assert verdict(a_line(60_00, "your po 4711", account="DE1"), *by_po).settled == [(17, 60_00)]
    of_order = [an_item(17, 60_00, order_number="SO2026-000005"), an_item(18, 40_00, order_number="SO2026-000005")]
    assert sorted(verdict(a_line(100_00, "SO2026-000005", account="DE1"), *of_order).settled) == [(17, 60_00), (18, 40_00)]


def test_surer_lines_come_first_whatever_their_order() -> None:
    lines = [a_line(113_00, account="DE1", line_id=1), a_line(113_00, "INV2026-000017", account="DE1", line_id=2)]
    without, named = decide(a_book(an_item(17, 113_00), an_item(18, 113_00)), lines, Policy())
    assert (named.settled, without.settled) == ([(17, 113_00)], [(18, 113_00)])


def test_points_and_threshold_are_data() -> None:
    strict = policy_of({"threshold": 90}, 3)
    assert strict.version == 3
    assert verdict(a_line(113_00, account="DE1"), an_item(17, 113_00), policy=strict).outcome == "suggested"


@pytest.mark.parametrize(
    "wrong",
    [
        {"colour": 1},
        {"threshold": "80"},
        {"threshold": True},
        {"combination_items": 25},
        {"discount_rates": ["2"]},
        {"fee_max": "x"},
    ],
)
def test_a_policy_that_makes_no_sense_is_refused_in_words(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"[a-z]{3}"):
        policy_of(wrong)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(1, 60), max_size=10), st.integers(1, 200))
def test_the_search_finds_each_set_that_a_plain_search_finds(amounts: list[int], total: int) -> None:
    every = [
        places
        for size in range(1, len(amounts) + 1)
        for places in itertools.combinations(range(len(amounts)), size)
        if sum(amounts[place] for place in places) == total
    ]
    found = sets_of_sum(amounts, total)
    assert len(found) == min(len(every), 2)
    assert set(found) <= set(every)
    assert len(set(found)) == len(found)


def test_the_stated_bound_is_searched_whole() -> None:
    amounts = [2**place for place in range(ITEMS_MAX)]
    assert sets_of_sum(amounts, 2**ITEMS_MAX - 1) == [tuple(range(ITEMS_MAX))]
    assert chance_of_sum([]) == 0
    assert chance_of_sum([100_00, 200_00]) > chance_of_sum([100_01, 200_03]), "round amounts hit each other more often"


@settings(max_examples=200, deadline=None)
@given(st.text("0123456789", min_size=2, max_size=10), st.data())
def test_numbers_one_slip_apart_share_a_slip(number: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(number) - 2))
    way = data.draw(st.sampled_from(["drop", "swap", "replace", "double"]))
    other = {
        "drop": number[:place] + number[place + 1 :],
        "swap": number[:place] + number[place + 1] + number[place] + number[place + 2 :],
        "replace": number[:place] + "x" + number[place + 1 :],
        "double": number[: place + 1] + number[place:],
    }[way]
    assert set(slips(number)) & set(slips(other))
    assert other == number or is_one_slip(other, number)
    assert distance_within(number, other, 2)


def test_names_are_compared_without_forms_case_and_width() -> None:
    assert name_key("Lotus Trading Co., Ltd.") == name_key("ＬＯＴＵＳ trading") == "LOTUSTRADING"
    assert name_key("Jansen Toys B.V.") == "JANSENTOYS"
    assert name_key("Ltd.") == ""


def test_alike_lines_of_one_file_are_counted_and_found_again_in_another() -> None:
    line = LineDraft("row 1", DAY, DAY, Decimal("10.00"), reference="a b")
    again = LineDraft("row 9", DAY, DAY, Decimal("10.000"), reference="ab")
    first = line_references([line, line])
    assert len(set(first)) == 2
    assert line_references([again, again]) == first
