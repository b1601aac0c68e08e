"""Compiles the translations (.po) into the form that Django reads (.mo), without Debian's gettext."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tooling.assets import stale_catalogues


def compile_catalogue(source: Path) -> None:
    """Write the .mo beside its .po; entries marked fuzzy are guesses and stay out."""
    with source.open("rb") as lines:
        catalogue = read_po(lines, locale=source.parent.parent.name)
    fresh = source.with_suffix(".mo.new")
    with fresh.open("wb") as compiled:
        write_mo(compiled, catalogue, use_fuzzy=False)
    fresh.replace(source.with_suffix(".mo"))


if __name__ == "__main__":
    for stale in stale_catalogues():
        compile_catalogue(stale)
