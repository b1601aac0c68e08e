"""The demo's products and customers, and the check digits of their numbers."""

from collections import Counter

import pytest

from dinghuo.demo.catalogue import CATEGORIES, articles, buyers
from dinghuo.demo.check_digits import credit_code, ean_13, organisation_code
from dinghuo.demo.demand import HABITS, in_packs


def test_there_are_a_few_hundred_products_in_twelve_categories() -> None:
    found = Counter(article.category for article in articles())
    assert set(found) == set(CATEGORIES)
    assert len(CATEGORIES) == 12
    assert min(found.values()) >= 20
    assert sum(found.values()) >= 300


def test_no_two_products_share_a_name_or_a_code() -> None:
    listed = list(articles())
    assert len({article.code for article in listed}) == len(listed)
    assert len({article.name for article in listed}) == len(listed)
    assert len({article.name_zh for article in listed}) == len(listed)


def test_every_product_can_be_sold() -> None:
    assert [article.code for article in articles() if article.price <= 0 or article.weight_kg <= 0 or article.case < 1] == []
    assert {str(article.tax_rate) for article in articles()} == {"0.13", "0.09"}


def test_there_are_sixty_customers_of_every_class_at_home_and_abroad() -> None:
    listed = list(buyers())
    assert len({buyer.code for buyer in listed}) == 60
    assert {buyer.customer_class for buyer in listed} == {"A", "B", "C"}
    assert {buyer.kind for buyer in listed} == set(HABITS)
    assert sum(buyer.country != "CN" for buyer in listed) >= 3
    assert all(len(buyer.region) == 6 for buyer in listed if buyer.country == "CN")


@pytest.mark.parametrize("number", ["4006381333931", "5901234123457", "9780306406157"])
def test_an_article_number_ends_in_its_check_digit(number: str) -> None:
    assert ean_13(number[:12]) == number


def test_a_credit_code_ends_in_its_check_character() -> None:
    # The code of Tencent, published in the national enterprise register.
    assert organisation_code("71526726") == "71526726X"
    assert credit_code("440300", "71526726") == "9144030071526726XG"


@pytest.mark.parametrize(
    ("units", "case", "packs"), [(0.2, 24, 6), (5, 24, 6), (7, 24, 12), (23, 24, 24), (40, 24, 48), (0.3, 1, 1)]
)
def test_a_quantity_is_ordered_in_packs_and_cases(units: float, case: int, packs: int) -> None:
    assert in_packs(units, case) == packs
