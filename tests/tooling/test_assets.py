"""The page assets hold what pages load, and nothing that points elsewhere."""

import os
import re
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo

from tooling import assets, catalogues


def test_the_built_assets_are_those_of_the_lock() -> None:
    assert assets.are_fresh()


@pytest.mark.parametrize(
    "name",
    [
        "tabler/tabler.min.css",
        "tabler/tabler.min.js",
        "echarts/echarts.min.js",
        "noto-sans-sc/index.css",
        "LICENCES.txt",
    ],
)
def test_what_pages_load_is_there(name: str) -> None:
    assert (assets.VENDOR / name).stat().st_size > 500


def test_every_file_that_a_style_sheet_loads_is_there() -> None:
    sheets = list(assets.VENDOR.glob("**/*.css"))
    assert sheets
    for sheet in sheets:
        for address in re.findall(r"url\(['\"]?([^)'\"]+)", sheet.read_text(encoding="utf-8")):
            assert address.startswith(("data:", "#")) or (sheet.parent / address).is_file(), f"{sheet}: {address[:80]}"


def test_no_style_sheet_loads_another_from_elsewhere() -> None:
    for sheet in assets.VENDOR.glob("**/*.css"):
        assert not re.search(r"@import|url\(['\"]?(https?:)?//", sheet.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a{b:c}\n/*# sourceMappingURL=a.min.css.map */", "a{b:c}\n"),
        ("f();\n//# sourceMappingURL=a.min.js.map\n", "f();\n"),
        ("f();\n", "f();\n"),
    ],
)
def test_a_copied_file_loses_the_reference_to_its_source_map(tmp_path: Path, before: str, after: str) -> None:
    source = tmp_path / "a.css"
    source.write_text(before, encoding="utf-8")
    assets.copy_file(source, tmp_path / "copy.css")
    assert (tmp_path / "copy.css").read_text(encoding="utf-8") == after


def test_a_translation_is_compiled_beside_its_source(tmp_path: Path) -> None:
    folder = tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = folder / "django.po"
    source.write_text('msgid "Order"\nmsgstr "订单"\n\n#, fuzzy\nmsgid "Hold"\nmsgstr "?"\n', encoding="utf-8")

    catalogues.compile_catalogue(source)

    with source.with_suffix(".mo").open("rb") as compiled:
        catalogue = read_mo(compiled)
    assert catalogue["Order"].string == "订单"
    assert "Hold" not in catalogue


def test_a_changed_translation_is_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "web" / "locale" / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = folder / "django.po"
    source.write_text('msgid "Order"\nmsgstr "订单"\n', encoding="utf-8")
    monkeypatch.setattr(assets, "PACKAGE", tmp_path)
    assert assets.stale_catalogues() == [source]

    catalogues.compile_catalogue(source)
    assert assets.stale_catalogues() == []

    later = source.with_suffix(".mo").stat().st_mtime_ns + 1_000_000
    os.utime(source, ns=(later, later))
    assert assets.stale_catalogues() == [source]
