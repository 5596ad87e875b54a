import datetime as dt
from io import BytesIO

import pytest
from django.utils.translation import override
from pypdf import PdfReader

from foundation.pdf import Column, Document, Figure, Figures, Heading, Paragraph, Table, pdf

AT = dt.datetime(2026, 11, 2, 1, 30, 12, 345, tzinfo=dt.UTC)
TABLE = Table(
    [Column("部门", 2), Column("得分", right=True)], [["网络部", "98.50"], ["市场经营部", "#panic() *87.25*"]] * 60, strong=[0]
)
BLOCKS = [Figures([Figure("总分", "92.35")]), Heading("排名"), Paragraph("复核意见：同意。"), TABLE]
DOCUMENT = Document("部门计分卡", BLOCKS, subtitle="2026 年 10 月")


def printed(document: Document = DOCUMENT) -> bytes:
    with override("zh-hans"):
        return pdf(document, printed_by="值班长", at=AT)


def fonts(reader: PdfReader) -> list[dict]:
    found = [page["/Resources"]["/Font"] for page in reader.pages]
    return [font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"] for each in found for font in each.values()]


def test_pdf_says_in_chinese_what_the_document_says_on_numbered_pages() -> None:
    pages = [page.extract_text() for page in PdfReader(BytesIO(printed())).pages]

    assert len(pages) == 3
    for words in ("部门计分卡", "2026 年 10 月", "92.35", "排名", "复核意见：同意。", "网络部", "98.50"):
        assert words in pages[0]
    for number, page in enumerate(pages, start=1):
        assert f"第 {number} 页/共 3 页" in page
        assert "值班长 打印于 2026-11-02 09:30" in page
        assert "部门" in page
        assert "#panic() *87.25*" in page


def test_pdf_embeds_only_the_glyphs_it_uses() -> None:
    file = printed()

    assert {descriptor["/FontName"].rpartition("+")[2] for descriptor in fonts(PdfReader(BytesIO(file)))} == {
        "NotoSansSC-Regular",
        "NotoSansSC-Bold",
    }
    assert all("/FontFile2" in descriptor for descriptor in fonts(PdfReader(BytesIO(file))))
    assert len(file) < 100_000


def test_pdf_is_tagged_titled_and_the_same_when_printed_again() -> None:
    reader = PdfReader(BytesIO(printed()))

    assert printed() == printed()
    assert reader.metadata is not None
    assert reader.metadata.title == "部门计分卡"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"].startswith("zh")


def test_pdf_in_english_numbers_its_pages_in_english() -> None:
    with override("en"):
        file = pdf(Document("Scorecard", [Paragraph("One page.")]), printed_by="Duty officer", at=AT)

    text = PdfReader(BytesIO(file)).pages[0].extract_text()
    assert "Page 1 of 1" in text
    assert "Printed by Duty officer on 2026-11-02 09:30" in text


def test_table_with_a_cell_too_few_is_refused() -> None:
    with pytest.raises(ValueError, match="cell for each column"):
        Table([Column("部门"), Column("得分")], [["网络部"]])


def test_character_that_no_font_has_does_not_hinder_printing() -> None:
    text = PdfReader(BytesIO(printed(Document("备注", [Paragraph("用户说😀很好")])))).pages[0].extract_text()

    assert "很好" in text
