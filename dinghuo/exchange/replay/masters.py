"""The company that a file is driven through: its customers, products and prices, and the generated rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from dinghuo.exchange.online_retail import generation
from dinghuo.exchange.replay.countries import country_code
from dinghuo.exchange.replay.year import Year
from dinghuo.journey.allocation.operations import expect_supply
from dinghuo.journey.allocation.rules import Supply
from dinghuo.journey.finance.operations import install_accounts
from dinghuo.journey.review.operations import install_rules
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Carrier, Company, Customer, Product, Warehouse

BATCH = 2_000
HUNDRED = Decimal(100)
HOME_CURRENCY = "GBP"
HOME = "United Kingdom"
# Supply above what the file says will leave: without it, every unit sold would be the last one.
SUPPLY_MARGIN_PERCENT = 5


@dataclass(frozen=True, slots=True)
class Masters:
    """The keys of what the year refers to."""

    warehouse_id: int
    customers: Mapping[str, int]
    products: Mapping[str, int]


def act_on(company_id: int, day: date, minute: int = 0) -> Act:
    """The replay acting on a day; steps follow each other by a minute, so that the timeline reads in order."""
    return Act(company_id=company_id, at=datetime.combine(day, time(8), UTC) + timedelta(minutes=minute), on=day)


def make_company(code: str, file_name: str) -> Company:
    """A company of its own for the replay; all its steps run by themselves."""
    return Company.objects.create(
        code=code,
        name=f"Replay of {file_name}"[:200],
        name_zh=f"重放 {file_name}"[:200],
        currency_id=HOME_CURRENCY,
        time_zone="Europe/London",
        language="en",
        # The file trades on Sundays as well, and takes goods back on the day they are sold.
        works_on="1234567",
        address="1 Generated Street",
        city="London",
        postcode="EC1A 1AA",
        country="GB",
        tax_id="GB999999973",
        is_generated=True,
    )


def make_masters(company: Company, year: Year, seed: int) -> Masters:
    """Write customers, products, the warehouse, carriers, rules, accounts and expected supply."""
    act = act_on(company.id, year.first_day)
    install_rules(act=act)
    install_accounts(act=act)
    make_carriers(company, year, seed)
    warehouse = Warehouse.objects.create(
        company_id=company.id, code="MAIN", name="Main warehouse", name_zh="主仓库", country_id="GB"
    )
    make_customers(company, year, seed)
    make_products(company, year, seed)
    masters = read_masters(company)
    assert masters.warehouse_id == warehouse.pk
    expect_supply(act=act, supplies=supplies(year, masters, seed))
    return masters


def read_masters(company: Company) -> Masters:
    """The keys of a company whose masters are written."""
    return Masters(
        warehouse_id=Warehouse.objects.get(company_id=company.id, code="MAIN").pk,
        customers=dict(Customer.objects.filter(company_id=company.id).values_list("code", "id")),
        products=dict(Product.objects.filter(company_id=company.id).values_list("code", "id")),
    )


def make_carriers(company: Company, year: Year, seed: int) -> None:
    """One carrier a country, as far away as the country is assumed to be."""
    names = {country_code(account.country): account.country for account in year.accounts.values()}
    Carrier.objects.bulk_create(
        Carrier(
            company_id=company.id,
            code=f"TO-{code}",
            name=f"Carrier to {name or HOME}",
            name_zh=f"发往 {name or HOME}",
            country=code,
            transit_days=generation.delivery_days(seed, code, name),
            base_price=5,
        )
        for code, name in sorted(names.items())
    )


def make_customers(company: Company, year: Year, seed: int) -> None:
    """Write customers: who they are is the file's, terms and credit limit are generated."""
    file_days = (year.last_day - year.first_day).days + 1
    Customer.objects.bulk_create(
        (
            Customer(
                company_id=company.id,
                code=account.code,
                name=f"Customer {account.code}" if not account.is_walk_in else f"Walk-in, {account.country or 'no country'}",
                name_zh=f"客户 {account.code}" if not account.is_walk_in else f"散客 {account.country}",
                country_id=country_code(account.country),
                language="en",
                tax_rate=tax_rate(account.country),
                payment_terms_days=generation.payment_terms_days(seed, account.code, walk_in=account.is_walk_in),
                credit_limit=None if account.is_walk_in else limit_of(year, account.code, seed, file_days),
                is_walk_in=account.is_walk_in,
                is_generated=True,
            )
            for account in year.accounts.values()
        ),
        batch_size=BATCH,
    )


def limit_of(year: Year, code: str, seed: int, file_days: int) -> Decimal:
    """A customer's generated credit limit, from its year before tax raised to gross."""
    account = year.accounts[code]
    gross = 1 + tax_rate(account.country)
    return generation.credit_limit(
        turnover=account.turnover * gross,
        largest_order=account.largest_order * gross,
        terms_days=generation.payment_terms_days(seed, code, walk_in=False),
        file_days=file_days,
    )


def tax_rate(country: str) -> Decimal:
    """The generated tax rate of sales to a country, as a fraction."""
    return generation.tax_percent(country) / HUNDRED


def make_products(company: Company, year: Year, seed: int) -> None:
    """Write products: code, name and price are the file's, cost and tax are generated."""
    Product.objects.bulk_create(
        (
            Product(
                company_id=company.id,
                code=article.code,
                name=article.name[:200],
                unit_id="C62",
                list_price=article.median_price,
                standard_cost=generation.product_cost(seed, article.code, median_price=article.median_price),
                tax_rate=tax_rate(HOME),
                is_generated=True,
            )
            for article in year.articles.values()
        ),
        batch_size=BATCH,
    )


def supplies(year: Year, masters: Masters, seed: int) -> list[Supply]:
    """What is bought for each fortnight: what will leave and a margin, expected the day before; a small share comes late."""
    found = []
    for (code, start), pieces in sorted(year.demand.items()):
        late = generation.replenishment_late_days(seed, f"{code} {start}")
        due = start if start == year.first_day else start - timedelta(days=1)
        found.append(
            Supply(
                warehouse_id=masters.warehouse_id,
                product_id=masters.products[code],
                quantity=Decimal(-(-pieces * (100 + SUPPLY_MARGIN_PERCENT) // 100)),
                unit_cost=generation.product_cost(seed, code, median_price=year.articles[code].median_price),
                expected_on=due + timedelta(days=late),
                reference=f"GEN-{start}",
                is_generated=True,
            )
        )
    return found
