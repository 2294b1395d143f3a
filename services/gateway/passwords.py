"""Passwords: argon2id (RFC 9106) with a salt each, and nothing of them kept but the hash."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from shared.errors import ValidationFailed

LENGTH_MIN = 12
"""Letters of a password: length is what stops guessing (NIST SP 800-63B), so no rule about kinds of letters."""

LENGTH_MAX = 200
"""Letters of a password: hashing works on all of them, and a megabyte is an attack."""

hasher = PasswordHasher()

_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$CGhHNVTrQWOUtB8RCXTNOw$u1zYW+Vs66bJ25Llr0TW6mHWiZnBdNeuIwle2+Q+EoY"
"""Checked for a login that does not exist, so that the answer takes as long as for one that does.

The hash of a password that nobody knows, made beforehand: to make one at each start takes as long as a sign-in, and 64 MB.
"""


class PasswordUnfit(ValidationFailed):
    """A new password that is too short or too long. `details`: length_min, length_max."""

    code = "password_unfit"


def hash_of(password: str) -> str:
    """The hash to keep.

    Raises PasswordUnfit when the password has fewer than LENGTH_MIN or more than LENGTH_MAX letters.
    """
    check_length(password)
    return hasher.hash(password)


def check_length(password: str) -> None:
    """Raises PasswordUnfit as `hash_of` does, without the work of hashing."""
    if not LENGTH_MIN <= len(password) <= LENGTH_MAX:
        message = f"Choose a password of {LENGTH_MIN} to {LENGTH_MAX} letters; several words are easy to keep in mind."
        raise PasswordUnfit(message, length_min=LENGTH_MIN, length_max=LENGTH_MAX, errors=[{"at": "password", "message": message}])


def is_hash(text: str) -> bool:
    """Whether this is a hash that `verify` can check."""
    try:
        hasher.check_needs_rehash(text)
    except InvalidHashError:
        return False
    return text.startswith("$argon2id$")


def verify(kept: str | None, password: str) -> bool:
    """Whether the password is the one of this hash; None, for nobody's, takes as long and is never right."""
    try:
        hasher.verify(kept or _NOBODY, password[: LENGTH_MAX + 1])
    except (VerifyMismatchError, InvalidHashError):
        return False
    return kept is not None


def outdated(kept: str) -> bool:
    """Whether the hash was made with weaker parameters than those of today and should be made again."""
    return hasher.check_needs_rehash(kept)
