"""The XML in packages of Word and Excel without what names somebody: bytes for bytes, so that all else stays as its program wrote it."""

from __future__ import annotations

import html
import posixpath
import re

from shared.files import unclean

NAMING_PARTS = re.compile(
    r"(docProps|_xmlsignatures|customXml|docMetadata|customUI|userCustomization|Thumbnails|package/services)/"
    r"|(word|xl)/(printerSettings|revisions|webextensions)/",
    re.ASCII | re.IGNORECASE,
)
"""Parts of a package that say who made it, signed it, printed it or filed it."""

_VALUE = rb"""\s*=\s*(?:"[^"]*"|'[^']*')"""
_TAG = rb"<(?:[A-Za-z0-9]+:)?(?:%b)\s[^<>]*>"
"""A tag ends at the next bracket, whichever: looked for beyond it, a file of tags that never end would take hours."""

_NAMING_WORDS = re.compile(
    rb"(\s(?:[A-Za-z0-9]+:)?(?:author|initials|lastModifiedBy|refreshedBy|userName|userId|userProvider|providerId|ed|securityDescriptor"
    rb"|sourceFile|odcFile|connection|localConnection)\s*=\s*)(?:\"[^\"]*\"|'[^']*')"
)
"""Attributes that name somebody: in changes, comments and their people, in reservations and sources of data, which have user and folder."""

_NAMING_IN = [
    (re.compile(_TAG % tags), re.compile(rb"(\s(?:[A-Za-z0-9]+:)?(?:%b)\s*=\s*)(?:\"[^\"]*\"|'[^']*')" % words))
    for tags, words in (
        (rb"scenario", rb"user|comment"),
        (rb"person", rb"displayName"),
        (rb"absPath", rb"url"),
        (rb"imagedata", rb"title"),
    )
]
"""Attributes that do so in these tags only: the folder in which Excel had the file is as a rule one of its user's."""

_NUMBERS = re.compile(rb"\s(?:[A-Za-z0-9]+:)?rsid[A-Za-z]*" + _VALUE)
"""By which Word tells whose sitting a line is of; the same in all that was written in one."""

_SHAPES = re.compile(_TAG % rb"docPr|cNvPr|shape|imagedata")
_FILE_NAMES = re.compile(
    rb"""(\s(?:[A-Za-z0-9]+:)?(?:name|descr|title|alt)\s*=\s*)(?:"[^"]*\.[A-Za-z][A-Za-z0-9]{2,3}"|'[^']*\.[A-Za-z][A-Za-z0-9]{2,3}')"""
)
"""What a picture is called after its file, and where that lay."""

_LEFT_OUT = re.compile(
    rb"<((?:[A-Za-z0-9]+:)?(?:rsids|docVars|mailMerge|docId|revisionPtr|customWorkbookViews|customSheetViews|securityDescriptor"
    rb"|printerSettings))(?:[\s/][^<>]*)?>"
)
"""Elements that say who wrote when and from what, and which document it is; views are called after their users."""

_PRINTED = re.compile(rb"(<(?:[A-Za-z0-9]+:)?pageSetup\s[^<>]*?)\s[A-Za-z0-9]+:id" + _VALUE)
_AUTHOR = re.compile(rb"(<(?:[A-Za-z0-9]+:)?author(?:\s[^<>]*)?>)([^<]*)(?=</)")
_SAID_BY = re.compile(rb">([^<>:]+):")

_FOLDER = re.compile(
    rb"<(?:[A-Za-z0-9]+:)?[tv](?:\s[^<>]*)?>[^<]*"
    rb"|((?:(?<![A-Za-z])[A-Za-z]:|file:/)[\\/]+(?:Users|home|Documents(?: |%20)and(?: |%20)Settings)[\\/]+)[^\\/\"'<>|&]+"
)
"""A user's folder, wherever but in a text that is shown."""

_FIELD = re.compile(rb"<(?:[A-Za-z0-9]+:)?instrText(?:\s[^<>]*)?>[^<]*|\s(?:[A-Za-z0-9]+:)?instr" + _VALUE)
_LOCAL = re.compile(rb"(?:(?<![A-Za-z])[A-Za-z]:|\\\\|file:)[\\/][^\"'<&]*")

_RELATION = re.compile(_TAG % rb"Relationship")
_OVERRIDE = re.compile(_TAG % rb"Override")
_TARGET = re.compile(rb"""(\sTarget\s*=\s*)(?:"([^"]*)"|'([^']*)')""")
_PART_NAME = re.compile(rb"""(\sPartName\s*=\s*)(?:"([^"]*)"|'([^']*)')""")
_ELSEWHERE = re.compile(rb"""\sTargetMode\s*=\s*["']External["']""")
_ADDRESS = re.compile(rb"(https?|mailto):", re.IGNORECASE)
_OWN_STORE = re.compile(
    rb"-my\.sharepoint\.com|d\.docs\.live\.net|/(?:attachedTemplate|externalLink\w*|oleObject|mailMerge\w*)[\"']", re.IGNORECASE
)
"""Somebody's own store on the net; and what is fetched from an address that no reader sees."""

_NOBODY = b'"-"'
_UTF8 = (b"utf-8", b"us-ascii")
_ENCODING = re.compile(rb"""<\?xml[^<>]*?\sencoding\s*=\s*["']([^"']*)["']""")


def bare(content: bytes, name: str) -> bytes:
    """A part without attributes and elements that name somebody, and without pointers to parts that are left out.

    name: of the part in its package. Raises FileUnclean for XML that may say something in a way that is not looked for here.
    """
    content = _simple(content, name)
    if name.endswith(".rels"):
        return _related(content, name)
    if name == "[Content_Types].xml":
        return _OVERRIDE.sub(_listed, content)
    content = _without(content, name)
    content = _NUMBERS.sub(b"", _PRINTED.sub(rb"\g<1>", content))
    content = _NAMING_WORDS.sub(rb"\g<1>" + _NOBODY, content)
    for tag, words in _NAMING_IN:
        content = tag.sub(lambda found, words=words: words.sub(rb"\g<1>" + _NOBODY, found[0]), content)  # type: ignore[misc]
    content = _SHAPES.sub(lambda found: _FILE_NAMES.sub(rb"\g<1>" + _NOBODY, found[0]), content)
    content = _FIELD.sub(lambda found: _LOCAL.sub(b"-", found[0]), content)
    content = _FOLDER.sub(lambda found: found[1] + b"-" if found[1] else found[0], content)
    return _commented(content)


def _simple(content: bytes, name: str) -> bytes:
    """XML in UTF-8 of elements and text alone: remarks are left out, texts that are marked as such become plain ones."""
    said = _ENCODING.match(content.removeprefix(b"\xef\xbb\xbf"))
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content or (said and said[1].lower() not in _UTF8):
        raise unclean(name)
    kept, at = [], 0
    while (begins := content.find(b"<!", at)) >= 0:
        kept.append(content[at:begins])
        remark = content.startswith(b"<!--", begins)
        if not remark and not content.startswith(b"<![CDATA[", begins):
            raise unclean(name)
        within, end = (begins + 4, b"-->") if remark else (begins + 9, b"]]>")
        if (ends := content.find(end, within)) < 0:
            raise unclean(name)
        kept.append(b"" if remark else html.escape(content[within:ends].decode(errors="replace"), quote=False).encode())
        at = ends + 3
    return b"".join((*kept, content[at:]))


def _without(content: bytes, name: str) -> bytes:
    """Without the elements that are left out, and all that is in them."""
    kept, at = [], 0
    while (begins := _LEFT_OUT.search(content, at)) is not None:
        kept.append(content[at : begins.start()])
        at = begins.end()
        if not begins[0].endswith(b"/>"):
            closing = b"</" + begins[1] + b">"
            if (ends := content.find(closing, at)) < 0:
                raise unclean(name)
            at = ends + len(closing)
    return b"".join((*kept, content[at:]))


def _commented(content: bytes) -> bytes:
    """Comments of Excel without their authors: in the list of these, and where the program has put the name before what was said."""
    names = {author[2] for author in _AUTHOR.finditer(content)} - {b"", b"-"}
    if not names:
        return content
    content = _SAID_BY.sub(lambda said: b">-:" if said[1] in names else said[0], content)
    return _AUTHOR.sub(rb"\g<1>-", content)


def _related(content: bytes, name: str) -> bytes:
    folder = posixpath.dirname(posixpath.dirname(name))

    def kept(relation: re.Match[bytes]) -> bytes:
        said = _TARGET.search(relation[0])
        named = (said[2] or said[3] or b"") if said else b""
        if _ELSEWHERE.search(relation[0]):
            shown = _ADDRESS.match(named) and not _OWN_STORE.search(relation[0])
            return relation[0] if shown else _TARGET.sub(rb"\g<1>" + _NOBODY, relation[0])
        target = posixpath.normpath(posixpath.join("/", folder, named.decode(errors="replace"))).lstrip("/")
        return b"" if NAMING_PARTS.match(target) else relation[0]

    return _RELATION.sub(kept, content)


def _listed(override: re.Match[bytes]) -> bytes:
    said = _PART_NAME.search(override[0])
    named = (said[2] or said[3] or b"") if said else b""
    return b"" if NAMING_PARTS.match(named.decode(errors="replace").lstrip("/")) else override[0]
