"""Made-up customers and invoices for the test bank, from a seed: who owes what, and from which accounts they pay."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

CITIES = ("Hangzhou", "Ningbo", "Suzhou", "Leiden", "Lyon", "Dresden", "Porto", "Aarhus", "Turin", "Leeds", "Ghent", "Graz")
PEOPLE = ("Meyer", "Jansen", "Moreau", "Rossi", "Novak", "Hansen", "Silva", "Walker", "Kowalski", "Lindqvist", "Bauer", "Dubois")
GOODS = ("Ceramics", "Textiles", "Gifts", "Hardware", "Toys", "Stationery", "Kitchenware", "Lighting", "Garden Supply", "Interiors")
FORMS = ("Ltd", "GmbH", "B.V.", "SARL", "Co., Ltd.", "S.r.l.", "AB", "Inc.")
CHINESE_CITIES = ("杭州", "宁波", "苏州", "广州", "厦门", "成都", "青岛", "温州")
CHINESE_NAMES = ("华盛", "恒达", "瑞丰", "金源", "宏图", "百汇", "顺康", "天成", "永兴", "美佳", "德信", "联创")
CHINESE_GOODS = ("商贸有限公司", "日用品有限公司", "纺织有限公司", "礼品有限公司", "五金有限公司", "贸易股份有限公司")
CHINESE_SHARE = 0.4
GROUP_SHARE = 0.06
STANDING_SHARE = 0.08
AMOUNT_MEDIAN_LOG, AMOUNT_SPREAD = 7.6, 1.1
ACCOUNT_KNOWN_SHARE = 0.9


@dataclass(slots=True)
class Debtor:
    """A customer: its place, its head's (its own where it has none), its account, and whether we have seen that account before."""

    place: int
    head: int
    name: str
    account: str
    is_account_known: bool


@dataclass(slots=True)
class Bill:
    """An invoice: its place, whose it is, and its amount in cents."""

    place: int
    debtor: int
    cents: int


def debtors(chance: random.Random, count: int) -> list[Debtor]:
    """So many customers; some share a head. Two may have the same name, as in life."""
    found: list[Debtor] = []
    for place in range(count):
        head = chance.randrange(place) if place and chance.random() < GROUP_SHARE else place
        head = found[head].head if head != place else place
        is_known = chance.random() < ACCOUNT_KNOWN_SHARE
        found.append(Debtor(place, head, name(chance), account(chance), is_known))
    return found


def name(chance: random.Random) -> str:
    """A company's name."""
    if chance.random() < CHINESE_SHARE:
        words = chance.choice(CHINESE_NAMES) + chance.choice(CHINESE_NAMES)
        return chance.choice(CHINESE_CITIES) + words + chance.choice(CHINESE_GOODS)
    person, other = chance.choice(PEOPLE), chance.choice(PEOPLE)
    middle = chance.choice((person, f"{person} & {other}", f"{person} {chance.choice(CITIES)}"))
    return f"{middle} {chance.choice(GOODS)} {chance.choice(FORMS)}"


def account(chance: random.Random) -> str:
    """An account number that no other customer has, but by an accident of 1 in 10^14."""
    return f"DE{chance.randrange(10**20):020}"


def bills(chance: random.Random, owing: Sequence[Debtor], count: int) -> list[Bill]:
    """So many invoices: few customers have many, and some have the same amount again and again."""
    weights = [1 / (place + 5) ** 0.6 for place in range(len(owing))]
    standing = {
        debtor.place: round(chance.lognormvariate(AMOUNT_MEDIAN_LOG, AMOUNT_SPREAD) * 100)
        for debtor in owing
        if chance.random() < STANDING_SHARE
    }
    found = []
    for place, debtor in enumerate(chance.choices(owing, weights, k=count)):
        cents = max(round(chance.lognormvariate(AMOUNT_MEDIAN_LOG, AMOUNT_SPREAD) * 100), 100)
        if debtor.place in standing and chance.random() < 0.5:
            cents = standing[debtor.place]
        found.append(Bill(place, debtor.place, cents))
    return found
