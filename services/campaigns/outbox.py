"""The outbox: reminders by mail, taken from the service's own log, kept until they are sent, and sent again until they are.

A mail is taken over from the event in the transaction that moves the outbox's cursor, and marked as sent after the server took it. Whoever
is killed in between sends it again, under the same Message-ID, which is made from the event: mailboxes and readers know the double by it.
The outbox is no read model: what was sent cannot be folded anew.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa

from shared.bounds import MAIL_ATTEMPTS_MAX, MAIL_CLAIM_SECONDS, MAIL_PAUSE_SECONDS, MAIL_SECONDS_MAX, PAGE_EVENTS_MAX
from shared.calendar import HANOI
from shared.errors import ConfigurationError, NotFound
from shared.event import Event
from shared.store import Database, EventStore
from shared.store.database import Instant
from shared.telemetry import logger

log = logger(__name__)
REMINDED = "campaigns.UnitReminded"
metadata = sa.MetaData()

mails = sa.Table(
    "outbox_mails",
    metadata,
    sa.Column("event", sa.String(36), primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("unit", sa.String(100), nullable=False),
    sa.Column("address", sa.String(254), nullable=False),
    sa.Column("about", sa.String(20), nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # waiting | sent | failed
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_at", Instant, nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("sent_at", Instant),
)
cursor = sa.Table(
    "outbox_cursor",
    metadata,
    sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1"), primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),
)

Deliver = Callable[[EmailMessage], None]
"""Hands a mail over for good, or raises."""


class Outbox:
    """The mails of one site's reminders; several processes may work on it at once."""

    def __init__(self, store: EventStore, deliver: Deliver, sender: str, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._database: Database = store.database
        self._deliver = deliver
        self._sender = sender
        self._clock = clock
        self._passed = 0

    def prepare(self) -> None:
        """Make the tables; the cursor begins before the first event."""
        self._database.create(metadata)
        with self._database.write() as connection:
            connection.execute(self._database.insert(cursor).values(id=1, position=0).on_conflict_do_nothing())

    def gather(self) -> int:
        """Take over the next reminders of the log; how many events were read, 0 at its end.

        What is no mail is passed by without a write: most of what is appended is none, and the cursor says only from where to read again.
        """
        with self._database.read() as connection:
            position = connection.execute(sa.select(cursor.c.position)).scalar_one()
        events = self._store.feed(max(position, self._passed))
        if not events:
            return 0
        last = events[-1].position
        rows = [_row(event) for event in events if event.type == REMINDED and event.data["address"]]
        if rows or len(events) == PAGE_EVENTS_MAX:
            with self._database.write() as connection:
                moved = connection.execute(cursor.update().where(cursor.c.position == position).values(position=last)).rowcount
                if not moved:
                    return len(events)  # another process took over some of them, and nobody knows here how many
                if rows:
                    connection.execute(mails.insert(), rows)
        self._passed = last
        return len(events)

    def send_next(self) -> bool:
        """Try the next mail whose time has come; False where there is none."""
        mail = self._claimed()
        if mail is not None:
            self._send(mail)
        return mail is not None

    def _claimed(self) -> dict[str, Any] | None:
        """The next mail that is due, kept from others for MAIL_CLAIM_SECONDS: long enough to send it, and to know that a sender is dead."""
        now = self._clock()
        due = (
            sa.select(mails).where(mails.c.state == "waiting", mails.c.next_at <= now).order_by(mails.c.next_at, mails.c.position).limit(1)
        )
        with self._database.read() as connection:
            if connection.execute(due).first() is None:
                return None
        with self._database.write() as connection:
            row = connection.execute(due.with_for_update(skip_locked=True)).mappings().first()
            if row is None:
                return None
            until = now + timedelta(seconds=MAIL_CLAIM_SECONDS)
            connection.execute(mails.update().where(mails.c.event == row["event"]).values(next_at=until))
        return dict(row)

    def _send(self, mail: dict[str, Any]) -> None:
        try:
            self._deliver(message_of(mail, self._sender))
        except Exception as error:  # whatever it is, it is the mail's, and keeps no other
            self._failed(mail, str(error) or repr(error))
        else:
            self._change(mail, state="sent", sent_at=self._clock(), error=None)

    def _failed(self, mail: dict[str, Any], error: str) -> None:
        attempts = mail["attempts"] + 1
        over = attempts >= MAIL_ATTEMPTS_MAX
        next_at = self._clock() + timedelta(seconds=MAIL_PAUSE_SECONDS * 2 ** (attempts - 1))
        log.warning("mail_not_sent", reminder=mail["event"], unit=mail["unit"], attempts=attempts, given_up=over, error=error)
        self._change(mail, state="failed" if over else "waiting", attempts=attempts, next_at=next_at, error=error)

    def _change(self, mail: dict[str, Any], **values: Any) -> None:
        with self._database.write() as connection:
            connection.execute(mails.update().where(mails.c.event == mail["event"]).values(**values))

    def retry(self, event: str) -> bool:
        """Send a mail that was given up once more, from the first attempt; False where it is not given up. Raises NotFound."""
        again = {"state": "waiting", "attempts": 0, "next_at": self._clock()}
        with self._database.write() as connection:
            if connection.execute(sa.select(mails.c.state).where(mails.c.event == event)).one_or_none() is None:
                raise NotFound(f"There is no mail of event {event}.", event=event)
            given_up = mails.update().where(mails.c.event == event, mails.c.state == "failed")
            return connection.execute(given_up.values(**again)).rowcount > 0

    def told(self, limit: int) -> dict[str, Any]:
        """`counts` of mails by state, and the latest `mails`, those that failed first."""
        with self._database.read() as connection:
            counts = connection.execute(sa.select(mails.c.state, sa.func.count()).group_by(mails.c.state)).all()
            asked = sa.select(mails).order_by(mails.c.state != "failed", mails.c.position.desc()).limit(limit)
            rows = [dict(row) for row in connection.execute(asked).mappings()]
        return {"counts": {"waiting": 0, "sent": 0, "failed": 0, **{row[0]: row[1] for row in counts}}, "mails": rows}


def _row(event: Event) -> dict[str, Any]:
    said = event.data
    return {
        "event": event.id,
        "position": event.position,
        **{name: said[name] for name in ("unit", "address", "about", "text")},
        "due_on": datetime.fromisoformat(said["due_on"]).date(),
        "recorded_at": event.recorded_at,
        "state": "waiting",
        "attempts": 0,
        "next_at": event.recorded_at,
    }


SUBJECTS = {
    "registration": "Đôn đốc đăng ký thi đua, hạn {day}",
    "compact": "Đôn đốc ký giao ước thi đua, hạn {day}",
    "sheet": "Đôn đốc nộp phiếu chấm điểm, hạn {day}",
    "follow_up": "Đôn đốc báo cáo khắc phục sau kiểm tra, hạn {day}",
}
"""Subject of a mail by what it is about; offices write to one another in Vietnamese."""


def message_of(mail: dict[str, Any], sender: str) -> EmailMessage:
    """The mail, byte for byte the same whenever it is made."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = mail["address"]
    message["Subject"] = SUBJECTS[mail["about"]].format(day=mail["due_on"].strftime("%d/%m/%Y"))
    message["Date"] = format_datetime(mail["recorded_at"].astimezone(HANOI))
    message["Message-ID"] = f"<{mail['event']}@{sender.rpartition('@')[2].rstrip('>')}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail["text"])
    return message


class Folder:
    """Writes each mail as an .eml file named after its event: what is written twice is one file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self, message: EmailMessage) -> None:
        self._path.mkdir(parents=True, exist_ok=True)
        name = message["Message-ID"].strip("<>").partition("@")[0]
        beside = self._path / f".{name}.part"
        beside.write_bytes(message.as_bytes())
        beside.replace(self._path / f"{name}.eml")


@dataclass(frozen=True, slots=True)
class Smtp:
    """Gives mails to a server, each over a connection of its own."""

    host: str
    port: int
    secure: str
    """"tls" from the first byte, "starttls" after a greeting, "" not at all: for a relay of the same machine or office."""
    user: str | None
    password: str | None

    @staticmethod
    def from_url(url: str) -> Smtp:
        """The server of smtp://, smtp+starttls:// or smtps://, with user:password@ where it asks for them.

        Raises ConfigurationError.
        """
        parts = urlsplit(url)
        known = {"smtp": ("", 25), "smtp+starttls": ("starttls", 587), "smtps": ("tls", 465)}
        if parts.scheme not in known or not parts.hostname:
            raise ConfigurationError("COMMENDATION_SMTP_URL must be smtp://host, smtp+starttls://user:password@host or smtps://…")
        secure, port = known[parts.scheme]
        user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
        return Smtp(parts.hostname, parts.port or port, secure, user, password)

    def __call__(self, message: EmailMessage) -> None:
        context = ssl.create_default_context() if self.secure else None
        kind = smtplib.SMTP_SSL if self.secure == "tls" else smtplib.SMTP
        options: dict[str, Any] = {"context": context} if self.secure == "tls" else {}
        with kind(self.host, self.port, timeout=MAIL_SECONDS_MAX, **options) as server:
            if self.secure == "starttls":
                server.starttls(context=context)
            if self.user is not None:
                server.login(self.user, self.password or "")
            server.send_message(message)
