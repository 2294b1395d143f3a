"""A file that is brought, looked at and then recorded: it travels with its preview, so that nothing is kept here between the two."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import Any

from flask import request

from shared.errors import ValidationFailed


def content() -> bytes:
    """The file that was just chosen, or the one that travelled with the preview. Raises ValidationFailed where there is neither."""
    file = request.files.get("file")
    if file is not None and file.filename:
        return file.read()
    try:
        found = base64.b64decode(request.form.get("content", ""), validate=True)
    except binascii.Error:
        found = b""
    if not found:
        raise ValidationFailed("No file was chosen.", errors=[{"at": "file", "message": "Choose a file."}])
    return found


def carried(found: bytes) -> str:
    """The file as the preview's form carries it."""
    return base64.b64encode(found).decode()


def digest_of(asked: Any) -> str:
    """Of what a file asks for, as plain data: what is recorded is what was shown, or nothing."""
    return hashlib.sha256(json.dumps(asked, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
