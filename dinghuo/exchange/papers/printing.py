"""Makes PDF of papers with typst: the fonts come with the package, and what the machine has installed changes nothing."""

import json
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final, Literal

import typst
from pypdf import PdfReader, PdfWriter

HERE: Final = Path(__file__).resolve().parent
FORMS: Final = HERE / "forms"
FONTS: Final = HERE / "fonts"

# One paper: everything that its form shows, already in words and figures.
Paper = Mapping[str, Any]
Standard = Literal["1.7", "a-3b"]

# A file is compiled in parts: the compiler holds some 1.5 MB for each page that it lays out.
PAPERS_AT_ONCE: Final = 50
PAPERS_MAX: Final = 1_000

_of_thread = threading.local()


class NoFonts(RuntimeError):
    """The fonts for papers were not built; `./dev` builds them, and the wheel carries them."""


@cache
def fonts() -> typst.Fonts:
    """The fonts that papers are printed with, read once; raises NoFonts when they are not there."""
    folders = sorted({path.parent for path in FONTS.glob("*/*.ttf")})
    if not folders:
        raise NoFonts(f"{FONTS} holds no fonts; build them with: python -m tooling.assets")
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders))


def compiler(form: str) -> typst.Compiler:
    """This thread's compiler of a form: it keeps what it has laid out before, and is not shared between threads."""
    kept: dict[str, typst.Compiler] = _of_thread.__dict__.setdefault("compilers", {})
    if form not in kept:
        kept[form] = typst.Compiler(str(FORMS / f"{form}.typ"), root=str(FORMS), font_paths=fonts(), ignore_system_fonts=True)
    return kept[form]


def printed(form: str, papers: Sequence[Paper], *, for_archive: bool = False) -> bytes:
    """The PDF of papers, one after the other, each beginning on a page of its own and counting its own pages.

    `form` names a file of `forms/`. One `for_archive` is PDF/A-3b, which may carry other files. Raises ValueError for no paper or
    more than 1,000.
    """
    if not 0 < len(papers) <= PAPERS_MAX:
        raise ValueError(f"between 1 and {PAPERS_MAX} papers are printed at once, not {len(papers)}")
    standard: Standard = "a-3b" if for_archive else "1.7"
    starts = range(0, len(papers), PAPERS_AT_ONCE)
    parts = [compiled(form, papers[start : start + PAPERS_AT_ONCE], standard) for start in starts]
    return parts[0] if len(parts) == 1 else bound(parts)


def compiled(form: str, papers: Sequence[Paper], standard: Standard) -> bytes:
    """The PDF of a few papers."""
    data = json.dumps({"papers": papers}, ensure_ascii=False)
    # Tags, for readers aloud, double the time of a long table; papers are for the hand.
    pdf = compiler(form).compile(sys_inputs={"data": data}, format="pdf", pdf_tags=False, pdf_standards=standard)
    assert isinstance(pdf, bytes), "one PDF comes as one value"
    return pdf


def bound(parts: Sequence[bytes]) -> bytes:
    """Several PDFs as one."""
    book, out = PdfWriter(), BytesIO()
    for part in parts:
        book.append(PdfReader(BytesIO(part)), import_outline=False)
    book.write(out)
    return out.getvalue()
