"""How much of a file the house is ready to read; each limit is tested at the limit and one past it."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The declared limits of one reading.

    `file_bytes` holds for the file on disk and, for `.csv.gz`, for the unpacked text. `unpacked_bytes` is the sum of
    the parts of an `.xlsx`, and `inflation` how many times larger than its packed form a part of it may be:
    spreadsheets of real trade stay below 30.
    """

    file_bytes: int = 1024 * MIB
    unpacked_bytes: int = 2048 * MIB
    inflation: int = 200
    # Some ten times the largest published year.
    rows: int = 5_000_000
    # Cells are allocated for the whole rectangle, so a wide sheet costs memory however empty it is.
    columns: int = 64
    field_characters: int = 10_000


LIMITS = Limits()
