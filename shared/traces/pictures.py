"""Pictures without what describes them, bit for bit as they show: what says who took, made or changed them stands beside the picture."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from PIL import Image, ImageOps

from shared.bounds import EVIDENCE_PIXELS_MAX
from shared.files import JPEG, PNG, FilePixels, broken

GIF = "image/gif"

_PNG_HEAD = 8
_PNG_SHOWN = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"pHYs", b"bKGD"})
"""The chunks of a PNG that are needed to show it."""

_ORIENTATION = 0x0112  # the EXIF entry that says how a photograph is to be turned
_JPEG_QUALITY = 95
_JPEG_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
"""A marker within a scan: neither a byte that was escaped nor one at which a decoder may begin anew."""

_JFIF_BYTES = 18
"""Of the segment by which a JPEG says that it is one; what is longer holds a small picture of what it once showed."""

_GIF_HEAD = 13
_GIF_LOOPS = (b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0")
"""The notes of programs that say how often a moving picture is repeated."""


def stripped(content: bytes, kind: str) -> bytes:
    """The picture alone. Raises FileRefused."""
    if kind == GIF:
        return _gif_bare(content)
    bare = _png_bare if kind == PNG else jpeg_bare
    if kind == PNG and not any(name == b"eXIf" for _, _, name in _png_chunks(content)):
        return bare(content)
    picture = _opened(content)
    if picture.getexif().get(_ORIENTATION, 1) == 1:
        return bare(content)
    made = io.BytesIO()
    try:
        turned = ImageOps.exif_transpose(picture)
    except (OSError, ValueError, SyntaxError) as error:
        raise broken() from error
    turned.info = {}
    turned.save(made, "PNG" if kind == PNG else "JPEG", quality=_JPEG_QUALITY, exif=b"")
    return bare(made.getvalue())


def found(content: bytes, kind: str) -> list[str]:
    """Where a picture says something beside what it shows. Raises FileRefused."""
    if kind == JPEG:
        return [] if jpeg_bare(content) == content else ["segments"]
    if kind == PNG:
        return [] if _png_bare(content) == content else ["chunks"]
    return [] if _gif_bare(content) == content else ["extensions"]


def _opened(content: bytes) -> Image.Image:
    """A picture of which the head alone has been read."""
    try:
        picture = Image.open(io.BytesIO(content), formats=("JPEG", "PNG"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise broken() from error
    if picture.width * picture.height > EVIDENCE_PIXELS_MAX:
        most = EVIDENCE_PIXELS_MAX // 1_000_000
        raise FilePixels(f"The picture has more than {most} million pixels; make it smaller, or scan it with fewer dots.", most=most)
    return picture


def _png_bare(content: bytes) -> bytes:
    """A PNG without chunks that are not needed to show it, and what follows its end."""
    return content[:_PNG_HEAD] + b"".join(content[start:end] for start, end, name in _png_chunks(content) if name in _PNG_SHOWN)


def _png_chunks(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The chunks of a PNG as start, end and name. Raises FileRefused."""
    at = _PNG_HEAD
    while at + 12 <= len(content):
        name, end = content[at + 4 : at + 8], at + 12 + int.from_bytes(content[at : at + 4])
        if end > len(content):
            break
        yield at, end, name
        if name == b"IEND":
            return
        at = end
    raise broken()


def jpeg_bare(content: bytes) -> bytes:
    """A JPEG without the segments of applications and comments, and what follows its end. Raises FileRefused."""
    kept = [content[:2]]
    for start, end, marker in _jpeg_segments(content):
        said = content[start + 4 : end]
        if marker == 0xE0 and said.startswith(b"JFIF\0") and end - start >= _JFIF_BYTES:
            kept.append(content[start : start + 2] + b"\x00\x10" + content[start + 4 : start + _JFIF_BYTES - 2] + b"\x00\x00")
        elif (marker == 0xEE and said.startswith(b"Adobe")) or not (0xE0 <= marker <= 0xEF or marker == 0xFE):  # Adobe: its colours
            kept.append(content[start:end])
    return b"".join(kept)


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """The segments of a JPEG after its first two bytes, as start, end and marker; a scan is one with what it shows. Raises FileRefused."""
    at = 2
    while at + 2 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        if marker == 0xD9:
            yield at, at + 2, marker
            return
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4])
        if marker == 0xDA:
            following = _JPEG_MARKER.search(content, end)
            end = following.start() if following else len(content)
        yield at, end, marker
        at = end
    raise broken()


def _gif_bare(content: bytes) -> bytes:
    """A GIF without comments, the notes of programs, and what follows its end. Raises FileRefused."""
    at = _GIF_HEAD + _colours(content, _GIF_HEAD - 3)
    kept = [content[:at]]
    while at < len(content):
        if content[at] == 0x3B:
            kept.append(content[at : at + 1])
            return b"".join(kept)
        drawn = content[at] == 0x2C
        if not drawn and content[at] != 0x21:
            break
        end = _blocks_end(content, at + 11 + _colours(content, at + 9) if drawn else at + 2)
        noted = not drawn and (content[at + 1] == 0xFE or (content[at + 1] == 0xFF and not content.startswith(_GIF_LOOPS, at + 2)))
        if not noted:
            kept.append(content[at:end])
        at = end
    raise broken()


def _colours(content: bytes, at: int) -> int:
    """Bytes of the table of colours that these flags of a GIF announce."""
    flags = content[at] if at < len(content) else 0
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _blocks_end(content: bytes, at: int) -> int:
    while at < len(content):
        if content[at] == 0:
            return at + 1
        at += 1 + content[at]
    raise broken()
