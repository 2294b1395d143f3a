"""What the gateway itself keeps: password hashes, sessions and failed sign-ins. No facts of the domain stand here.

Of a session's token only the SHA-256 is kept: who reads the database cannot sign in with what it holds.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import sqlalchemy as sa

from services.gateway import passwords
from shared.bounds import SESSION_FRESH_SECONDS, SESSION_HOURS, SESSIONS_KEPT_MAX, SIGN_IN_FAILURES_MAX, SIGN_IN_REST_MINUTES
from shared.calendar import utc_now
from shared.errors import CommendationError, NotSignedIn, ValidationFailed
from shared.store.database import Database, Instant

metadata = sa.MetaData()

hashes = sa.Table(
    "credentials",
    metadata,
    sa.Column("account", sa.String(100), primary_key=True),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("account", sa.String(100), nullable=False, index=True),
    sa.Column("login", sa.String(60), nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("flash", sa.Text),
)

failures = sa.Table(
    "sign_in_failures",
    metadata,
    sa.Column("login", sa.String(64), primary_key=True),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("last_at", Instant, nullable=False),
)


class BadCredentials(NotSignedIn):
    """Login and password do not belong together; which of the two is wrong is not said."""

    code = "bad_credentials"


class SignInRests(CommendationError):
    """Too many wrong passwords for a login. `details["seconds"]`: how long it rests."""

    code = "sign_in_rests"
    status = HTTPStatus.TOO_MANY_REQUESTS


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in account: `token` is what the browser or program holds."""

    token: str
    account: str
    login: str
    expires_at: datetime

    @property
    def csrf(self) -> str:
        """What a form of this session carries: bound to the token, so that it needs no keeping and another site cannot know it."""
        return hashlib.sha256(f"csrf:{self.token}".encode()).hexdigest()


class Credentials:
    """Passwords and sessions of the accounts.

    offload(function, *arguments): runs the hashing, which takes a tenth of a second of processor, where it holds up nobody else.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Callable[[], datetime] = utc_now,
        offload: Callable[..., Any] = lambda function, *arguments: function(*arguments),
    ) -> None:
        self.database = database
        self._clock = clock
        self._offload = offload
        self._found: OrderedDict[str, tuple[Session, datetime]] = OrderedDict()  # by digest, with when the database was asked
        self._ended = 0  # how often sessions were closed here

    def prepare(self) -> None:
        """Create the tables."""
        self.database.create(metadata)

    def ping(self) -> None:
        """Ask the database whether it is there."""
        with self.database.read() as connection:
            connection.execute(sa.select(1))

    def set_hash(self, account: str, kept: str) -> None:
        """Keep the hash of an account's new password and end all its sessions.

        Raises ValidationFailed for what is no argon2id hash: a password in clear must never get into the database.
        """
        if not passwords.is_hash(kept):
            raise ValidationFailed(
                "Give the argon2id hash of the password, not the password.", errors=[{"at": "hash", "message": "No hash."}]
            )
        with self.database.write() as connection:
            self._keep(connection, account, kept)
            connection.execute(sessions.delete().where(sessions.c.account == account))
        self._forget()

    def set_password(self, account: str, password: str) -> None:
        """Hash and keep a new password; ends all sessions of the account. Raises PasswordUnfit."""
        self.set_hash(account, self._offload(passwords.hash_of, password))

    def check(self, login: str, account: str | None, password: str) -> None:
        """Check a password; `account` is None where nobody has this login.

        Raises BadCredentials, or SignInRests after SIGN_IN_FAILURES_MAX wrong ones. The try is counted before the password is looked
        at, so that a hundred tries at once count as a hundred.
        """
        self._count_try(login)
        with self.database.read() as connection:
            kept = connection.execute(sa.select(hashes.c.hash).where(hashes.c.account == (account or ""))).scalar_one_or_none()
        if not self._offload(passwords.verify, kept, password) or account is None or kept is None:
            raise BadCredentials("Login and password do not belong together; check both and try again.")
        # hashed before the transaction: nothing may wait inside one
        renewed = self._offload(passwords.hash_of, password) if passwords.outdated(kept) else None
        with self.database.write() as connection:
            connection.execute(failures.delete().where(failures.c.login == _digest(login)))
            if renewed is not None:
                self._keep(connection, account, renewed)

    def open_session(self, account: str, login: str) -> Session:
        """A new session of SESSION_HOURS; those that have ended are swept out on the way."""
        now = self._clock()
        session = Session(secrets.token_urlsafe(32), account, login, now + timedelta(hours=SESSION_HOURS))
        with self.database.write() as connection:
            connection.execute(sessions.delete().where(sessions.c.expires_at <= now))
            connection.execute(failures.delete().where(failures.c.last_at <= now - timedelta(minutes=SIGN_IN_REST_MINUTES)))
            connection.execute(
                sessions.insert().values(digest=_digest(session.token), account=account, login=login, expires_at=session.expires_at)
            )
        return session

    def session(self, token: str) -> Session | None:
        """The session of a token, None when there is none or it has ended.

        The database is asked again after SESSION_FRESH_SECONDS: so long at most does a session count that another gateway closed.
        """
        now, digest = self._clock(), _digest(token)
        found, asked_at = self._found.get(digest, (None, now))
        if found is not None and asked_at <= now < min(asked_at + timedelta(seconds=SESSION_FRESH_SECONDS), found.expires_at):
            return found
        ended = self._ended
        with self.database.read() as connection:
            row = connection.execute(sa.select(sessions).where(sessions.c.digest == digest, sessions.c.expires_at > now)).one_or_none()
        self._found.pop(digest, None)
        if row is None:
            return None
        session = Session(token, row.account, row.login, row.expires_at)
        if ended == self._ended:  # or it may have been closed since the database was asked
            self._found[digest] = session, now
        if len(self._found) > SESSIONS_KEPT_MAX:
            self._found.popitem(last=False)
        return session

    def close_session(self, token: str) -> None:
        with self.database.write() as connection:
            connection.execute(sessions.delete().where(sessions.c.digest == _digest(token)))
        self._forget()

    def put_flash(self, token: str, message: dict[str, Any]) -> None:
        """Keep a message for the next page of this session."""
        with self.database.write() as connection:
            connection.execute(sessions.update().where(sessions.c.digest == _digest(token)).values(flash=json.dumps(message)))

    def take_flash(self, token: str) -> dict[str, Any] | None:
        """The kept message, once."""
        here = sessions.c.digest == _digest(token)
        with self.database.read() as connection:
            kept = connection.execute(sa.select(sessions.c.flash).where(here)).scalar_one_or_none()
        if kept is None:
            return None
        with self.database.write() as connection:
            connection.execute(sessions.update().where(here).values(flash=None))
        return dict(json.loads(kept))

    def _forget(self) -> None:
        self._ended += 1
        self._found.clear()

    def _count_try(self, login: str) -> None:
        now, key = self._clock(), _digest(login)
        rest = timedelta(minutes=SIGN_IN_REST_MINUTES)
        with self.database.write() as connection:
            connection.execute(failures.delete().where(failures.c.login == key, failures.c.last_at <= now - rest))
            tried = connection.execute(sa.select(failures).where(failures.c.login == key)).one_or_none()
            if tried is not None and tried.tries >= SIGN_IN_FAILURES_MAX:
                # last_at stays: trying on does not make the rest longer, or one request a minute would lock somebody out for ever
                seconds = int((tried.last_at + rest - now).total_seconds()) + 1
                raise SignInRests(f"Too many wrong passwords for this login; try again in {seconds} seconds.", seconds=seconds)
            connection.execute(
                self.database.insert(failures)
                .values(login=key, tries=1, last_at=now)
                .on_conflict_do_update(index_elements=["login"], set_={"tries": failures.c.tries + 1, "last_at": now})
            )

    def _keep(self, connection: sa.Connection, account: str, kept: str) -> None:
        values = {"hash": kept, "changed_at": self._clock()}
        connection.execute(
            self.database.insert(hashes).values(account=account, **values).on_conflict_do_update(index_elements=["account"], set_=values)
        )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
