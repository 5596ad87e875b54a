"""Rows as CSV and XLSX, safe to open: a cell that looks like a formula is text."""

import csv
import datetime as dt
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone

type Cell = str | int | float | dt.datetime | None

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
BOM = "\ufeff"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def safe(cell: Cell) -> Cell:
    """Return the cell as a spreadsheet may read it: local time as text, and formulas as plain text."""
    if isinstance(cell, dt.datetime):
        return f"{timezone.localtime(cell):%Y-%m-%d %H:%M:%S}"
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


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
        lines(), content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def xlsx_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> FileResponse:
    """Send the rows as a workbook, written row by row to a temporary file."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- FileResponse closes it
    workbook = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = workbook.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, header, workbook.add_format({"bold": True}))
    for number, row in enumerate(rows, start=1):
        sheet.write_row(number, 0, ["" if cell is None else safe(cell) for cell in row])
    workbook.close()
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
