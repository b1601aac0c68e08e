"""The process that opens an `.xlsx`: run by `workbook` as a script of its own, under limits of memory and CPU time.

A workbook of a few kilobytes can make any reader allocate gigabytes, or abort the process it runs in. Here that costs
this process only. It imports nothing of the house, takes its order as one JSON argument, and answers on standard
output with one JSON value a line: first what was opened, then lists of rows, each cell as the text that a CSV file
would hold, last `{"end": true}`. A refusal is `{"refused": ...}`.
"""

import datetime
import json
import posixpath
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import python_calamine

MIB = 1024 * 1024
# What the interpreter and an empty workbook take, with room to spare; 4 times the sheets' XML covers the cells
# (measured: 1.3 times).
MEMORY_BYTES_AT_LEAST = 384 * MIB
MEMORY_BYTES_AT_MOST = 4096 * MIB
MEMORY_PER_BYTE = 4
CPU_SECONDS_AT_LEAST = 10
BYTES_PER_CPU_SECOND = 5 * MIB

OUT_OF_MEMORY = 3
SMALL_PART_BYTES = 1 * MIB
ROWS_A_LINE = 1_000
HEAD_BYTES = 64 * 1024
DIMENSION = re.compile(rb"<(?:\w+:)?dimension\b[^>]*?\bref=[\"'](?:[A-Z]+[0-9]+:)?([A-Z]{1,3})([0-9]{1,7})[\"']")
CHUNK_BYTES = MIB
ERROR_MARK = re.compile(rb"\bt=[\"']e[\"']")
ERROR_CELL = re.compile(rb"<(?:\w+:)?c\s[^<>]*\bt=[\"']e[\"'][^<>]*>")
CELL_PLACE = re.compile(rb"\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^<>]*>")
SHEET_ID = re.compile(rb"\b\w+:id=[\"']([^\"']+)[\"']")
RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^<>]*>")
RELATION_ID = re.compile(rb"\bId=[\"']([^\"']+)[\"']")
TARGET = re.compile(rb"\bTarget=[\"']([^\"']+)[\"']")
COUNTS_FROM_1904 = re.compile(rb"\bdate1904=[\"'](?:1|true)[\"']")

Cell = int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta
Message = dict[str, Any] | list[list[str]]


class NotTaken(Exception):
    """The workbook is refused; the argument says why, `place` in which row and column, where there is one."""

    def __init__(self, why: str, **place: int | str) -> None:
        super().__init__(why)
        self.place = place


def answers(order: dict[str, Any]) -> Iterator[Message]:
    """What this process says of the workbook named in the order, from the opening to the end or the refusal."""
    try:
        from_1904 = inspect_parts(order)
        workbook = python_calamine.load_workbook(order["path"])
        index, sheet = sheet_with_header(workbook, order)
        refuse_errors(order, index, first_row(sheet))
        others = [name for position, name in enumerate(workbook.sheet_names) if position != index]
        yield {"sheet": sheet.name, "others": others, "from_1904": from_1904}
        yield from batches(sheet)
        yield {"end": True}
    except NotTaken as refusal:
        yield {"refused": str(refusal), **refusal.place}
    except python_calamine.PasswordError:
        yield {"refused": "is protected by a password; save it without one"}
    except (zipfile.BadZipFile, python_calamine.CalamineError, NotImplementedError, EOFError, LookupError):
        yield {"refused": "is not a readable .xlsx workbook"}


def inspect_parts(order: dict[str, Any]) -> bool:
    """Check the archive's directory and each sheet's stated extent before unpacking; says whether days count from 1904.

    Raises NotTaken for what is too large. The limits of memory and CPU are then set by the size that the directory
    states.
    """
    # Reading the directory is under limits too: it can itself be the bomb.
    limit_process(0)
    with zipfile.ZipFile(order["path"]) as archive:
        parts = archive.infolist()
        total = sum(part.file_size for part in parts)
        if total > order["unpacked_bytes"]:
            raise NotTaken(f"unpacks to more than {order['unpacked_bytes']:,} bytes")
        for part in parts:
            if part.file_size > SMALL_PART_BYTES and part.file_size > order["inflation"] * max(part.compress_size, 1):
                raise NotTaken(f"holds a part packed more than {order['inflation']} times, as no real table is")
        limit_process(total)
        for part in parts:
            if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                check_extent(head_of(archive, part.filename), order)
        return COUNTS_FROM_1904.search(head_of(archive, "xl/workbook.xml")) is not None


def head_of(archive: zipfile.ZipFile, part: str) -> bytes:
    """The first bytes of a part, unpacked; a bomb's rest stays packed."""
    with archive.open(part) as opened:
        return opened.read(HEAD_BYTES)


def check_extent(head: bytes, order: dict[str, Any]) -> None:
    """Refuse a sheet that says it is wider or longer than a file may be; raises NotTaken."""
    # A writer may leave the extent out, and it may lie; the limit of memory is what holds then.
    stated = DIMENSION.search(head)
    if stated is None:
        return
    check_size(int(stated.group(2)), column_number(stated.group(1)), order)


def check_size(height: int, width: int, order: dict[str, Any]) -> None:
    """Refuse a sheet of more rows (beside its header) or columns than a file may have; raises NotTaken."""
    if width > order["columns"]:
        raise NotTaken(f"has a sheet of {width:,} columns where {order['columns']} are the most; keep the table alone")
    if height > order["rows"] + 1:
        raise NotTaken(f"has more than {order['rows']:,} rows")


def limit_process(unpacked_bytes: int) -> None:
    """Take from this process what reading a workbook of this size does not need."""
    memory = min(MEMORY_BYTES_AT_LEAST + MEMORY_PER_BYTE * unpacked_bytes, MEMORY_BYTES_AT_MOST)
    seconds = CPU_SECONDS_AT_LEAST + unpacked_bytes // BYTES_PER_CPU_SECOND
    for kind, value in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0)):
        # Only the soft limit is lowered, so that it can be set anew once the sizes are known.
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def sheet_with_header(
    workbook: python_calamine.CalamineWorkbook, order: dict[str, Any]
) -> tuple[int, python_calamine.CalamineSheet]:
    """The first sheet whose first row that is not blank names half of the wanted columns, else the first with a row.

    Raises NotTaken when every sheet is empty.
    """
    wanted = [set(spellings) for spellings in order["header"]]
    fallback = None
    for index, kind in enumerate(workbook.sheets_metadata):
        if kind.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_index(index)
        if sheet.end is None:
            continue
        check_size(sheet.end[0] + 1, sheet.end[1] + 1, order)
        found = {header_key(as_text(cell)) for cell in first_row(sheet)}
        if 2 * sum(bool(spellings & found) for spellings in wanted) >= len(wanted):
            return index, sheet
        fallback = fallback or (index, sheet)
    if fallback is None:
        raise NotTaken("is empty: no sheet has a row")
    return fallback


def first_row(sheet: python_calamine.CalamineSheet) -> list[Cell]:
    """The cells of a sheet's first row that is not blank."""
    return next((row for row in sheet.iter_rows() if any(cell != "" for cell in row)), [])


def refuse_errors(order: dict[str, Any], index: int, header: list[Cell]) -> None:
    """Refuse a sheet with an error value (#N/A) in a wanted column; raises NotTaken.

    The reader gives such a cell as an empty one, and a line whose customer is #N/A would pass for one without a customer.
    """
    wanted = {spelling for spellings in order["header"] for spelling in spellings}
    names = {place: as_text(cell) for place, cell in enumerate(header, 1) if header_key(as_text(cell)) in wanted}
    with zipfile.ZipFile(order["path"]) as archive:
        for column, row in error_cells(archive, sheet_parts(archive)[index]):
            if column in names:
                raise NotTaken("the cell holds an error, not a value", row=row, column=names[column])


def sheet_parts(archive: zipfile.ZipFile) -> list[str]:
    """The archive's part for each sheet, in the order of the workbook."""
    relations = RELATION.findall(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {one_group(RELATION_ID, relation): one_group(TARGET, relation) for relation in relations}
    parts = [targets[one_group(SHEET_ID, sheet)] for sheet in SHEET.findall(archive.read("xl/workbook.xml"))]
    return [posixpath.normpath(posixpath.join("/xl", part)).lstrip("/") for part in parts]


def one_group(pattern: re.Pattern[bytes], tag: bytes) -> str:
    """What a pattern finds in a tag; raises KeyError where it finds nothing, as in a broken workbook."""
    found = pattern.search(tag)
    if found is None:
        raise KeyError(tag)
    return found.group(1).decode()


def error_cells(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[int, int]]:
    """Column and row of each cell of a sheet that holds an error, found in the XML's bytes, faster than parsed anew."""
    for text in overlapping_chunks(archive, part):
        # Hardly any sheet holds an error, and looking for the mark alone is ten times faster than for the cell.
        cells = ERROR_CELL.finditer(text) if ERROR_MARK.search(text) else ()
        for place in (CELL_PLACE.search(cell.group()) for cell in cells):
            if place:
                yield column_number(place.group(1)), int(place.group(2))


def overlapping_chunks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """A part's bytes, unpacked piece by piece; a tag that a piece cuts in two is whole in the next."""
    rest = b""
    with archive.open(part) as opened:
        while chunk := opened.read(CHUNK_BYTES):
            text = rest + chunk
            yield text
            rest = text[text.rfind(b"<") :][:HEAD_BYTES]


def column_number(letters: bytes) -> int:
    """The number of a column from its letters: A is 1, Z 26, AA 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def header_key(name: str) -> str:
    """A column's name as it is compared: `Customer ID`, `CustomerID` and `customer_id` are one."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def batches(sheet: python_calamine.CalamineSheet) -> Iterator[list[list[str]]]:
    """The sheet's rows as texts, a thousand at a time, from its row 1 on: blank rows at the top count too."""
    batch: list[list[str]] = []
    for row in sheet.iter_rows():
        batch.append([cell if type(cell) is str else as_text(cell) for cell in row])
        if len(batch) >= ROWS_A_LINE:
            yield batch
            batch = []
    yield batch


def as_text(cell: Cell) -> str:
    """A cell as a CSV file would hold it: 489434.0 is 489434, a moment is ISO to the second, no exponents."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else format(Decimal(repr(cell)), "f")
    if isinstance(cell, datetime.datetime):
        # A binary fraction of a day misses the second by some microseconds.
        return (cell + datetime.timedelta(microseconds=500_000)).replace(microsecond=0).isoformat(sep=" ")
    if isinstance(cell, datetime.date):
        return f"{cell.isoformat()} 00:00:00"
    return str(cell)


def main() -> None:
    """Answer the one order given as an argument; the exit status tells the parent when memory ran out."""
    try:
        for answer in answers(json.loads(sys.argv[1])):
            sys.stdout.write(json.dumps(answer) + "\n")
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
