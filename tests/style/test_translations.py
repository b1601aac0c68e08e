"""Every text that a person reads is there in Chinese, and each checker finds a planted gap."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tooling import messages
from tooling.messages import Text


def test_every_text_of_the_code_and_the_templates_has_a_translation() -> None:
    missing = messages.missing_texts()
    assert not missing, "./dev messages --update writes them down to be translated"


@pytest.mark.parametrize("path", messages.catalogue_paths(), ids=str)
def test_every_entry_is_translated(path: Path) -> None:
    assert list(messages.weak_entries(messages.read_catalogue(path))) == []


def test_texts_are_found_in_python_code() -> None:
    source = """
title = gettext_lazy("Orders")
lines = ngettext("%(count)s line", "%(count)s lines", count)
may = pgettext("month", "May")
plain = "not for people"
"""
    lines = Text("%(count)s line", "%(count)s lines")
    assert messages.texts_in_python(source) == {Text("Orders"), lines, Text("May", None, "month")}


def test_texts_are_found_in_templates() -> None:
    source = """
{% load i18n %}<h1>{% translate "Orders" %}</h1>
      {{ _("Open") }}
   indented otherwise
{% blocktranslate count n=lines|length %}{{ n }} line{% plural %}{{ n }} lines{% endblocktranslate %}
{% translate "May" context "month" %}<p>not marked</p>
"""
    lines = Text("%(n)s line", "%(n)s lines")
    assert messages.texts_in_template(source) == {Text("Orders"), Text("Open"), lines, Text("May", None, "month")}


def test_an_untranslated_entry_is_found() -> None:
    catalogue = Catalog(locale=messages.LANGUAGE)
    catalogue.add("Orders")
    assert list(messages.weak_entries(catalogue)) == ["'Orders' is not translated"]


def test_a_guessed_entry_is_found() -> None:
    catalogue = Catalog(locale=messages.LANGUAGE)
    catalogue.add("Orders", "订单", flags={"fuzzy"})
    assert list(messages.weak_entries(catalogue)) == ["'Orders' is marked fuzzy"]


def test_a_lost_placeholder_is_found() -> None:
    catalogue = Catalog(locale=messages.LANGUAGE)
    catalogue.add("%(count)s orders", "订单")
    assert len(list(messages.weak_entries(catalogue))) == 1


def test_a_translated_entry_is_left_alone() -> None:
    catalogue = Catalog(locale=messages.LANGUAGE)
    catalogue.add(("One order", "%(count)s orders"), ("%(count)s 张订单",))
    assert list(messages.weak_entries(catalogue)) == []


def test_a_missing_text_is_written_down_and_then_known(tmp_path: Path) -> None:
    module = tmp_path / "pages.py"
    module.write_text('title = gettext("Orders")\n', encoding="utf-8")
    assert messages.missing_texts(tmp_path) == {module: {Text("Orders")}}

    messages.write_missing(tmp_path)

    assert messages.missing_texts(tmp_path) == {}
    (catalogue,) = messages.catalogue_paths(tmp_path)
    assert list(messages.weak_entries(messages.read_catalogue(catalogue))) == ["'Orders' is not translated"]
