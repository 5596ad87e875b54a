"""Rows of a CSV file, one after the other, whatever its encoding; a file of any size needs the memory of one row."""

import codecs
import csv
import gzip
import io
import re
from _csv import Reader
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

#: How many bytes are looked at at once while the encoding is found out.
CHUNK = 1 << 20
#: The longest field that is read at all; a longer one is nearly always a quotation mark that is never closed.
MAX_FIELD = 131_072
#: The encodings tried, in order, where no byte-order mark tells: GBK and GB2312 are parts of GB18030.
TRIED = ("utf-8", "gb18030")
#: Byte-order marks; UTF-32's begins with UTF-16's, so that it stands first.
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Signs that nobody types: C0 and C1 controls but for tabulator and line ends.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
#: GB18030 reads nearly anything, and makes characters for private use of what was another encoding, such as Big5.
PRIVATE = re.compile("[\ue000-\uf8ff]")


class Row(NamedTuple):
    """A row of the file."""

    #: The physical line on which it begins; the header is on line 1.
    line: int
    #: By the header's names, without white space around; empty where `fault` says that the row's shape is broken.
    cells: dict[str, str]
    #: Why the row cannot be read, or nothing: a reader refuses such a row with this reason and goes on.
    fault: str = ""


class Unreadable(Exception):
    """The file as a whole cannot be read; the message says why, where (by line), and what to do."""


def detected_encoding(path: Path) -> str:
    """Return the encoding in which the whole file can be read: by its byte-order mark, else UTF-8, else GB18030 (GBK).

    Raises Unreadable when the file is missing, empty or damaged, or none of them fits.
    """
    with _opened(path) as file:
        start = _chunk(path, file)
    if not start:
        raise Unreadable(f"{path}: the file is empty.")
    marked = next((name for mark, name in MARKS if start.startswith(mark)), None)
    if marked:
        return marked
    if b"\0" in start:
        raise Unreadable(f"{path}: NUL bytes; if this is UTF-16 without a byte-order mark, say --encoding utf-16-le (or -be).")
    for name in TRIED:
        if _fits(path, name):
            return name
    raise Unreadable(f"{path}: neither UTF-8 nor UTF-16 nor GB18030 (GBK); name the encoding with --encoding, e.g. big5.")


def rows(path: Path, *, encoding: str | None = None, delimiter: str = ",") -> Iterator[Row]:
    """Yield the file's rows in order; `.gz` is unpacked on the way, empty lines are left out.

    A row with too many or too few cells, or with control characters, comes with its `fault`. Raises Unreadable for what
    makes the whole file unsure: a missing or repeated column name, an encoding that does not fit, an unclosed quotation mark.
    """
    encoding = encoding or detected_encoding(path)
    _known(encoding)
    with _opened(path) as file, io.TextIOWrapper(file, encoding=encoding, newline="") as text:
        # Python's own limit is the same; it is set here so that another reader's does not count.
        csv.field_size_limit(MAX_FIELD)
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        names: list[str] | None = None
        for line, cells in _numbered(path, encoding, reader):
            if names is None:
                names = _header(path, line, cells)
            elif cells:
                yield _row(line, names, cells)
        if names is None:
            raise Unreadable(f"{path}: there is no header.")


def header(path: Path, *, encoding: str | None = None, delimiter: str = ",") -> list[str]:
    """Return the names of the file's columns. Raises Unreadable."""
    encoding = encoding or detected_encoding(path)
    _known(encoding)
    with _opened(path) as file, io.TextIOWrapper(file, encoding=encoding, newline="") as text:
        csv.field_size_limit(MAX_FIELD)
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        for line, cells in _numbered(path, encoding, reader):
            return _header(path, line, cells)
    raise Unreadable(f"{path}: there is no header.")


def _opened(path: Path) -> BinaryIO:
    try:
        return cast("BinaryIO", gzip.open(path) if path.suffix == ".gz" else path.open("rb"))
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror or error}.") from error


def _chunk(path: Path, file: BinaryIO) -> bytes:
    try:
        return file.read(CHUNK)
    except (OSError, EOFError) as error:
        raise Unreadable(f"{path}: cannot be unpacked ({error}); fetch the file again.") from error


def _known(encoding: str) -> None:
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise Unreadable(f"--encoding {encoding}: there is no such encoding.") from error


def _fits(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with _opened(path) as file:
        try:
            while chunk := _chunk(path, file):
                if PRIVATE.search(decoder.decode(chunk)) and encoding != "utf-8":
                    return False
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _numbered(path: Path, encoding: str, reader: Reader) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the physical line on which it begins."""
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            advice = "is a quotation mark never closed, or one inside a text not doubled?"
            raise Unreadable(f"{path}, line {begins}: {error}; {advice}") from error
        except UnicodeError as error:
            raise Unreadable(f"{path}, after line {reader.line_num}: not {encoding}; name another with --encoding.") from error
        except (OSError, EOFError) as error:
            raise Unreadable(f"{path}, after line {reader.line_num}: cannot be unpacked ({error}); fetch it again.") from error
        yield begins, cells


def _header(path: Path, line: int, cells: list[str]) -> list[str]:
    names = [cell.strip().removeprefix("\ufeff") for cell in cells]
    for name, count in Counter(names).items():
        if CONTROL.search(name):
            raise Unreadable(f"{path}, line {line}: control characters in the header; is the encoding right (--encoding)?")
        if not name:
            raise Unreadable(f"{path}, line {line}: a column of the header has no name.")
        if count > 1:
            raise Unreadable(f"{path}, line {line}: the header names the column {name!r} {count} times.")
    if not names:
        raise Unreadable(f"{path}, line {line}: the first line must be the header.")
    return names


def _row(line: int, names: list[str], cells: list[str]) -> Row:
    if len(cells) != len(names):
        return Row(line, {}, f"not as many cells as the header: {len(cells)} instead of {len(names)}")
    if CONTROL.search("".join(cells)):
        name = next(name for name, cell in zip(names, cells, strict=True) if CONTROL.search(cell))
        return Row(line, {}, f"control characters: in {name}")
    return Row(line, {name: cell.strip() for name, cell in zip(names, cells, strict=True)})
