"""Template filters for numbers and days: exact, grouped, and the same in both languages."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache

from django import template
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR

from dinghuo.reference.models import Currency

register = template.Library()

# What a page shows where there is nothing: a dash, since an empty cell could be a fault.
NOTHING = "–"


@cache
def minor_units(currency: str) -> int:
    """How many decimals a currency's smallest coin has; 2 for one that is not in the table."""
    found = Currency.objects.filter(code=currency).first()
    return found.minor_units if found else 2


@register.filter
def money(amount: Decimal | int | None, currency: str = "") -> str:
    """An amount in its currency's minor units: 1,234.50; digits beyond them are shown, never dropped."""
    if amount is None:
        return NOTHING
    decimals = minor_units(currency) if currency else 2
    exact = Decimal(amount)
    fits = exact == round(exact, decimals)
    return f"{exact:,.{decimals}f}" if fits else plain(exact)


@register.filter
def plain(number: Decimal | int | None) -> str:
    """A number with its thousands grouped and without trailing zeros: quantities, unit prices."""
    if number is None:
        return NOTHING
    text = f"{Decimal(number):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def typed(number: Decimal | int | None) -> str:
    """A number as somebody would type it: nothing grouped, no trailing zeros."""
    return "" if number is None else plain(number).replace(",", "")


@register.filter
def percent(fraction: Decimal | None) -> str:
    """A fraction as per cent with one decimal: 0.985 is 98.5 %."""
    return NOTHING if fraction is None else f"{Decimal(fraction) * 100:,.1f} %"


@register.filter
def day(on: date | None) -> str:
    """A business date, in the form that sorts."""
    return NOTHING if on is None else on.isoformat()


@register.filter
def weekdays(digits: str) -> str:
    """ISO weekdays as digits, in words: 125 is Mon, Tue, Fri."""
    return ", ".join(str(WEEKDAYS_ABBR[int(digit) - 1]) for digit in sorted(set(digits)))


@register.filter
def moment(at: datetime | None) -> str:
    """A moment in the company's time zone, to the minute."""
    return NOTHING if at is None else timezone.localtime(at).strftime("%Y-%m-%d %H:%M")


@register.filter
def days_since(on: date, today: date) -> int:
    """How many days lie between a date and today."""
    return (today - on).days


@register.filter
def price(unit_price: Decimal | None, currency: str = "") -> str:
    """A unit price: at least the currency's decimals, and all that it has beyond them."""
    if unit_price is None:
        return NOTHING
    text = plain(unit_price)
    decimals = len(text.partition(".")[2])
    return money(unit_price, currency) if decimals <= minor_units(currency) else text


@register.filter
def stars(rating: int) -> str:
    """A rating from 1 to 5 as stars."""
    return "★" * rating + "☆" * (5 - rating)


@register.filter
def stars_of(digit: str) -> str:
    """A rating that a form offers, as stars."""
    return stars(int(digit))


@register.simple_tag
def share(part: Decimal, whole: Decimal) -> str:
    """A part as per cent of the whole, for the width of a bar."""
    return f"{Decimal(part) * 100 / Decimal(whole):.1f}" if whole else "0"


@register.simple_tag
def left(whole: Decimal, part: Decimal, currency: str) -> str:
    """What is left of an amount."""
    return money(Decimal(whole) - Decimal(part), currency)
