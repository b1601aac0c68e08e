"""The columns of a paper's table, as its form reads them."""


def number(heading: str) -> dict[str, str]:
    """A column of figures: at the end of its cell, as wide as it must be."""
    return {"heading": heading, "align": "end", "width": "auto"}


def words(heading: str, width: str = "auto") -> dict[str, str]:
    """A column of text; the width "1fr" takes what the others leave, and wraps."""
    return {"heading": heading, "align": "start", "width": width}
