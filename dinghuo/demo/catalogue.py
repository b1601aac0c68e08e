"""The demo company's products and customers, as `products.csv` and `customers.csv` beside this file name them."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent

CATEGORIES: Final = {
    "TEA": "茶叶 Tea",
    "SNK": "休闲食品 Snacks",
    "GRO": "粮油调味 Grain, oil and seasoning",
    "DRY": "南北干货 Dried goods",
    "DRK": "饮料酒水 Drinks",
    "HOM": "日用百货 Household",
    "CLN": "洗护纸品 Cleaning and paper",
    "KIT": "厨房用品 Kitchenware",
    "STA": "文具办公 Stationery",
    "HDW": "五金工具 Hardware",
    "ELE": "电工照明 Electrical",
    "HOT": "酒店用品 Hotel supplies",
}

# Farm produce and edible oil and salt bear 9 % in China; sauces and sugar in the same aisle bear 13 %.
FULL_RATE: Final = Decimal("0.13")
REDUCED_RATE: Final = Decimal("0.09")
REDUCED_CATEGORIES: Final = frozenset({"GRO", "DRY"})
FULL_RATE_NAMES: Final = frozenset({"白砂糖", "酿造酱油", "镇江香醋", "郫县豆瓣酱", "火锅底料", "鸡精调味料"})


@dataclass(frozen=True, slots=True)
class Article:
    """A product as it is listed: its price in yuan without tax, its weight in kg, how many make a case."""

    code: str
    category: str
    name: str
    name_zh: str
    unit: str
    price: Decimal
    tax_rate: Decimal
    weight_kg: Decimal
    case: int


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer as it is listed; `size` weighs how often it orders, `kind` what and how much."""

    code: str
    kind: str
    name: str
    name_zh: str
    country: str
    city: str
    address: str
    area_code: str
    region: str
    size: int
    customer_class: str
    terms_days: int
    credit_limit: Decimal
    price_list: str


def articles() -> Iterator[Article]:
    """Every product, one for each size of each row; codes count within their category."""
    numbers = dict.fromkeys(CATEGORIES, 0)
    for row in rows("products.csv"):
        for variant in row["variants"].split(";"):
            label, price, weight, case = variant.split("|")
            label_zh, _, label_en = label.partition("=")
            category = row["category"]
            numbers[category] += 1
            yield Article(
                code=f"{category}-{numbers[category]:03d}",
                category=category,
                name=f"{row['name']}, {label_en or label_zh}",
                name_zh=f"{row['name_zh']} {label_zh}",
                unit=row["unit"],
                price=Decimal(price),
                tax_rate=tax_rate(category, row["name_zh"]),
                weight_kg=Decimal(weight),
                case=int(case),
            )


def tax_rate(category: str, name_zh: str) -> Decimal:
    """The rate of value-added tax: 9 % for farm produce, grain, oil and salt, 13 % for the rest."""
    is_reduced = category in REDUCED_CATEGORIES and name_zh not in FULL_RATE_NAMES
    return REDUCED_RATE if is_reduced else FULL_RATE


def buyers() -> Iterator[Buyer]:
    """Every customer."""
    for row in rows("customers.csv"):
        yield Buyer(
            code=row["code"],
            kind=row["kind"],
            name=row["name"],
            name_zh=row["name_zh"],
            country=row["country"],
            city=row["city"],
            address=row["address"],
            area_code=row["area"],
            region=row["region"],
            size=int(row["size"]),
            customer_class=row["class"],
            terms_days=int(row["terms"]),
            credit_limit=Decimal(row["credit"]),
            price_list=row["list"] or "",
        )


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a file beside this one."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
