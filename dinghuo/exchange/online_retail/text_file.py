"""The records of a `.csv` or `.csv.gz` file, streamed: UTF-8 with or without its mark, commas, quotes as in RFC 4180.

A fault in the bytes (another encoding, a NUL, a cut-off archive) is found while reading and then located by a second,
slower reading that forgives everything, so that the good case pays nothing for the precise sentence.
"""

import codecs
import csv
import gzip
import io
import re
import zlib
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from dinghuo.exchange.online_retail.errors import FileRefused, file_name
from dinghuo.exchange.online_retail.limits import Limits

BUFFER_BYTES = 128 * 1024
GZIP_MARK = b"\x1f\x8b"
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
HIGH_BYTES = re.compile(rb"[\x80-\xff]+")
# A NUL, or a byte that could not be decoded and was kept as a lone surrogate.
FAULTY = re.compile("[\0\ud800-\udfff]")
SAVE_AS = "save it as CSV UTF-8"


class NulByte(Exception):
    """A byte of value 0 where text belongs."""


class TooLong(Exception):
    """More bytes than the declared limit."""


class WatchedBytes(io.RawIOBase):
    """Bytes on their way to the decoder, counted and searched for NUL by the chunk, far cheaper than by the field."""

    def __init__(self, source: BinaryIO, byte_limit: int) -> None:
        self._source = source
        self._bytes_left = byte_limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        chunk = self._source.read(len(view))
        self._bytes_left -= len(chunk)
        if self._bytes_left < 0:
            raise TooLong
        # Other programs end a text at a NUL, so a field with one would be read differently elsewhere.
        if b"\0" in chunk:
            raise NulByte
        view[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        self._source.close()
        super().close()


def text_records(path: Path, limits: Limits) -> Generator[list[str], None, None]:
    """The file's records in order, the header first, a blank line an empty list; raises FileRefused at a fault."""
    file = file_name(path)
    count = 0
    try:
        raw = WatchedBytes(unpacked(path), limits.file_bytes)
        with io.TextIOWrapper(io.BufferedReader(raw, BUFFER_BYTES), encoding="utf-8-sig", newline="") as text:
            for record in csv.reader(text, strict=True):
                count += 1
                yield record
    # The order matters: a damaged gzip file is also an OSError, and a wrong encoding a ValueError.
    except csv.Error as error:
        raise FileRefused(file, quoting_problem(str(error), limits), row=count + 1) from None
    except (UnicodeDecodeError, NulByte):
        raise located(path) from None
    except TooLong:
        raise FileRefused(file, f"is longer than {limits.file_bytes:,} bytes when unpacked", row=count + 1) from None
    except EOFError:
        raise FileRefused(file, "the compressed file ends too early: it was cut off", row=count + 1) from None
    except (gzip.BadGzipFile, zlib.error):
        raise FileRefused(file, archive_problem(path)) from None
    except OSError as error:
        raise FileRefused(file, f"cannot be read ({error.strerror})") from None


def unpacked(path: Path) -> BinaryIO:
    """The file's bytes, unpacked if its name ends in `.gz`."""
    if path.name.lower().endswith(".gz"):
        return cast(BinaryIO, gzip.open(path, "rb"))
    return path.open("rb")


def archive_refusal(path: Path, limits: Limits) -> FileRefused | None:
    """The refusal of a `.csv.gz` whose archive is damaged inside, None for any other file; reads it to the end.

    Asked when a row was found wrong: a damaged archive can unpack to nonsense long before its checksum gives it away.
    """
    if not path.name.lower().endswith(".gz"):
        return None
    bytes_left = limits.file_bytes
    try:
        with unpacked(path) as source:
            while bytes_left > 0 and (chunk := source.read(BUFFER_BYTES)):
                bytes_left -= len(chunk)
    except EOFError:
        return None
    except (OSError, zlib.error):
        return FileRefused(file_name(path), archive_problem(path))
    return None


def archive_problem(path: Path) -> str:
    """What is wrong with a file that does not unpack, by its first two bytes."""
    with path.open("rb") as source:
        return "the compressed file is damaged" if source.read(2) == GZIP_MARK else "is not a gzip file"


def quoting_problem(error: str, limits: Limits) -> str:
    """What the csv module's message means to the person who has the file."""
    if "unexpected end of data" in error:
        return "a quotation mark is opened here and never closed"
    if "field limit" in error:
        return f"a field is longer than {limits.field_characters:,} characters; a quotation mark may never be closed"
    if "expected after" in error:
        return "there is text behind a closing quotation mark"
    return f"is not CSV ({error})"


def located(path: Path) -> FileRefused:
    """The refusal of a file that is not UTF-8 text: the place of the first wrong byte, and a guess at what it is."""
    file = file_name(path)
    # UTF-16 fails at its first byte or, without a mark, at the zero half of its first ASCII letter.
    with unpacked(path) as source:
        start = source.read(BUFFER_BYTES)
    if start.startswith(UTF_16_MARKS) or start[:200].count(0) > len(start[:200]) // 4:
        return FileRefused(file, f"is UTF-16 text or no text at all, not UTF-8; {SAVE_AS}")
    row, column = place_of_first_fault(path)
    offset, sample = first_undecodable(path)
    if offset is None:
        return FileRefused(file, "holds a NUL byte, which no text has", row=row, column=column)
    problem = f"byte {offset:,} is not UTF-8; it looks like {likely_encoding(sample)}: {SAVE_AS}"
    return FileRefused(file, problem, row=row, column=column)


def place_of_first_fault(path: Path) -> tuple[int | None, str | None]:
    """The row and column of the first field with a NUL or an undecodable byte; None where broken quotes hide it."""
    with io.TextIOWrapper(unpacked(path), encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
        records = csv.reader(text)
        try:
            header = next(records, [])
            found = ((row, place) for row, record in enumerate(records, 2) for place in faulty_fields(record))
            if list(faulty_fields(header)):
                return 1, None
            row, place = next(found, (None, 0))
        except (csv.Error, OSError, EOFError, zlib.error):
            return None, None
    return row, header[place] if row is not None and place < len(header) else None


def faulty_fields(record: list[str]) -> Iterator[int]:
    """The positions of the fields that hold a NUL or an undecodable byte."""
    return (place for place, value in enumerate(record) if FAULTY.search(value))


def first_undecodable(path: Path) -> tuple[int | None, bytes]:
    """The first byte that is not UTF-8, counted from 0 in the unpacked text, and the bytes around it; None if none."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    position = 0
    with unpacked(path) as source:
        while chunk := source.read(BUFFER_BYTES):
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                return position - pending + error.start, chunk
            position += len(chunk)
    pending = len(decoder.getstate()[0])
    return (position - pending, b"") if pending else (None, b"")


def likely_encoding(sample: bytes) -> str:
    """A guess for the hint: Chinese text comes in runs of high bytes, Western European letters mostly one by one."""
    runs = HIGH_BYTES.findall(sample)
    # Both encodings can often decode the same bytes, so what decides is how they lie.
    longer = sum(len(run) > 1 for run in runs)
    try:
        codecs.getincrementaldecoder("gb18030")().decode(sample)
    except UnicodeDecodeError:
        return "Latin-1 or Windows-1252"
    return "GB18030 (Chinese Windows)" if longer * 2 > len(runs) else "Latin-1 or Windows-1252"
