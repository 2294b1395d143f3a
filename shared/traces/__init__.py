"""What in a file names who made it (siêu dữ liệu): found, and taken out, for passes in which the makers are not to be known.

Taken out, so that the file still opens and shows what it showed:

- of a Word or Excel file properties, thumbnails, custom parts, signatures, printer settings, the log of a shared workbook, labels and
  task panes; names in tracked changes, comments and their beginnings, reservations, scenarios, pivot tables and the list of people; views
  that bear their user's name; the numbers by which Word tells whose sitting a line is of (rsid) and which document it is; variables and
  the source of a mail merge; sources of data, templates and links that are no web address or lie in somebody's own store; names of
  pictures that are names of files; a user's folder in formulas, names and fields; what the package itself notes of its parts;
- of a PDF its description and its XMP, those of objects in it too, who annotated, signed and licensed it, what programs keep for
  themselves, earlier revisions, its identifier, paths of linked files;
- of JPEG, PNG and GIF everything but the picture (EXIF, IPTC, XMP, profiles, thumbnails, comments, what follows the end), of EMF and WMF
  description and comments; in documents and PDF files as well as by themselves. A photograph is turned as it was shown.

Refused, as nobody can say what it names (FileUnclean, FileCarriesFiles): OLE objects and other files within, controls, forms of XFA,
pictures of another kind, XML with a document type or in another encoding than UTF-8. Documents and workbooks within are looked into.

What a reader sees on the page is not touched: a name in the text stays, and is for whoever writes the text to leave out. So do alternative
texts, web addresses, fields as they were last shown, typefaces, and when something was changed or said.
"""

from __future__ import annotations

from shared.files import DOCX, PDF, XLSX
from shared.traces import packages, pdf, pictures

__all__ = ["found", "stripped"]


def stripped(content: bytes, kind: str) -> bytes:
    """The file without what names its makers; a file that names nobody may come back as it was. Raises FileRefused.

    kind: as `files.kind_of` found it. A signature in a file is no longer valid.
    """
    if kind == PDF:
        return pdf.stripped(content)
    if kind in (DOCX, XLSX):
        return packages.stripped(content)
    return pictures.stripped(content, kind)


def found(content: bytes, kind: str) -> list[str]:
    """Where in the file its makers are named; nothing in one that was stripped. Raises FileRefused."""
    if kind == PDF:
        return pdf.found(content)
    if kind in (DOCX, XLSX):
        return packages.found(content)
    return pictures.found(content, kind)
