"""What an event holds in the place of personal data. The key to it is kept elsewhere; see `shared.sealing`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sealed:
    """Data sealed under a key of one person.

    key: the id of that key; nonce, ciphertext: of AES-256-GCM, as base64url; commitment: SHA-256, as hexadecimal digits, to the one text
    that was sealed, for the ciphertext alone does not bind.
    """

    key: str
    nonce: str
    ciphertext: str
    commitment: str
