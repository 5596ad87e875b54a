"""A bulletin as a file: the same document as its page, as a PDF and as a workbook."""

from io import BytesIO

import xlsxwriter
from django.utils.translation import gettext as _

from complaints.queries.bulletins import document as read
from complaints.queries.bulletins.document import Cell, Table, Words
from foundation import pdf
from foundation.sheets import safe

#: A sheet's name is at most so long, and has none of these.
MOST, REFUSED = 31, str.maketrans("[]:*?/\\", "       ")


def printed(document: read.Document) -> pdf.Document:
    """Return the bulletin as it is printed."""
    blocks: list[pdf.Block] = []
    for block in document.blocks:
        blocks.append(pdf.Heading(block.title))
        if isinstance(block, Words):
            blocks += [pdf.Paragraph(line) for line in block.text.splitlines() if line.strip()]
            continue
        if block.rows:
            columns = [pdf.Column(column.label, column.width, right=column.is_number) for column in block.columns]
            blocks.append(pdf.Table(columns, [[_printed(cell) for cell in row] for row in block.rows]))
        if block.note:
            blocks.append(pdf.Paragraph(block.note))
    if document.notes:
        blocks.append(pdf.Heading(_("How it is counted")))
        blocks += [pdf.Paragraph(f"{name}: {text}") for name, text in document.notes]
    return pdf.Document(document.title, blocks, subtitle=document.subtitle, landscape=True)


def _printed(cell: Cell) -> str:
    return f"{cell.text}\n{cell.small}" if cell.small else cell.text


def workbook(document: read.Document) -> bytes:
    """Return the bulletin as a workbook: a sheet of its words, and one for each table."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(_sheet_name(_("bulletin")))
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    told = [(document.title, ""), (document.subtitle, ""), *_said(document)]
    for number, (title, text) in enumerate(told):
        sheet.write(number, 0, safe(title), bold)
        sheet.write(number, 1, safe(text), wrapped)
    for block in document.blocks:
        if isinstance(block, Table):
            _write(book, block)
    book.close()
    return file.getvalue()


def _said(document: read.Document) -> list[tuple[str, str]]:
    words = [(block.title, block.text) for block in document.blocks if isinstance(block, Words)]
    return [*words, *document.notes]


def _sheet_name(title: str) -> str:
    return title.translate(REFUSED)[:MOST].strip()


def _write(book: xlsxwriter.Workbook, table: Table) -> None:
    """Write a table; what stands smaller in a cell has a column of its own."""
    sheet = book.add_worksheet(_sheet_name(table.title))
    sheet.freeze_panes(1, 0)
    doubled = {place for row in table.rows for place, cell in enumerate(row) if cell.small}
    bold, at = book.add_format({"bold": True, "text_wrap": True}), 0
    for place, column in enumerate(table.columns):
        sheet.set_column(at, at, 8 + 8 * column.width)
        sheet.write(0, at, safe(column.label), bold)
        if place in doubled:
            sheet.write(0, at + 1, safe(_("%(column)s: of") % {"column": column.label}), bold)
        for number, row in enumerate(table.rows, start=1):
            sheet.write(number, at, _value(row[place].text))
            if place in doubled:
                sheet.write(number, at + 1, safe(row[place].small.removeprefix(" · ")))
        at += 2 if place in doubled else 1
    if table.note:
        sheet.write(len(table.rows) + 2, 0, safe(table.note))


def _value(text: str) -> str | int:
    """Return a count as a number; a rate stays the text that was published, and so does a change with its sign."""
    return int(text) if text.isdecimal() else str(safe(text))
