"""Identifiers that never collide between sites: UUIDv7 (RFC 9562), ordered by the time they were made."""

from __future__ import annotations

import uuid

import uuid_utils


def new_id() -> str:
    """A new UUIDv7 in its 36-letter form."""
    return str(uuid_utils.uuid7())


def derived_id(namespace: str, name: str) -> str:
    """The same id for the same words, so that a step of an import that runs again is the same command again (UUIDv5)."""
    return str(uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_OID, namespace), name))
