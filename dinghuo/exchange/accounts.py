"""Files that a command writes its account to."""

from pathlib import Path

from dinghuo.kernel.errors import Refused


def refuse_a_target(path: Path | None) -> None:
    """See before the work that its account can be written; raises Refused `cannot_write`."""
    if path is None:
        return
    try:
        with path.open("a", encoding="utf-8"):
            pass
    except OSError as fault:
        raise Refused(f"{path}: cannot be written: {fault.strerror}.", code="cannot_write", file=str(path)) from fault
