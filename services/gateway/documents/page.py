"""A document in the page format of Decree 30/2020/NĐ-CP, Appendix I: A4, margins, type faces and sizes, heading, signature, recipients.

Sizes are points, lengths centimetres. What nobody has said yet stands as dots, to be filled in by hand.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from services.gateway.formats import printable

FACE = "Times New Roman"
BODY, TABLE, RECIPIENTS = 14, 12, 11
WIDTH_CM, HEIGHT_CM = 21.0, 29.7
TOP_CM, BOTTOM_CM, LEFT_CM, RIGHT_CM = 2.0, 2.0, 3.0, 1.5
INDENT_CM = 1.27
DOTS = "…………"

_CENTRE, _LEFT, _RIGHT, _JUSTIFIED = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)


class Document:
    """One document, written from top to bottom."""

    def __init__(self, title: str, *, made_on: date, landscape: bool = False) -> None:
        self._docx = docx.Document()
        self._landscape = landscape
        self._style()
        self._section()
        properties = self._docx.core_properties
        properties.title, properties.author, properties.language = printable(title), "", "vi-VN"
        # the day and not the instant: the same facts give the same document
        properties.created = properties.modified = datetime(made_on.year, made_on.month, made_on.day, tzinfo=UTC)

    def heading(self, *, above: str, issuer: str, number: str, place: str, on: date | None) -> None:
        """The two columns at the top: who issues under whom, the motto of the State, number and symbol beside place and date."""
        table = self._docx.add_table(rows=2, cols=2)
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        left, right = 0.4 * self._text_width, 0.6 * self._text_width
        _widths(table, [left, right])
        agency, motto = table.rows[0].cells
        lines = [(above.upper(), False)] if above else []
        self._centred(agency, [*lines, (issuer.upper(), True)], size=12)
        self._rule(agency.add_paragraph(), left, of=0.4)
        self._centred(motto, [("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", True)], size=12)
        self._put(motto.add_paragraph(), "Độc lập - Tự do - Hạnh phúc", size=13, bold=True, align=_CENTRE)
        self._rule(motto.add_paragraph(), right, of=0.62)
        numbered, dated = table.rows[1].cells
        self._put(numbered.paragraphs[0], number, size=13, align=_CENTRE)
        self._put(dated.paragraphs[0], f"{place}, {day_in_words(on)}", size=13, italic=True, align=_CENTRE)

    def title(self, kind: str, about: str = "") -> None:
        """The kind of document in capitals, and what it is about."""
        self._put(self._paragraph(before=12), kind.upper(), bold=True, align=_CENTRE)
        if about:
            self._put(self._paragraph(), about, bold=True, align=_CENTRE)
        self._rule(self._paragraph(before=3, after=6), self._text_width, of=0.25)

    def notice(self, words: str) -> None:
        """A line that nobody may overlook, such as that figures are an example."""
        self._put(self._paragraph(before=6), words, bold=True, italic=True, align=_CENTRE)

    def bases(self, lines: Sequence[str]) -> None:
        """What the document rests on, in italics: each ends in a semicolon, the last in a full stop."""
        for n, line in enumerate(lines, 1):
            self._put(self._body(), f"{line}{'.' if n == len(lines) else ';'}", italic=True)

    def part(self, words: str) -> None:
        """The heading of a part: "I. THÀNH PHẦN"."""
        paragraph = self._body()
        paragraph.paragraph_format.keep_with_next = True
        self._put(paragraph, words, bold=True)

    def text(self, words: str, *, last: bool = False) -> None:
        """A paragraph; the last one carries the end mark. One with dots to fill in is not stretched to both margins."""
        self._put(self._body(), f"{words.rstrip('.')}./." if last else words, align=_LEFT if "…" in words else _JUSTIFIED)

    def small(self, words: str) -> None:
        """A paragraph for whoever looks for it, such as digests to compare: they break at the margin, wherever that is."""
        self._put(self._paragraph(before=6, after=6), words, size=RECIPIENTS, italic=True, align=_LEFT)

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float], *, numbers: Sequence[int] = ()) -> None:
        """A table whose head is repeated on each page, with a row of column numbers; columns in `numbers` are set to the right.

        widths: shares of the text's width, of any sum.
        """
        table = self._docx.add_table(rows=0, cols=len(head))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        for n, cells in enumerate([head, [f"({column})" for column in range(1, len(head) + 1)], *rows]):
            row = table.add_row()
            _property(row._tr.get_or_add_trPr(), "w:cantSplit")
            if n == 0:  # of two such rows LibreOffice loses what follows them at the end of a page
                _property(row._tr.get_or_add_trPr(), "w:tblHeader")
            for column, (cell, words) in enumerate(zip(row.cells, cells, strict=True)):
                align = _CENTRE if n < 2 else _RIGHT if column in numbers else _LEFT
                self._put(cell.paragraphs[0], words, size=TABLE, bold=n == 0, italic=n == 1, align=align)
                cell.paragraphs[0].paragraph_format.keep_with_next = n < 2
        _widths(table, [self._text_width * width / sum(widths) for width in widths])
        self._paragraph(after=0)

    def signatures(self, *signatories: tuple[str, str]) -> None:
        """Who signs, side by side, one alone on the right: what they sign as ("TM. HỘI NGHỊ") and their post. Names are left to them."""
        table = self._docx.add_table(rows=1, cols=max(2, len(signatories)))
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        _property(table.rows[0]._tr.get_or_add_trPr(), "w:cantSplit")
        for cell, (authority, post) in zip(table.rows[0].cells[-len(signatories) :], signatories, strict=True):
            self._centred(cell, [(authority.upper(), True), (post.upper(), True)], size=BODY)
            for _ in range(4):
                self._put(cell.add_paragraph(), "", align=_CENTRE)
            self._put(cell.add_paragraph(), DOTS, bold=True, align=_CENTRE)

    def recipients(self, lines: Sequence[str]) -> None:
        """Nơi nhận, with the archive last."""
        self._put(self._paragraph(before=12), "Nơi nhận:", size=12, bold=True, italic=True, align=_LEFT)
        for line in (*lines, "Lưu: VT."):
            self._put(self._paragraph(), f"- {line}", size=RECIPIENTS, align=_LEFT)

    def to_bytes(self) -> bytes:
        """The document as a .docx file."""
        target = io.BytesIO()
        self._docx.save(target)
        return target.getvalue()

    @property
    def _text_width(self) -> float:
        return (HEIGHT_CM if self._landscape else WIDTH_CM) - LEFT_CM - RIGHT_CM

    def _style(self) -> None:
        style: Any = self._docx.styles["Normal"]
        style.font.name, style.font.size = FACE, Pt(BODY)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(script), FACE)
        style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)

    def _section(self) -> None:
        section = self._docx.sections[0]
        if self._landscape:
            section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = (Cm(HEIGHT_CM), Cm(WIDTH_CM)) if self._landscape else (Cm(WIDTH_CM), Cm(HEIGHT_CM))
        section.top_margin, section.bottom_margin = Cm(TOP_CM), Cm(BOTTOM_CM)
        section.left_margin, section.right_margin = Cm(LEFT_CM), Cm(RIGHT_CM)
        section.header_distance = Cm(1.0)
        section.different_first_page_header_footer = True  # the first page bears no number
        number = section.header.paragraphs[0]
        number.alignment = _CENTRE
        run = number.add_run()
        run.font.size = Pt(13)
        for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
            piece = OxmlElement("w:instrText" if kind is None else "w:fldChar")
            if kind is None:
                piece.text = text
            else:
                piece.set(qn("w:fldCharType"), kind)
            run._r.append(piece)

    def _paragraph(self, *, before: float = 0, after: float = 0) -> Paragraph:
        paragraph = self._docx.add_paragraph()
        paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(before), Pt(after)
        return paragraph

    def _body(self) -> Paragraph:
        paragraph = self._paragraph(after=6)
        paragraph.paragraph_format.first_line_indent = Cm(INDENT_CM)
        paragraph.paragraph_format.line_spacing = 1.15
        return paragraph

    def _put(
        self,
        paragraph: Paragraph,
        words: str,
        *,
        size: float = BODY,
        bold: bool = False,
        italic: bool = False,
        align: WD_ALIGN_PARAGRAPH = _JUSTIFIED,
    ) -> None:
        run = paragraph.add_run(printable(words))
        run.font.size, run.bold, run.italic = Pt(size), bold, italic
        paragraph.alignment = align

    def _centred(self, cell: _Cell, lines: Sequence[tuple[str, bool]], *, size: float) -> None:
        for n, (words, bold) in enumerate(lines):
            paragraph = cell.paragraphs[0] if n == 0 else cell.add_paragraph()
            self._put(paragraph, words, size=size, bold=bold, align=_CENTRE)

    def _rule(self, paragraph: Paragraph, width: float, *, of: float) -> None:
        """A thin line in the middle, over this share of the width (cm) at hand."""
        self._put(paragraph, "", size=4, align=_CENTRE)
        side = Cm(width * (1 - of) / 2)
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = side
        borders = OxmlElement("w:pBdr")
        top = OxmlElement("w:top")
        for name, value in (("w:val", "single"), ("w:sz", "6"), ("w:space", "1"), ("w:color", "000000")):
            top.set(qn(name), value)
        borders.append(top)
        paragraph._p.get_or_add_pPr().append(borders)


def day_in_words(on: date | None) -> str:
    """ngày 05 tháng 02 năm 2026: a nought before days under 10 and the months 1 and 2; dots where the day is not known.

    >>> day_in_words(date(2026, 2, 5)), day_in_words(date(2026, 11, 22))
    ('ngày 05 tháng 02 năm 2026', 'ngày 22 tháng 11 năm 2026')
    """
    if on is None:
        return "ngày … tháng … năm …"
    month = f"{on.month:02}" if on.month < 3 else str(on.month)
    return f"ngày {on.day:02} tháng {month} năm {on.year}"


def _widths(table: Table, widths: Sequence[float]) -> None:
    """Set the columns' widths (cm), for the grid and for each cell: word processors differ in which of them they read."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
        for cell in column.cells:
            cell.width = Cm(width)


def _property(properties: Any, name: str) -> None:
    properties.append(OxmlElement(name))
