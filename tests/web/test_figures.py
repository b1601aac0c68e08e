"""Figures are exact, and each leads to the documents that it counts."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from dinghuo.journey.allocation.models import Shortage
from dinghuo.journey.analytics import queries
from dinghuo.journey.finance.models import Receivable, SalesInvoice
from dinghuo.journey.ordering.models import SalesOrder, SalesOrderLine
from dinghuo.web.templatetags import figures
from tests import shop as shops
from tests.builders import a_customer
from tests.web.site import CountedQueries, Site, read

PERIOD = {"issued_from": date(2025, 1, 1), "issued_until": date(2026, 12, 31)}
DAYS = {"ordered_from": date(2025, 1, 1), "ordered_until": date(2026, 12, 31)}


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("1234.5", "CNY", "1,234.50"),
        ("1234", "JPY", "1,234"),
        ("1.2", "KWD", "1.200"),
        ("0.005", "CNY", "0.005"),
        ("-3", "CNY", "-3.00"),
    ],
)
def test_money_has_the_decimals_of_its_currency_and_loses_none(db: None, amount: str, currency: str, written: str) -> None:
    assert figures.money(Decimal(amount), currency) == written


def test_quantities_and_prices_have_no_trailing_zeros(db: None) -> None:
    assert figures.plain(Decimal("1200.500")) == "1,200.5"
    assert figures.plain(Decimal("100")) == "100"
    assert figures.typed(Decimal("1200.500")) == "1200.5"
    assert figures.price(Decimal("4.255000"), "CNY") == "4.255"
    assert figures.price(Decimal("4.500000"), "CNY") == "4.50"
    assert figures.percent(Decimal("0.985")) == "98.5 %"


def test_shares_of_a_bar_are_per_cent() -> None:
    assert figures.share(Decimal(1), Decimal(3)) == "33.3"
    assert figures.share(Decimal(0), Decimal(0)) == "0"


@pytest.fixture
def year(site: Site) -> Site:
    """Orders, invoices and payments spread over some months, with a return and lines that had to wait."""
    shop = site.shop
    with site.acting():
        shops.stocked(shop, *((product, 500) for product in shop.products))
        other = a_customer(shop.company, code="BIG")
        for number in range(9):
            invoice = shops.posted(shop, [(shop.products[number % 3], number + 1), (shop.products[0], 2)])
            on = date(2025, 4, 20) + timedelta(days=23 * number)
            SalesOrder.objects.filter(id=SalesInvoice.objects.get(id=invoice).order_id or 0).update(ordered_on=on)
            Receivable.objects.filter(invoice_id=invoice).update(due_on=on + timedelta(days=30))
            if number % 2:
                shops.paid(shop, invoice)
                Receivable.objects.filter(invoice_id=invoice).update(settled_on=on + timedelta(days=10 + number))
        line = SalesOrderLine.objects.order_by("id")[0]
        Shortage.objects.create(
            company_id=shop.company.id, order_line=line, quantity=1, opened_at=shop.act.at, closed_at=shop.act.at
        )
        shops.submitted(shop, [(shop.products[2], 50)], other)
    return site


def test_sales_are_the_sums_of_posted_documents(year: Site) -> None:
    with year.acting():
        months, customers = queries.invoiced(company_id=year.shop.company.id, **PERIOD)
        posted = list(SalesInvoice.objects.filter(state="posted"))
    expected: dict[date, Decimal] = {}
    for invoice in posted:
        month = invoice.issued_on.replace(day=1)
        expected[month] = expected.get(month, Decimal(0)) + invoice.amount_net
    assert {row.month: row.net for row in months} == expected
    assert [(row.code, row.net) for row in customers] == [(year.shop.customer.code, sum(expected.values()))]


def test_products_are_ranked_by_what_orders_brought(year: Site) -> None:
    with year.acting():
        products = queries.products_sold(company_id=year.shop.company.id, **DAYS)
        lines = SalesOrderLine.objects.filter(order__state__in=["released", "completed"])
        expected: dict[int, Decimal] = {}
        for line in lines:
            expected[line.product_id] = expected.get(line.product_id, Decimal(0)) + line.amount_net
    ranked = sorted(expected.items(), key=lambda pair: (-pair[1], pair[0]))
    assert [(row.product_id, row.amount_net) for row in products] == ranked


def test_lines_that_waited_are_counted_once_in_the_month_of_their_order(year: Site) -> None:
    with year.acting():
        served = queries.lines_served(company_id=year.shop.company.id, **DAYS)
        orders = dict(SalesOrder.objects.filter(state__in=["released", "completed"]).values_list("id", "ordered_on"))
        lines = list(SalesOrderLine.objects.filter(order_id__in=orders).values_list("id", "order_id"))
        waited = set(Shortage.objects.values_list("order_line_id", flat=True))
    expected: dict[date, list[int]] = {}
    for line_id, order_id in lines:
        counts = expected.setdefault(orders[order_id].replace(day=1), [0, 0])
        counts[0] += 1
        counts[1] += line_id in waited
    assert {row.month: [row.lines, row.lines_waited] for row in served} == expected
    assert sum(row.lines_waited for row in served) == 1


def test_days_from_order_to_cash_are_those_of_settled_invoices(year: Site) -> None:
    with year.acting():
        _months, whole = queries.order_to_cash(company_id=year.shop.company.id, **PERIOD)
    assert whole is not None
    # Settled after 11, 13, 15 and 17 days: the second of four is the median, the fourth the ninth tenth.
    assert (whole.invoices, whole.days_median, whole.days_ninth) == (4, Decimal(13), Decimal(17))


@pytest.mark.parametrize("today", [date(2025, 5, 20), date(2025, 5, 21), date(2025, 8, 1), date(2026, 3, 2)])
def test_ages_add_up_to_what_is_owed(year: Site, today: date) -> None:
    with year.acting():
        ages = queries.receivable_ages(company_id=year.shop.company.id, on_day=today)
        owed = [(row.due_on, row.amount - row.applied) for row in Receivable.objects.all() if row.amount != row.applied]
    limits = {"current": (-99999, 0), "1-30": (1, 30), "31-60": (31, 60), "61-90": (61, 90), "over-90": (91, 99999)}
    for age in ages:
        least, most = limits[age.age]
        assert age.open_amount == sum((left for due, left in owed if least <= (today - due).days <= most), Decimal(0)), age.age
    assert sum(age.documents for age in ages) == len(owed)


def test_each_figure_leads_to_its_documents(year: Site) -> None:
    admin = year.clients["admin"]
    page = read(admin.get("/analytics/?from=2025-01-01&until=2026-12-31"))
    links = {str(attributes["href"]) for tag, attributes in page.tags if tag == "a" and "?" in str(attributes.get("href"))}
    assert len(links) > 15
    for link in links:
        assert admin.get(link).status_code == 200, link
    waited = read(admin.get("/orders/?issue=waited&from=2025-01-01&until=2026-12-31")).texts
    assert len([text for text in waited if text.startswith("SO")]) == 1
    assert '"links"' in admin.get("/analytics/").content.decode()


def test_figures_without_a_period_end_with_the_newest_order(year: Site) -> None:
    page = read(year.clients["admin"].get("/analytics/"))
    assert "2025-04-01 – 2026-03-31" in page.text


def test_figures_of_a_company_without_documents_are_shown_as_none(site: Site) -> None:
    page = read(site.clients["admin"].get("/analytics/")).text
    assert "Nothing was invoiced in this period." in page


def test_asking_for_figures_takes_a_fixed_number_of_statements(year: Site) -> None:
    with CountedQueries() as counted:
        year.clients["admin"].get("/analytics/")
    assert counted.count <= 14
