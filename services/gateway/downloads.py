"""Answers that a browser saves as a file."""

from __future__ import annotations

from flask import Response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attachment(content: bytes | str, name: str, kind: str = XLSX) -> Response:
    """The answer that holds a file of this name; kind: its content type. The name is of letters that a header carries."""
    answer = Response(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
