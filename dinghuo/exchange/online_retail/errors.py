"""The refusals of this reader: one sentence that names the file, the row, the column and what is wrong there."""

from pathlib import Path

from dinghuo.kernel.errors import Malformed

SHOWN_CHARACTERS = 40


class FileRefused(Malformed):
    """The file cannot be taken as it is; nothing of it was written.

    `row` counts as a spreadsheet does, the header being row 1; a text field that spans several lines is one row.
    `row` and `column` are None where the fault is the whole file's.
    """

    code = "file_refused"

    def __init__(self, file: str, problem: str, *, row: int | None = None, column: str | None = None) -> None:
        self.file = file
        self.row = row
        self.column = column
        self.problem = problem
        place = file + (f", row {row}" if row is not None else "") + (f", column {column}" if column is not None else "")
        super().__init__(f"{place}: {problem}.", file=file, row=row, column=column)


class BadValue(ValueError):
    """A field that cannot be read; the reader adds file and row and raises FileRefused."""

    def __init__(self, column: str, problem: str) -> None:
        super().__init__(problem)
        self.column = column
        self.problem = problem


def shown(value: str) -> str:
    """A field's text as a refusal quotes it: on one line, unprintable characters escaped, cut after 40 characters."""
    if len(value) > SHOWN_CHARACTERS:
        return repr(value[:SHOWN_CHARACTERS]) + "..."
    return repr(value)


def file_name(path: Path) -> str:
    """The file's name as a refusal gives it; control characters in it are escaped, to keep the sentence on one line."""
    name = path.name or str(path)
    return name if name.isprintable() else repr(name)
