"""Canonical JSON (RFC 8785) of an event's data, by the standard library's encoder wherever that writes the same bytes."""

from __future__ import annotations

import json
from typing import Any

import rfc8785

from shared.bounds import EVENT_BYTES_MAX

_INTEGER_MAX = 2**53 - 1

# Sorted keys without blanks and with letters as they are is what RFC 8785 asks for, but for floats, integers beyond 2^53
# and the order of keys outside ASCII: `_is_plain` leaves these to rfc8785, which is pure Python and five times slower.
_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def canonical_text(data: Any) -> str:
    """The RFC 8785 form of plain JSON data.

    Raises rfc8785.CanonicalizationError for what JSON cannot hold.
    """
    if _is_plain(data):
        text = _encode(data)
        try:
            text.encode()
        except UnicodeEncodeError:
            pass  # half of a surrogate pair: rfc8785 refuses it by name
        else:
            return text
    return bytes(rfc8785.dumps(data)).decode()


def _is_plain(data: object) -> bool:
    # types exactly: a subclass may write itself in its own way
    values = [data]
    for value in values:  # which grows meanwhile by what is inside
        kind = type(value)
        if kind is str or kind is bool or value is None:
            continue
        if isinstance(value, dict) and kind is dict:
            if not all(type(key) is str and key.isascii() for key in value):
                return False
            values += value.values()
        elif isinstance(value, list) and kind is list:
            values += value
        elif not (isinstance(value, int) and kind is int and -_INTEGER_MAX <= value <= _INTEGER_MAX):
            return False
        if len(values) > EVENT_BYTES_MAX:  # too large for an event, or a list that holds itself
            return False
    return True
