from typing import Any

from babel import Locale
from babel.numbers import get_currency_precision
from django.db import migrations

CURRENCIES = ("CNY", "USD", "EUR", "GBP", "HKD", "JPY", "KRW", "SGD", "AUD", "CAD", "CHF", "TWD", "THB", "VND", "KWD")
UNITS = (
    ("C62", "piece", "个"),
    ("BX", "box", "盒"),
    ("CT", "carton", "箱"),
    ("KGM", "kilogram", "千克"),
    ("LTR", "litre", "升"),
    ("MTR", "metre", "米"),
    ("SET", "set", "套"),
    ("BO", "bottle", "瓶"),
)


def fill(apps: Any, schema_editor: Any) -> None:
    """Write the ISO lists; names come from Unicode's CLDR."""
    using = schema_editor.connection.alias
    english, chinese = Locale("en").territories, Locale("zh").territories
    country = apps.get_model("reference", "Country")
    country.objects.using(using).bulk_create(
        country(code=code, name=english[code], name_zh=chinese.get(code, english[code]))
        for code in sorted(english)
        if len(code) == 2 and code.isalpha()
    )
    currency = apps.get_model("reference", "Currency")
    currency.objects.using(using).bulk_create(
        currency(code=code, minor_units=get_currency_precision(code)) for code in CURRENCIES
    )
    unit = apps.get_model("reference", "Unit")
    unit.objects.using(using).bulk_create(unit(code=code, name=name, name_zh=name_zh) for code, name, name_zh in UNITS)


class Migration(migrations.Migration):
    """Countries, currencies and units that every company shares."""

    dependencies = [("reference", "0002_security")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
