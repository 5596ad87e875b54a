"""Rows as CSV and XLSX, safe to open: a cell that looks like a formula is text."""

import csv
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import BytesIO, StringIO
from itertools import islice
from typing import NamedTuple

import xlsxwriter
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone

type Cell = str | int | float | Decimal | dt.datetime | None


class Sheet(NamedTuple):
    """One sheet of a workbook."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]


FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
#: A change with its sign, as we write it: no formula.
SIGNED = re.compile(r"[+-][0-9]+(\.[0-9]+)?%?")
BOM = "\ufeff"
#: As many as a sheet holds beside its header.
MAX_ROWS = 1_048_575
#: What the title of a sheet may not have, and how long it may be.
UNTITLED, LONGEST_TITLE = re.compile(r"[\[\]:*?/\\]"), 31
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def safe(cell: Cell) -> Cell:
    """Return the cell as a spreadsheet may read it: local time as text, and formulas as plain text."""
    if isinstance(cell, dt.datetime):
        return f"{timezone.localtime(cell):%Y-%m-%d %H:%M:%S}"
    is_formula = isinstance(cell, str) and cell.startswith(FORMULA_STARTS) and not SIGNED.fullmatch(cell)
    return f"'{cell}" if is_formula else cell


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> StreamingHttpResponse:
    """Stream the rows as CSV in UTF-8 with the mark that spreadsheets need to read Chinese."""

    def lines() -> Iterator[str]:
        buffer = StringIO()
        writer = csv.writer(buffer)
        buffer.write(BOM)
        writer.writerow(header)
        for row in rows:
            writer.writerow([safe(cell) for cell in row])
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
        yield buffer.getvalue()

    return StreamingHttpResponse(
        lines(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def xlsx_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """Send the rows as a workbook of one sheet."""
    return workbook_response(name, [Sheet(name, header, rows)])


def workbook_response(name: str, sheets: Iterable[Sheet]) -> HttpResponse:
    """Send the sheets as a workbook, written row by row so that many rows need little memory; decimals are numbers there."""
    file = BytesIO()
    workbook = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, cents = workbook.add_format({"bold": True}), workbook.add_format({"num_format": "0.00"})
    for each in sheets:
        sheet = workbook.add_worksheet(UNTITLED.sub(" ", each.title)[:LONGEST_TITLE])
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, each.header, bold)
        for number, row in enumerate(islice(each.rows, MAX_ROWS), start=1):
            for column, cell in enumerate(row):
                value = "" if cell is None else safe(cell)
                sheet.write(number, column, value, cents if isinstance(cell, Decimal) else None)
    workbook.close()
    return HttpResponse(
        file.getvalue(),
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'},
    )
