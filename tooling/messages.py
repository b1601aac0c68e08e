"""Compares the translations with the texts in the code and the templates, and writes missing ones down."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "dinghuo"
LANGUAGE = "zh_Hans"

KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}

# What a text leaves open: %(count)s, %s, {name}.
PLACEHOLDER = re.compile(r"%\(\w+\)[sdf]|%[sd]|\{\w*\}")


@dataclass(frozen=True)
class Text:
    """One text that a person reads, as the code holds it."""

    singular: str
    plural: str | None = None
    context: str | None = None


def texts_in_python(source: str) -> set[Text]:
    """Return every text that Python code passes to one of gettext's functions."""
    found = extract("python", BytesIO(source.encode()), keywords=KEYWORDS)
    texts = set()
    for _line, words, _comments, context in found:
        singular, plural = (words[0], words[1]) if isinstance(words, tuple) else (words, None)
        texts.add(Text(singular, plural, context))
    return texts


def texts_in_template(source: str) -> set[Text]:
    """Return every text that a template marks for translation."""
    if not settings.configured:
        settings.configure()
    # What templatize leaves of a template's own layout means nothing, but to Python it would be indentation.
    return texts_in_python("\n".join(line.lstrip() for line in templatize(source).splitlines()))


def texts_in_file(path: Path) -> set[Text]:
    """Return the translatable texts of a Python file or a template."""
    source = path.read_text(encoding="utf-8")
    return texts_in_python(source) if path.suffix == ".py" else texts_in_template(source)


def texts_by_file(package: Path = PACKAGE) -> dict[Path, set[Text]]:
    """Return the translatable texts of every Python file and template of the package."""
    files = [*package.glob("**/*.py"), *package.glob("**/templates/**/*.html"), *package.glob("**/templates/**/*.txt")]
    return {path: texts for path in sorted(files) if (texts := texts_in_file(path))}


def catalogue_paths(package: Path = PACKAGE) -> list[Path]:
    """Return the translations into Chinese that the package holds."""
    return sorted(package.glob(f"**/locale/{LANGUAGE}/LC_MESSAGES/django.po"))


def read_catalogue(path: Path) -> Catalog:
    """Read a .po file."""
    with path.open("rb") as lines:
        return read_po(lines, locale=LANGUAGE)


def text_of(message: Message) -> Text:
    """Return the text that an entry translates."""
    if isinstance(message.id, str):
        return Text(message.id, None, message.context)
    return Text(message.id[0], message.id[1], message.context)


def weak_entries(catalogue: Catalog) -> Iterator[str]:
    """Name the entries that are untranslated, only guessed, or that lost or invented a placeholder."""
    for message in catalogue:
        if not message.id:
            continue
        text = text_of(message)
        strings = list(message.string or ("",)) if isinstance(message.string, tuple | list) else [message.string or ""]
        if message.fuzzy:
            yield f"{text.singular!r} is marked fuzzy"
        elif not all(strings):
            yield f"{text.singular!r} is not translated"
        elif any(not same_placeholders(text, string) for string in strings):
            yield f"{text.singular!r} and its translation do not hold the same placeholders"


def same_placeholders(text: Text, translation: str) -> bool:
    """Whether a translation leaves open what its text leaves open; a singular may say 'one' in words."""
    found = sorted(PLACEHOLDER.findall(translation))
    return any(found == sorted(PLACEHOLDER.findall(form)) for form in (text.singular, text.plural) if form is not None)


def missing_texts(package: Path = PACKAGE) -> dict[Path, set[Text]]:
    """Return, by file, the texts that no catalogue of the package holds."""
    known = {text_of(message) for path in catalogue_paths(package) for message in read_catalogue(path)}
    files = texts_by_file(package).items()
    return {path: missing for path, texts in files if (missing := texts - known)}


def catalogue_for(path: Path, package: Path = PACKAGE) -> Path:
    """Return the catalogue a file's texts belong to: the nearest one above it, else that of the whole package."""
    for folder in path.parents:
        nearest = folder / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"
        if nearest.exists() or folder == package:
            return nearest
    raise ValueError(f"{path} is not a file of {package}")


def write_missing(package: Path = PACKAGE) -> None:
    """Add an empty entry for every text without one, to be translated by hand."""
    for path, texts in missing_texts(package).items():
        target = catalogue_for(path, package)
        catalogue = read_catalogue(target) if target.exists() else Catalog(locale=LANGUAGE)
        for text in sorted(texts, key=lambda text: text.singular):
            catalogue.add((text.singular, text.plural) if text.plural else text.singular, context=text.context)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as lines:
            write_po(lines, catalogue, sort_output=True, width=100, omit_header=False)


def main(arguments: list[str]) -> int:
    """Print what the translations lack; with --update, write the missing texts down first."""
    if "--update" in arguments:
        write_missing()
    complaints = [
        f"{path.relative_to(ROOT)}: {text.singular!r} has no translation"
        for path, texts in missing_texts().items()
        for text in texts
    ]
    for path in catalogue_paths():
        complaints += [f"{path.relative_to(ROOT)}: {entry}" for entry in weak_entries(read_catalogue(path))]
    print("\n".join(sorted(complaints)) or "Every text is translated.")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
