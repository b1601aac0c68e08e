"""The records of an `.xlsx` file, read by a child process and streamed through a pipe: see `workbook_child` for why."""

import json
import signal
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from dinghuo.exchange.online_retail import workbook_child
from dinghuo.exchange.online_retail.errors import FileRefused, file_name
from dinghuo.exchange.online_retail.fields import EPOCH_1900, EPOCH_1904
from dinghuo.exchange.online_retail.limits import Limits


@dataclass(frozen=True, slots=True)
class Workbook:
    """An opened workbook: the sheet that is read and its records, the other sheets, the day 0 of its date numbers."""

    sheet: str
    other_sheets: tuple[str, ...]
    epoch: datetime
    records: Generator[list[str], None, None]


def open_workbook(path: Path, limits: Limits, header: Sequence[Sequence[str]]) -> Workbook:
    """Open the workbook's first sheet that has the header; raises FileRefused.

    `header` lists each wanted column's spellings as `workbook_child.header_key` gives them.
    """
    order = {
        "path": str(path.resolve()),
        "header": [list(spellings) for spellings in header],
        "rows": limits.rows,
        "columns": limits.columns,
        "unpacked_bytes": limits.unpacked_bytes,
        "inflation": limits.inflation,
    }
    answers = child_answers(path, order)
    opened = next(answers)
    return Workbook(
        sheet=opened["sheet"],
        other_sheets=tuple(opened["others"]),
        epoch=EPOCH_1904 if opened["from_1904"] else EPOCH_1900,
        records=records_from(answers),
    )


def records_from(answers: Generator[Any, None, None]) -> Generator[list[str], None, None]:
    """The rows that follow the opening; leaving off early ends the child."""
    with closing(answers):
        for batch in answers:
            yield from batch


def child_answers(path: Path, order: dict[str, Any]) -> Generator[Any, None, None]:
    """Run the child and give its answers but the last; raises FileRefused where it refuses, dies or stops short."""
    # Isolated (-I): neither the working folder nor the environment can slip it another module.
    command = [sys.executable, "-I", workbook_child.__file__, json.dumps(order)]
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        # One line is a thousand rows: few enough to stay small, enough to make the pipe cheap.
        for line in child.stdout or ():
            answer = json.loads(line)
            if isinstance(answer, list) or "sheet" in answer:
                yield answer
            elif "end" in answer:
                return
            else:
                raise FileRefused(file_name(path), answer["refused"], row=answer.get("row"), column=answer.get("column"))
        raise FileRefused(file_name(path), early_end(child.wait()))
    finally:
        # Also the way out of a reader that stops early: a child blocked on a full pipe would wait for ever.
        child.kill()
        child.wait()
        if child.stdout:
            child.stdout.close()


def early_end(status: int) -> str:
    """Why the child ended without an answer, by its exit status."""
    if status == -signal.SIGXCPU:
        return "takes longer to read than a workbook of its size should; save the table alone, or as CSV"
    if status < 0 or status == workbook_child.OUT_OF_MEMORY:
        return "needs more memory than its size explains, as with a cell far outside the table; keep the table alone"
    return "is not a readable .xlsx workbook"
