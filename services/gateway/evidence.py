"""Files of evidence on their way: from a visitor into the blob store and to the sheet, and back; page and API alike."""

from __future__ import annotations

import io
import unicodedata
from pathlib import PurePosixPath
from typing import Any, cast

from flask import Response, current_app, request, send_file

from services.gateway.network import command, query
from services.gateway.offload import beside
from shared import files, traces
from shared.blobs import Blobs
from shared.bounds import EVIDENCE_BYTES_MAX, REQUEST_BYTES_MAX

EXTENSION = "commendation.blobs"
NAME_LETTERS_MAX = 150
"""Letters of a file's name: what systems allow in Vietnamese, whose letters take up to three bytes."""

FORM_BYTES_MAX = EVIDENCE_BYTES_MAX + REQUEST_BYTES_MAX
"""Body of a request with a file: somewhat more than is taken, so that a file a little too large is refused in words."""

_ALSO = {files.JPEG: ("jpeg", "jpe")}

Key = dict[str, Any]


def make_room() -> None:
    """Let this request bring a file. Before anything reads its form, which is then refused by its size."""
    request.max_content_length = FORM_BYTES_MAX


def attach(key: Key, item: str, name: str, content: bytes) -> dict[str, Any]:
    """Keep a file and show it for an item of a sheet; key: campaign, unit, pass_key, scorer.

    In a blind pass without what names its makers, its own name included; what was sent is then kept nowhere. Raises FileRefused,
    Unavailable, and what evaluations refuses.
    """
    sheet = query("evaluations", "sheet", **key)
    kind = files.kind_of(content)
    if sheet["blind"]:
        content, name = beside(traces.stripped, content, kind), item
    sha256 = _blobs().put(content)
    return command("evaluations", "attach_evidence", {**key, "item": item, "sha256": sha256, "name": named(name, kind, item)})


def of_unit(campaign: str, unit: str) -> list[dict[str, Any]]:
    """The files that the unit's sheets show, for whoever may adjust its result; refuses all others."""
    return list(query("evaluations", "unit_evidence", campaign=campaign, unit=unit))


def keep(campaign: str, unit: str, content: bytes) -> dict[str, Any]:
    """Keep a file that an adjustment of the unit is going to name: {sha256, media_type, size}; the service is asked first who may.

    Raises FileRefused, Unavailable.
    """
    of_unit(campaign, unit)
    kind = files.kind_of(content)
    return {"sha256": _blobs().put(content), "media_type": kind, "size": len(content)}


def answer(key: Key, item: str, sha256: str) -> Response:
    """A file of a sheet as a download."""
    file = query("evaluations", "evidence", **key, item=item, sha256=sha256)
    return _download(_blobs().get(sha256), file["media_type"], file["name"])


def answer_of_adjustment(campaign: str, unit: str, adjustment: str, sha256: str) -> Response:
    """A file that an adjustment names as a download; its name is not told, its bytes say what it is."""
    query("evaluations", "adjustment_evidence", campaign=campaign, unit=unit, adjustment=adjustment, sha256=sha256)
    content = _blobs().get(sha256)
    kind = files.kind_of(content)
    return _download(content, kind, named("", kind, f"minh-chung-{sha256[:12]}"))


def _download(content: bytes, kind: str, name: str) -> Response:
    """Never shown in place: what somebody sent in does not run under this site's name."""
    made = send_file(io.BytesIO(content), mimetype=kind, as_attachment=True, download_name=name)
    made.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return made


def named(name: str, kind: str, item: str) -> str:
    """A name that every system takes, with the ending of what the file is; of a file without a name that of its item."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = " ".join("".join(letter if letter.isprintable() else " " for letter in last).split()).strip(". ")[-NAME_LETTERS_MAX:].strip()
    ending = files.ENDINGS[kind]
    if PurePosixPath(kept).suffix.lower().lstrip(".") not in (ending, *_ALSO.get(kind, ())):
        kept = f"{kept or item}.{ending}"
    return kept


def _blobs() -> Blobs:
    return cast("Blobs", current_app.extensions[EXTENSION])
