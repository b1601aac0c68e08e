"""The refusals of the readers: one sentence that names the file, the row or element, and what is wrong there."""

from dinghuo.kernel.errors import Malformed


class StatementRefused(Malformed):
    """The file cannot be taken as it is; nothing of it was written.

    `place` is a row ("row 12") or an element ("Stmt 1/Ntry 3/Amt").
    """

    code = "statement_refused"

    def __init__(self, file: str, place: str, problem: str) -> None:
        self.place = place
        self.problem = problem
        super().__init__(f"{file}: {place + ': ' if place else ''}{problem}.", file=file, place=place)


class Fault(ValueError):
    """What a reader stumbled over: a place and a sentence; the reader of the file adds its name and raises StatementRefused."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(problem)
        self.place = place
        self.problem = problem
