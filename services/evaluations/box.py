"""The ballot box (hòm phiếu): a table beside the events with one row for each secret ballot, and no trace of any one vote.

A row holds what has been counted and who has voted, together under one seal and always of the same length: the sums alone, never a paper,
and no time. A vote opens it, adds to the sums, marks the voter and seals it anew, in one transaction: a process that dies leaves a vote
counted and its voter marked, or neither. The key of the ballot stands in the row wrapped under the key of the site. When the ballot is over
key and sums are overwritten, and whatever copies there are of the row hold what nobody opens any more.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import struct
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.evaluations.domain.ballot_counting import Tally
from services.evaluations.domain.errors import AlreadyVoted, BallotClosedAlready
from shared.ballot_paper import new_secret, opened_paper, public_key_of
from shared.sealing import KEY_BYTES, NONCE_BYTES, SealBroken
from shared.store.database import Database

_TAG_BYTES = 16
DESTROYED = bytes(NONCE_BYTES + KEY_BYTES + _TAG_BYTES)
"""In the place of a key that was destroyed."""

metadata = sa.MetaData()

# As with the keys of people: no row is removed and none grows, so that SQLite overwrites it where it stands.
boxes = sa.Table(
    "ballot_boxes",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("ballot", sa.String(100), nullable=False, unique=True),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("shut", sa.Boolean, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Held:
    """What a box holds: sums by choice, blank papers, and of each voter whether they have voted."""

    blank: int
    in_favour: tuple[int, ...]
    against: tuple[int, ...]
    voted: tuple[bool, ...]

    @staticmethod
    def empty(choices: int, voters: int) -> Held:
        return Held(0, (0,) * choices, (0,) * choices, (False,) * voters)

    def with_paper(self, voter: int, marks: Sequence[str]) -> Held:
        return replace(
            self,
            blank=self.blank + (not any(marks)),
            in_favour=tuple(sum_ + (mark == "for") for sum_, mark in zip(self.in_favour, marks, strict=True)),
            against=tuple(sum_ + (mark == "against") for sum_, mark in zip(self.against, marks, strict=True)),
            voted=tuple(had or place == voter for place, had in enumerate(self.voted)),
        )

    def to_bytes(self) -> bytes:
        """Of the same length whatever it says."""
        sums = (self.blank, *self.in_favour, *self.against)
        return struct.pack(f">HH{len(sums)}H", len(self.in_favour), len(self.voted), *sums) + bytes(self.voted)

    @staticmethod
    def from_bytes(octets: bytes) -> Held:
        choices, voters = struct.unpack_from(">HH", octets)
        blank, *sums = struct.unpack_from(f">{1 + 2 * choices}H", octets, 4)
        return Held(blank, tuple(sums[:choices]), tuple(sums[choices:]), tuple(map(bool, octets[-voters:])))


class BallotBox:
    """The boxes of one site. site_key: gives the key of the site, asked when there is a box to open."""

    def __init__(self, database: Database, site_key: Callable[[], bytes]) -> None:
        self._database = database
        self._site_key = site_key

    def prepare(self) -> None:
        self._database.create(metadata)

    def require_key(self) -> None:
        """Raises ConfigurationError where this service is given no key of the site, under which alone a box can be set up."""
        self._site_key()

    def make(self, ballot: str, *, choices: int, voters: int) -> None:
        """Set a box up, empty, where the ballot has none."""
        secret = new_secret()
        sealed = _seal(secret, ballot, Held.empty(choices, voters))
        row = {"ballot": ballot, "wrapped": self._wrap(secret, ballot), "sealed": sealed, "shut": False}
        with self._database.write() as connection:
            connection.execute(self._database.insert(boxes).values(**row).on_conflict_do_nothing())

    def public_key(self, ballot: str) -> str:
        """The key to which papers are sealed. Raises BallotClosedAlready."""
        return public_key_of(self._look(ballot)[0])

    def put(self, ballot: str, voter: int, paper: str, check: Callable[[Sequence[str]], None]) -> None:
        """Count a sealed paper and mark its voter, the one at this place of the electorate; all or nothing.

        check: raises what a paper with these marks is refused for. Raises AlreadyVoted before it looks at the paper; BallotClosedAlready.
        """
        with self._database.write() as connection:
            row = connection.execute(sa.select(boxes).where(boxes.c.ballot == ballot).with_for_update()).one_or_none()
            secret, held = self._open(ballot, row)
            if held.voted[voter]:
                raise AlreadyVoted("You have voted in this ballot.", ballot=ballot)
            if row is None or row.shut:
                raise BallotClosedAlready("This ballot is being closed; it takes no votes any more.", ballot=ballot)
            marks = opened_paper(secret, ballot, paper)
            if len(marks) != len(held.in_favour):
                raise SealBroken("The paper was not made for this ballot; open the ballot anew and vote again.")
            check(marks)
            sealed = _seal(secret, ballot, held.with_paper(voter, marks))
            connection.execute(boxes.update().where(boxes.c.ballot == ballot).values(sealed=sealed))
        self._forget()

    def has_voted(self, ballot: str, voter: int) -> bool:
        """Whether the voter at this place of the electorate has voted. Raises BallotClosedAlready."""
        return self._look(ballot)[1].voted[voter]

    def cast(self, ballot: str) -> int:
        """How many have voted. Raises BallotClosedAlready."""
        return sum(self._look(ballot)[1].voted)

    def shut(self, ballot: str, absent: Collection[int]) -> Tally:
        """Take no more votes, and count; the same count until the box is destroyed. absent: the places of voters noted as absent.

        Raises BallotClosedAlready.
        """
        with self._database.write() as connection:
            row = connection.execute(sa.select(boxes).where(boxes.c.ballot == ballot).with_for_update()).one_or_none()
            _, held = self._open(ballot, row)
            connection.execute(boxes.update().where(boxes.c.ballot == ballot).values(shut=True))
        return Tally(
            cast=sum(held.voted),
            blank=held.blank,
            invalid=0,
            in_favour=held.in_favour,
            against=held.against,
            absent=sum(held.voted[place] for place in absent),
        )

    def destroy(self, ballot: str) -> None:
        """Overwrite key, sums and who has voted, for ever."""
        with self._database.write() as connection:
            row = connection.execute(sa.select(boxes).where(boxes.c.ballot == ballot).with_for_update()).one_or_none()
            if row is None:
                return
            gone = {"wrapped": DESTROYED, "sealed": bytes(len(row.sealed)), "shut": True}
            connection.execute(boxes.update().where(boxes.c.ballot == ballot).values(**gone))
        self._forget()

    def standing(self) -> list[str]:
        """The ballots whose boxes are not destroyed."""
        with self._database.read() as connection:
            return list(connection.execute(sa.select(boxes.c.ballot).where(boxes.c.wrapped != DESTROYED)).scalars())

    def _look(self, ballot: str) -> tuple[bytes, Held]:
        with self._database.read() as connection:
            row = connection.execute(sa.select(boxes).where(boxes.c.ballot == ballot)).one_or_none()
        return self._open(ballot, row)

    def _open(self, ballot: str, row: sa.Row[tuple[int, str, bytes, bytes, bool]] | None) -> tuple[bytes, Held]:
        if row is None or row.wrapped == DESTROYED:
            raise BallotClosedAlready("This ballot is over; its box has been destroyed.", ballot=ballot)
        secret = self._unwrap(row.wrapped, ballot)
        return secret, _unseal(secret, ballot, row.sealed)

    def _wrap(self, secret: bytes, ballot: str) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self._site_key()).encrypt(nonce, secret, _purpose("key", ballot))

    def _unwrap(self, wrapped: bytes, ballot: str) -> bytes:
        try:
            return AESGCM(self._site_key()).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _purpose("key", ballot))
        except InvalidTag:
            raise SealBroken(f"The box of ballot {ballot} does not open with the key of this site.", ballot=ballot) from None

    def _forget(self) -> None:
        """Leave no copy of the row as it was before: SQLite's write-ahead log keeps them, one for each vote and in their order.

        A reader that holds it up leaves them until the next vote. What PostgreSQL keeps, and how long, the README says.
        """
        if self._database.dialect == "sqlite":
            with self._database.driver() as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _seal(secret: bytes, ballot: str, held: Held) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(_sealing_key(secret)).encrypt(nonce, held.to_bytes(), _purpose("box", ballot))


def _unseal(secret: bytes, ballot: str, sealed: bytes) -> Held:
    try:
        return Held.from_bytes(AESGCM(_sealing_key(secret)).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _purpose("box", ballot)))
    except InvalidTag:
        raise SealBroken(f"The box of ballot {ballot} has been changed by somebody else than this service.", ballot=ballot) from None


def _sealing_key(secret: bytes) -> bytes:
    return hmac.digest(secret, b"commendation/box/1", hashlib.sha256)


def _purpose(what: str, ballot: str) -> bytes:
    return f"commendation/ballot/{what}/1\0{ballot}".encode()
