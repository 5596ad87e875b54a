"""Printable pages as PDF: A4, Chinese glyphs embedded, tagged for screen readers, fit for the archive (PDF/A-2a, PDF/UA-1).

A page is described by what it says, not by where it stands: `Document` holds `Heading`, `Paragraph`, `Figures` and `Table`.
Only the glyphs that a document uses go into its file. Printed again by the same person at the same time,
the same document is the same file.
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

import typst
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _

FAMILY = "Noto Sans SC"
TEMPLATE = Path(__file__).parent / "printing" / "page.typ"


@dataclass(frozen=True)
class Heading:
    """The head of a section."""

    text: str
    kind: str = field(default="heading", init=False)


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    text: str
    kind: str = field(default="paragraph", init=False)


@dataclass(frozen=True)
class Figure:
    """One key figure and what it is."""

    label: str
    value: str


@dataclass(frozen=True)
class Figures:
    """Key figures side by side, five in a row."""

    items: Sequence[Figure]
    kind: str = field(default="figures", init=False)


@dataclass(frozen=True)
class Column:
    """A column of a table: its head, its share of the width, and whether its cells stand to the right, as numbers do."""

    label: str
    width: float = 1
    right: bool = False


@dataclass(frozen=True)
class Table:
    """A table whose head is repeated on every page; the rows numbered in `strong` are set bold, as sums are."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    strong: Sequence[int] = ()
    kind: str = field(default="table", init=False)

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("Every row has a cell for each column.")


type Block = Heading | Paragraph | Figures | Table


@dataclass(frozen=True)
class Document:
    """What is printed: a title, a line under it, and its blocks from top to bottom."""

    title: str
    blocks: Sequence[Block]
    subtitle: str = ""
    landscape: bool = False


@cache
def _fonts() -> typst.Fonts:
    folders = [folder for folder in settings.PRINT_FONTS if Path(folder).is_dir()]
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
    if FAMILY not in fonts.families():
        raise ImproperlyConfigured(f"No font {FAMILY} in {settings.PRINT_FONTS}: run `npm ci`.")
    return fonts


def _description(document: Document, printed_by: str, at: dt.datetime) -> str:
    lang, _dash, region = (get_language() or settings.LANGUAGE_CODE).partition("-")
    return json.dumps(
        {
            **asdict(document),
            "printed_by": printed_by,
            "lang": lang,
            "region": {"hans": "CN", "hant": "TW"}.get(region),
            "footer": _("Printed by %(person)s on %(time)s")
            % {"person": printed_by, "time": f"{timezone.localtime(at):%Y-%m-%d %H:%M}"},
            "page_of": _("Page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
        }
    )


def pdf(document: Document, *, printed_by: str, at: dt.datetime) -> bytes:
    """Return the document as a PDF in the language that is active; its footer says who printed it and when.

    Text is set as it stands: nothing in it is read as markup. Raises ImproperlyConfigured where the font is not installed.
    """
    description = _description(document, printed_by, at)
    try:
        return _compiled(description, at, archival=True)
    except typst.TypstError:
        # The standards refuse what the font has no glyph for, such as a pictogram in a remark; a box is drawn in its place.
        return _compiled(description, at, archival=False)


def _compiled(description: str, at: dt.datetime, *, archival: bool) -> bytes:
    made = typst.compile(
        TEMPLATE,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"document": description},
        pdf_standards=["a-2a", "ua-1"] if archival else [],
        timestamp=int(at.timestamp()),
    )
    assert isinstance(made, bytes)
    return made


def pdf_response(name: str, document: Document, *, printed_by: str, at: dt.datetime) -> HttpResponse:
    """Send the document as a file called `name`.pdf."""
    disposition = content_disposition_header(as_attachment=True, filename=f"{name}.pdf")
    return HttpResponse(
        pdf(document, printed_by=printed_by, at=at),
        content_type="application/pdf",
        headers={"Content-Disposition": disposition or ""},
    )
