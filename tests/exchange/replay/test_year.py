"""A file is put in order for a replay without losing or changing a line."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from dinghuo.exchange.online_retail.errors import FileRefused
from dinghuo.exchange.replay.year import read_year
from tests.exchange.online_retail.files import a_csv, a_line


def test_codes_that_differ_in_case_are_one_product_named_by_its_most_frequent_description(tmp_path: Path) -> None:
    path = a_csv(
        tmp_path,
        a_line(code="85123A", description="HEART"),
        a_line(code="85123a", description="WHITE HEART", price="3"),
        a_line(code="85123A", description="WHITE HEART", price="2"),
    )
    year = read_year(path, None)
    assert {code: (article.name, article.median_price) for code, article in year.articles.items()} == {
        "85123A": ("WHITE HEART", Decimal(3))
    }


def test_lines_without_a_customer_go_to_the_walk_in_account_of_their_country(tmp_path: Path) -> None:
    path = a_csv(
        tmp_path,
        a_line(document="1", customer="", country="France"),
        a_line(document="2", customer="", country="EIRE"),
        a_line(document="3", customer="13085", country="France"),
    )
    accounts = read_year(path, None).accounts
    assert {code: account.is_walk_in for code, account in accounts.items()} == {
        "13085": False,
        "walk-in EIRE": True,
        "walk-in France": True,
    }


def test_a_document_with_two_times_belongs_to_the_day_of_the_first(tmp_path: Path) -> None:
    path = a_csv(tmp_path, a_line(moment="2009-12-02 00:01:00"), a_line(moment="2009-12-01 23:59:00"))
    year = read_year(path, None)
    assert {day: len(documents) for day, documents in year.days.items()} == {date(2009, 12, 1): 1}


def test_until_leaves_out_the_days_after_it(tmp_path: Path) -> None:
    path = a_csv(tmp_path, a_line(), a_line(document="2", moment="2009-12-05 10:00:00"))
    assert read_year(path, date(2009, 12, 4)).totals.whole.lines == 1
    with pytest.raises(FileRefused, match="no line on or before 2009-11-30"):
        read_year(path, date(2009, 11, 30))


def test_write_offs_and_sales_are_what_supply_is_planned_for(tmp_path: Path) -> None:
    path = a_csv(
        tmp_path,
        a_line(quantity="5"),
        a_line(document="2", quantity="-3", price="0", customer=""),
        a_line(document="C3", quantity="-1"),
        a_line(document="4", quantity="7", moment="2009-12-16 08:00:00"),
    )
    assert read_year(path, None).demand == {("85048", date(2009, 12, 1)): 8, ("85048", date(2009, 12, 15)): 7}


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (a_line(document="9" * 61), "InvoiceNo"),
        (a_line(customer="9" * 41), "CustomerID"),
        (a_line(price="1.1234567"), "UnitPrice"),
    ],
)
def test_a_key_or_price_that_no_column_holds_is_refused_with_its_row(tmp_path: Path, line: list[str], column: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        read_year(a_csv(tmp_path, a_line(), line), None)
    assert (refusal.value.row, refusal.value.column) == (3, column)
