"""Sealed data: they open with their own key, for their own purpose, as what was sealed; and a key is kept wrapped."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from shared import sealing
from shared.sealing import PersonKey, SealBroken, marked, opened, seal, site_key_of, unwrap, wrap

KEY = PersonKey("k-1", bytes(range(32)))
PERSON = {"full_name": "Nguyễn Thị Hương Giang", "born_on": None}
LETTERS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.dictionaries(LETTERS, LETTERS | st.none() | st.booleans()))
def test_what_was_sealed_opens_as_it_was(data: dict[str, object]) -> None:
    assert opened(KEY, "p", seal(KEY, "p", data)) == data


def test_the_commitment_is_to_purpose_salt_and_canonical_text_and_the_salt_is_sealed() -> None:
    sealed = seal(KEY, "registry.person", {"b": "2", "a": "ạ"})
    nonce, ciphertext = (base64.urlsafe_b64decode(part) for part in (sealed.nonce, sealed.ciphertext))
    plain = AESGCM(KEY.secret).decrypt(nonce, ciphertext, b"registry.person\0k-1")
    salt, text = plain[:32], plain[32:]
    assert text == '{"a":"ạ","b":"2"}'.encode()
    assert sealed.commitment == hashlib.sha256(b"registry.person\0" + salt + text).hexdigest()
    assert (len(nonce), sealed.key) == (12, "k-1")


def test_the_same_sealed_twice_shows_no_likeness() -> None:
    one, two = seal(KEY, "p", PERSON), seal(KEY, "p", PERSON)
    assert one.nonce != two.nonce
    assert one.ciphertext != two.ciphertext
    assert one.commitment != two.commitment, "names could be guessed from it"


def test_another_key_another_purpose_or_a_changed_letter_opens_nothing() -> None:
    sealed = seal(KEY, "p", PERSON)
    other = PersonKey("k-1", bytes(32))
    octets = bytearray(base64.urlsafe_b64decode(sealed.ciphertext))
    octets[40] ^= 1
    changed = replace(sealed, ciphertext=base64.urlsafe_b64encode(bytes(octets)).decode())
    for key, purpose, value in ((other, "p", sealed), (KEY, "q", sealed), (KEY, "p", changed), (KEY, "p", replace(sealed, nonce="!"))):
        with pytest.raises(SealBroken, match="What is sealed under k-1 does not open with key k-1") as broken:
            opened(key, purpose, value)
        assert broken.value.details == {"key": "k-1"}
    assert opened(KEY, "p", sealed) == PERSON


def test_a_text_that_was_not_committed_to_does_not_open_though_the_key_fits() -> None:
    """As by a ciphertext that was made to open under two keys: AES-GCM alone would let it pass."""
    sealed, swapped = seal(KEY, "p", PERSON), seal(KEY, "p", {"full_name": "Another"})
    with pytest.raises(SealBroken, match="committed") as broken:
        opened(KEY, "p", replace(swapped, commitment=sealed.commitment))
    assert broken.value.details == {"key": "k-1"}


def test_a_mark_is_the_same_for_the_same_and_says_nothing_without_the_key() -> None:
    assert marked(KEY, "p", {"a": "1", "b": "2"}) == marked(KEY, "p", {"b": "2", "a": "1"})
    others = {marked(KEY, "p", PERSON), marked(KEY, "q", PERSON), marked(KEY, "p", {}), marked(PersonKey("k-1", bytes(32)), "p", PERSON)}
    assert len(others) == 4


def test_marks_and_fingerprints_stay_what_they_were_in_every_release() -> None:
    """They are kept: of a repeated command the mark is compared, of a site's key the fingerprint."""
    text = b'{"a":"1"}'
    marking = hmac.digest(KEY.secret, b"commendation/mark/1\0p", "sha256")
    assert marked(KEY, "p", {"a": "1"}) == hmac.digest(marking, text, "sha256").hex()
    assert sealing.fingerprint(KEY.secret) == hmac.digest(KEY.secret, b"commendation/fingerprint/1", "sha256").hex()


@pytest.mark.parametrize("letter", ["\n", "!"])
def test_no_letter_is_passed_over_that_is_none_of_base64url(letter: str) -> None:
    """Or what somebody has mangled would open as if it had not been touched."""
    sealed = seal(KEY, "p", PERSON)
    with pytest.raises(SealBroken):
        opened(KEY, "p", replace(sealed, ciphertext=letter + sealed.ciphertext))
    with pytest.raises(ValueError):  # noqa: PT011 - whichever of them says so
        site_key_of("A" * 4 + letter + "A" * 39 + "=")


def test_a_key_is_wrapped_for_its_own_id_and_site() -> None:
    site = site_key_of(sealing.new_site_key())
    wrapped = wrap(site, KEY)
    assert KEY.secret not in wrapped
    assert len(wrapped) == sealing.WRAPPED_BYTES
    assert unwrap(site, "k-1", wrapped) == KEY
    for key, identity, value in ((site, "k-2", wrapped), (bytes(32), "k-1", wrapped), (site, "k-1", bytes(len(wrapped))), (site, "k", b"")):
        with pytest.raises(SealBroken, match=f"Key {identity} does not open") as broken:
            unwrap(key, identity, value)
        assert broken.value.details == {"key": identity}


@pytest.mark.parametrize("letters", ["", "short", "ạ" * 44, json.dumps("x" * 44)])
def test_a_site_key_has_its_length(letters: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever of them says so
        site_key_of(letters)
    with pytest.raises(ValueError, match="has 32 bytes, not 3"):
        site_key_of("AAAA")


def test_no_key_is_shown_where_it_stands() -> None:
    assert "secret" not in repr(KEY)
    made = [PersonKey.new() for _ in range(3)]
    assert len({key.secret for key in made}) == len({key.id for key in made}) == 3
    assert all(isinstance(key.id, str) and len(key.secret) == sealing.KEY_BYTES for key in made)
    assert sealing.fingerprint(KEY.secret) == sealing.fingerprint(KEY.secret) != sealing.fingerprint(bytes(32))
