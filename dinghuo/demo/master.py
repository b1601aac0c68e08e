"""The demo company's master data: itself, its people, warehouses, carriers, products, prices and customers."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from django.contrib.auth.hashers import make_password

from dinghuo.demo.catalogue import CATEGORIES, Article, Buyer, articles, buyers
from dinghuo.demo.chance import roll, stream
from dinghuo.demo.check_digits import credit_code, ean_13
from dinghuo.demo.people import CONTACTS_ABROAD, GIVEN_NAMES, SIGN_IN_WITH, SURNAMES, USERS
from dinghuo.journey.finance.operations import install_accounts
from dinghuo.journey.review.operations import admit_member, install_rules
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Carrier, Company, Customer, PriceList, PriceListItem, Product, Warehouse

CODE: Final = "demo"
CENT: Final = Decimal("0.01")

# Code, names, address, city; by priority.
WAREHOUSES: Final = (
    ("YW", "Yiwu central warehouse", "义乌总仓", "城西街道四海大道 888 号", "义乌市"),
    ("GZ", "Guangzhou warehouse", "广州仓", "白云区太和镇大源南路 36 号", "广州市"),
    ("CD", "Chengdu warehouse", "成都仓", "新都区物流大道 168 号", "成都市"),
)
# The first two digits of a customer's administrative region; every other one is served from Yiwu.
REGIONS: Final = {"GZ": ("35", "36", "43", "44", "45", "46"), "CD": ("50", "51", "52", "53", "61", "62")}

# Code, names, mode, country, kg at most, days, yuan a shipment, yuan a kg: which is cheapest turns on the weight.
CARRIERS: Final = (
    ("PICKUP", "Customer's pick-up", "客户自提", "pickup", "CN", "4", 0, "5", "0"),
    ("EXPRESS", "Shunda Express", "顺达速运", "courier", "CN", "60", 3, "12", "2.4"),
    ("FLEET", "Own fleet", "自有车队", "road", "CN", "1200", 1, "45", "0.55"),
    ("FREIGHT", "North-South Freight", "南北货运", "road", "", None, 6, "75", "0.42"),
)


def make_company() -> Company:
    """Make the company, marked as generated."""
    return Company.objects.create(
        code=CODE,
        name="Yunling Trading",
        name_zh="云岭商贸有限公司",
        currency_id="CNY",
        time_zone="Asia/Shanghai",
        address="环市东路 371 号",
        city="广州",
        postcode="510095",
        country="CN",
        phone="020-5555 0100",
        tax_id="91440101MA5XXXXX04",
        bank_name="珠江商业银行环市东支行",
        bank_account="6200 0000 0000 0001",
        is_generated=True,
    )


def fill(act: Act, seed: int, first: date, share: int) -> None:
    """Write everything that must be there before the first order; the caller acts for the company inside one transaction."""
    install_rules(act=act)
    install_accounts(act=act)
    make_places(act)
    prices = make_products(act, seed)
    listed = make_price_list(act, seed, prices, first)
    make_customers(act, seed, listed, share)
    # Hashed once for all, since hashing is slow by design and the password is no secret.
    password_hash = make_password(SIGN_IN_WITH)
    for name, role, customer_code, _ in USERS:
        admit_member(act=act, name=name, password_hash=password_hash, role=role, customer_code=customer_code)


def make_places(act: Act) -> None:
    """Write warehouses and carriers."""
    Warehouse.objects.bulk_create(
        Warehouse(
            company_id=act.company_id,
            code=code,
            name=name,
            name_zh=name_zh,
            address=address,
            city=city,
            country_id="CN",
            priority=priority,
            is_active=True,
        )
        for priority, (code, name, name_zh, address, city) in enumerate(WAREHOUSES, 1)
    )
    Carrier.objects.bulk_create(
        Carrier(
            company_id=act.company_id,
            code=code,
            name=name,
            name_zh=name_zh,
            mode=mode,
            country=country,
            weight_kg_max=None if kg_max is None else Decimal(kg_max),
            transit_days=days,
            base_price=Decimal(base),
            price_per_kg=Decimal(per_kg),
            is_active=True,
        )
        for code, name, name_zh, mode, country, kg_max, days, base, per_kg in CARRIERS
    )


def make_products(act: Act, seed: int) -> list[Product]:
    """Write the products; what each costs is 58 to 78 per cent of its price, by the seed."""
    return Product.objects.bulk_create(product(act, seed, number, article) for number, article in enumerate(articles(), 1))


def product(act: Act, seed: int, number: int, article: Article) -> Product:
    """One product."""
    share = Decimal(58 + int(20 * roll(seed, "cost", article.code))) / 100
    return Product(
        company_id=act.company_id,
        code=article.code,
        name=article.name,
        name_zh=article.name_zh,
        category=CATEGORIES[article.category],
        unit_id=article.unit,
        # 20 to 29 are numbers for use inside a company: no real product has one of these.
        barcode=ean_13(f"2012345{number:05d}"),
        list_price=article.price,
        standard_cost=(article.price * share).quantize(CENT),
        tax_rate=article.tax_rate,
        weight_kg=article.weight_kg,
        case_quantity=Decimal(article.case),
        reorder_level=Decimal(article.case * 2),
        is_blocked=False,
        is_generated=True,
    )


def make_price_list(act: Act, seed: int, products: Sequence[Product], first: date) -> PriceList:
    """Write the list of the best customers: 6 to 12 per cent off two products of three."""
    listed = PriceList.objects.create(company_id=act.company_id, code="VIP", name="VIP prices", name_zh="VIP 价格")
    PriceListItem.objects.bulk_create(
        PriceListItem(
            company_id=act.company_id,
            price_list=listed,
            product=each,
            unit_price=(each.list_price * Decimal(94 - int(7 * roll(seed, "off", each.code))) / 100).quantize(CENT),
            valid_from=first,
        )
        for each in products
        if roll(seed, "listed", each.code) < 0.66
    )
    return listed


def make_customers(act: Act, seed: int, listed: PriceList, share: int) -> None:
    """Write the customers; who orders only a share of the usual gets that share of the credit."""
    abroad = iter(CONTACTS_ABROAD)
    made = []
    for number, buyer in enumerate(buyers(), 1):
        is_home = buyer.country == "CN"
        contact = chinese_name(seed, buyer) if is_home else next(abroad)
        made.append(customer(act, number, buyer, contact, listed, buyer.credit_limit * share / 100))
    Customer.objects.bulk_create(made)


def customer(act: Act, number: int, buyer: Buyer, contact: str, listed: PriceList, credit_limit: Decimal) -> Customer:
    """One customer; exports bear no tax."""
    is_home = buyer.country == "CN"
    domain = re.sub(r"[^a-z]+", "-", buyer.name.lower()).strip("-")
    return Customer(
        company_id=act.company_id,
        code=buyer.code,
        name=buyer.name,
        name_zh=buyer.name_zh,
        customer_class=buyer.customer_class,
        country_id=buyer.country,
        address=buyer.address,
        city=buyer.city,
        contact=contact,
        # 5550 stands for no subscriber.
        phone=f"{buyer.area_code}-5550{number:04d}" if is_home else f"+{buyer.area_code} 5550 {number:04d}",
        email=f"orders@{domain}.example.com",
        language="zh-hans" if is_home else "en",
        tax_id=credit_code(buyer.region, f"{70000000 + 137 * number:08d}") if is_home else "",
        tax_rate=None if is_home else Decimal(0),
        payment_terms_days=buyer.terms_days,
        credit_limit=credit_limit,
        price_list=listed if buyer.price_list else None,
        is_blocked=False,
        is_walk_in=False,
        is_generated=True,
    )


def chinese_name(seed: int, buyer: Buyer) -> str:
    """A contact's name."""
    chance = stream(seed, "contact", buyer.code)
    return f"{chance.choice(SURNAMES)}{chance.choice(GIVEN_NAMES)}"


def warehouse_of(buyer: Buyer) -> str:
    """The code of the warehouse that serves a customer."""
    return next((code for code, regions in REGIONS.items() if buyer.region[:2] in regions), "YW")
