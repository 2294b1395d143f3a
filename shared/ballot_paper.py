"""The paper of a secret ballot (phiếu kín) on its way from whoever takes the vote to the box: sealed, and of one length whatever it says.

It is sealed to the ballot's public key (X25519, HKDF-SHA256, AES-256-GCM) with a key pair made for this paper and forgotten. So brokers,
their disks and their dead letters carry what only the box opens, and nobody once the box has destroyed its key.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.sealing import SealBroken

MARKS = ("", "for", "against")
"""What one may say of a choice: nothing (để trống), for it (đồng ý), against it (không đồng ý)."""

KEY_BYTES = 32
_NONCE = bytes(12)
"""A key seals one paper only, so that its nonce may stand."""


def new_secret() -> bytes:
    """The secret key of a ballot."""
    return X25519PrivateKey.generate().private_bytes_raw()


def public_key_of(secret: bytes) -> str:
    """The public key to a ballot's secret key, as letters."""
    return _letters(X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw())


def sealed_paper(public_key: str, ballot: str, marks: Sequence[str]) -> str:
    """A paper with one of MARKS for each choice in the order of the ballot, that the holder of the secret key opens, for this ballot only.

    Raises ValueError for any other mark, or what is no public key.
    """
    own = X25519PrivateKey.generate()
    public = own.public_key().public_bytes_raw()
    key = _key(own.exchange(X25519PublicKey.from_public_bytes(_bytes(public_key))), public, ballot)
    return _letters(public + AESGCM(key).encrypt(_NONCE, bytes(MARKS.index(mark) for mark in marks), ballot.encode()))


def opened_paper(secret: bytes, ballot: str, paper: str) -> tuple[str, ...]:
    """The marks of a sealed paper. Raises SealBroken for what was not sealed to this key and ballot, saying nothing of the paper."""
    try:
        sealed = _bytes(paper)
        public = sealed[:KEY_BYTES]
        shared = X25519PrivateKey.from_private_bytes(secret).exchange(X25519PublicKey.from_public_bytes(public))
        plain = AESGCM(_key(shared, public, ballot)).decrypt(_NONCE, sealed[KEY_BYTES:], ballot.encode())
        return tuple(MARKS[place] for place in plain)
    except (InvalidTag, ValueError, IndexError):
        raise SealBroken("The paper was not sealed for this ballot; open the ballot anew and vote again.") from None


def _key(shared: bytes, public: bytes, ballot: str) -> bytes:
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=public, info=b"commendation/paper/1\0" + ballot.encode()).derive(shared)


def _letters(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode("ascii")


def _bytes(letters: str) -> bytes:
    return base64.b64decode(letters.encode("ascii"), altchars=b"-_", validate=True)
