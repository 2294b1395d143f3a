"""Personal data under a key of the person's own: once the key is destroyed, every copy of the event has forgotten the person.

AES-256-GCM keeps a text secret and whole, but a ciphertext can be made that opens under two keys as two texts. So a commitment goes with
it, SHA-256(purpose || salt || canonical text), and is looked at whenever the text is opened: whoever saw the event can tell later that no
other text was sealed. The salt is sealed with the text, or names could be guessed from the commitment.

A person's key is itself kept wrapped under the key of the site, so that neither a copy of the database nor the site's key opens anything
by itself.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import CommendationError
from shared.ids import new_id
from shared.sealed import Sealed

KEY_BYTES = 32
SALT_BYTES = 32
NONCE_BYTES = 12

WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + 16
"""A wrapped key: nonce, key, tag."""

_WRAPPING = b"commendation/key/1\0"


class SealBroken(CommendationError):
    """What should be opened was not sealed under this key, for this purpose, or has been changed since."""

    code = "seal_broken"


@dataclass(frozen=True, slots=True)
class PersonKey:
    """The key under which one person's data are sealed."""

    id: str
    secret: bytes = field(repr=False)

    @staticmethod
    def new() -> PersonKey:
        return PersonKey(new_id(), secrets.token_bytes(KEY_BYTES))


def seal(key: PersonKey, purpose: str, data: Any) -> Sealed:
    """Seal plain JSON data; `purpose` says what they are ("registry.person"), and they open for no other."""
    text, salt, nonce = bytes(rfc8785.dumps(data)), secrets.token_bytes(SALT_BYTES), secrets.token_bytes(NONCE_BYTES)
    ciphertext = AESGCM(key.secret).encrypt(nonce, salt + text, _bound(purpose, key))
    return Sealed(key.id, _letters(nonce), _letters(ciphertext), _commitment(purpose, salt, text))


def opened(key: PersonKey, purpose: str, sealed: Sealed) -> Any:
    """What was sealed. Raises SealBroken."""
    try:
        plain = AESGCM(key.secret).decrypt(_bytes(sealed.nonce), _bytes(sealed.ciphertext), _bound(purpose, key))
    except (InvalidTag, ValueError) as error:
        raise SealBroken(f"What is sealed under {sealed.key} does not open with key {key.id}.", key=sealed.key) from error
    salt, text = plain[:SALT_BYTES], plain[SALT_BYTES:]
    if not hmac.compare_digest(_commitment(purpose, salt, text), sealed.commitment):
        raise SealBroken(f"What opens with key {key.id} is not what was committed to.", key=sealed.key)
    return json.loads(text)


def marked(key: PersonKey, purpose: str, data: Any) -> str:
    """The mark of data, the same for the same: to tell a repeated command. Nobody can look for it by guessing who lacks the key."""
    marking = hmac.digest(key.secret, b"commendation/mark/1\0" + purpose.encode(), hashlib.sha256)
    return hmac.new(marking, rfc8785.dumps(data), hashlib.sha256).hexdigest()


def wrap(site_key: bytes, key: PersonKey) -> bytes:
    """A person's key as it is kept: WRAPPED_BYTES that only the site's key opens, and only as the key of this id."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(site_key).encrypt(nonce, key.secret, _WRAPPING + key.id.encode())


def unwrap(site_key: bytes, identity: str, wrapped: bytes) -> PersonKey:
    """The key that was wrapped. Raises SealBroken."""
    try:
        return PersonKey(identity, AESGCM(site_key).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _WRAPPING + identity.encode()))
    except (InvalidTag, ValueError) as error:
        raise SealBroken(f"Key {identity} does not open with the key of this site.", key=identity) from error


def new_site_key() -> str:
    """A new key of a site, as the letters that its file holds."""
    return _letters(secrets.token_bytes(KEY_BYTES))


def site_key_of(letters: str) -> bytes:
    """The key that a site's file holds. Raises ValueError for what is none."""
    key = _bytes(letters.strip())
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key of a site has {KEY_BYTES} bytes, not {len(key)}")
    return key


def fingerprint(site_key: bytes) -> str:
    """What tells one site's key from another and says nothing of either."""
    return hmac.digest(site_key, b"commendation/fingerprint/1", hashlib.sha256).hex()


def _bound(purpose: str, key: PersonKey) -> bytes:
    return f"{purpose}\0{key.id}".encode()


def _commitment(purpose: str, salt: bytes, text: bytes) -> str:
    return hashlib.sha256(purpose.encode() + b"\0" + salt + text).hexdigest()


def _letters(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode("ascii")


def _bytes(letters: str) -> bytes:
    return base64.b64decode(letters, altchars=b"-_", validate=True)
