"""Pictures as cameras, scanners and drawing programs write them: what they note beside the picture goes, the picture stays."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from PIL import Image, ImageChops

from shared import files, traces
from shared.traces import metafiles, pictures
from tests.shared import given_files as the

AN = the.AN.encode()
NAME = "word/media/image1.emf"


def _segment(marker: int, said: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(said) + 2) + said


SMALL_PICTURES = {
    "in the head": the.JPEG[:2] + _segment(0xE0, the.JPEG[6:18] + b"\x01\x01" + AN[:3]) + the.JPEG[20:],
    "beside it": the.JPEG[:20] + _segment(0xE0, b"JFXX\0\x10" + AN) + the.JPEG[20:],
    "of a camera": the.JPEG[:20] + _segment(0xE0, b"AVI1" + AN) + the.JPEG[20:],
    "of another program": the.JPEG[:20] + _segment(0xEE, b"Ducky" + AN) + the.JPEG[20:],
    "IPTC": the.JPEG[:20] + _segment(0xED, b"Photoshop 3.0\0" + AN) + the.JPEG[20:],
    "XMP": the.JPEG[:20] + _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + AN) + the.JPEG[20:],
    "profile": the.JPEG[:20] + _segment(0xE2, b"ICC_PROFILE\0" + AN) + the.JPEG[20:],
}


@pytest.mark.parametrize("content", SMALL_PICTURES.values(), ids=SMALL_PICTURES)
def test_a_photograph_is_left_with_its_picture(content: bytes) -> None:
    assert traces.found(content, files.JPEG) == ["segments"]
    assert traces.stripped(content, files.JPEG) == the.JPEG


def _gif() -> bytes:
    made = io.BytesIO()
    frames = [Image.radial_gradient("L").resize((24, 12)).rotate(turn) for turn in (0, 90)]
    frames[0].save(made, "GIF", save_all=True, append_images=frames[1:], comment=AN, loop=0)
    return made.getvalue()


def test_a_moving_picture_moves_on_without_its_comment() -> None:
    content = _gif() + AN
    content = content.replace(b"!\xff\x0bNETSCAPE2.0", b"!\xff\x0bXMP DataXMP" + bytes((len(AN),)) + AN + b"\0!\xff\x0bNETSCAPE2.0", 1)
    bare = pictures.stripped(content, pictures.GIF)
    assert (AN in content, AN in bare) == (True, False)
    assert (pictures.found(content, pictures.GIF), pictures.found(bare, pictures.GIF)) == (["extensions"], [])
    was, now = Image.open(io.BytesIO(content)), Image.open(io.BytesIO(bare))
    assert (was.n_frames, was.info["loop"]) == (now.n_frames, now.info["loop"]) == (2, 0)  # type: ignore[attr-defined]
    for frame in range(2):
        was.seek(frame)
        now.seek(frame)
        assert ImageChops.difference(was.convert("RGB"), now.convert("RGB")).getbbox() is None


@pytest.mark.parametrize("end", [5, 20, -2])
def test_half_a_moving_picture_is_refused(end: int) -> None:
    with pytest.raises(files.FileBroken):
        pictures.stripped(_gif()[:end], pictures.GIF)


def _record(kind: int, said: bytes) -> bytes:
    said += bytes(-len(said) % 4)
    return struct.pack("<II", kind, len(said) + 8) + said


def _plus(kind: int, said: bytes) -> bytes:
    said += bytes(-len(said) % 4)
    return struct.pack("<HHII", kind, 0, len(said) + 12, len(said)) + said


def _emf(*records: bytes) -> bytes:
    """A drawing of a line, described as An's, with more records."""
    described = f"Visio\0{the.AN}\0\0".encode("utf-16-le")
    body = struct.pack("<4i4i", 0, 0, 9, 9, 0, 0, 9, 9) + metafiles.EMF_MARK + bytes(16)
    head = body + struct.pack("<II", len(described) // 2, 108) + bytes(108 - 8 - len(body) - 8) + described
    return b"".join((_record(1, head), *records, _record(54, struct.pack("<2i", 5, 5)), _record(14, bytes(12))))


PLUS = b"EMF+" + _plus(0x4001, bytes(16)) + _plus(0x4003, AN) + _plus(0x4002, b"")
DRAWINGS = {
    "described": _emf(),
    "noted": _emf(_record(70, struct.pack("<I", len(AN)) + AN)),
    "noted in the newer records": _emf(_record(70, struct.pack("<I", len(PLUS)) + PLUS)),
    "after its end": _emf() + AN,
    "older": b"\x01\x00\x09\x00" + bytes(14) + struct.pack("<IHHH", 12, 0x0626, 0x0F, 14) + AN + b"\0" + b"\x03\0\0\0\0\0",
    "older, placed": metafiles.WMF_PLACEABLE
    + bytes(18)
    + b"\x01\x00\x09\x00"
    + bytes(14)
    + struct.pack("<IHHH", 12, 0x0626, 0x0F, 14)
    + AN
    + b"\0\x03\0\0\0\0\0",
}


@pytest.mark.parametrize("content", DRAWINGS.values(), ids=DRAWINGS)
def test_a_drawing_keeps_its_records_and_forgets_its_maker(content: bytes) -> None:
    bare = metafiles.bare(content, NAME)
    for name in (AN, the.AN.encode("utf-16-le")):
        assert name not in bare
    assert len(bare) == len(content.removesuffix(AN))
    assert all(now in (was, 0) for was, now in zip(content, bare, strict=False))
    assert metafiles.bare(bare, NAME) == bare
    held = the.holding(the.DOCX_OF_AN, **{NAME: content})
    assert NAME in traces.found(held, files.DOCX)
    with zipfile.ZipFile(io.BytesIO(traces.stripped(held, files.DOCX))) as package:
        assert package.read(NAME) == bare


def test_the_newer_records_of_a_drawing_stay() -> None:
    bare = metafiles.bare(DRAWINGS["noted in the newer records"], NAME)
    assert PLUS.replace(AN, bytes(len(AN))) in bare


@pytest.mark.parametrize(
    "content",
    [
        _emf()[:-20],
        _emf(b"\x46\0\0\0\xff\xff\xff\xff"),
        _emf(b"\x46\0\0\0\0\0\0\0"),
        _emf(_record(81, the.JPEG_OF_AN)),
        b"\x01\x00\x09\x00" + bytes(20),
    ],
    ids=["cut off", "too long", "of no length", "a photograph in it", "older, without end"],
)
def test_a_drawing_that_cannot_be_cleaned_is_refused(content: bytes) -> None:
    with pytest.raises(files.FileUnclean):
        metafiles.bare(content, NAME)
