"""The outbox: every reminder by mail leaves, whatever dies; what leaves twice is known by its Message-ID."""

from __future__ import annotations

import email
import email.policy
import json
import os
import signal
import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from services.campaigns.domain import About, Channel, UnitMailboxSet, UnitReminded
from services.campaigns.outbox import Folder, Outbox, Smtp
from services.campaigns.schemas import EVENTS
from services.campaigns.service.mail import delivery
from shared.bounds import MAIL_ATTEMPTS_MAX, MAIL_CLAIM_SECONDS
from shared.config import Config
from shared.errors import ConfigurationError, NotFound
from shared.event import Context
from shared.store import ANY, Append, Database, EventStore, open_database

FROM = "Thi đua <thidua@btdkt.example.vn>"
NIGHT = datetime(2024, 12, 2, 18, tzinfo=UTC)


@dataclass
class Clock:
    now: datetime = NIGHT

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Server:
    """A mail server that takes mails, or refuses each."""

    refuses: Exception | None = None
    taken: list[EmailMessage] = field(default_factory=list)

    def __call__(self, message: EmailMessage) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.taken.append(message)


def reminder(unit: str, channel: Channel = Channel.MAIL) -> UnitReminded:
    address = f"vanthu@{unit}.example.vn" if channel is Channel.MAIL else None
    text = "Đề nghị đơn vị nộp phiếu.\nTrân trọng."
    return UnitReminded(unit, About.SHEET, "c1", f"self/{unit}", date(2024, 11, 30), text, channel, address, date(2024, 12, 3))


def remind(store: EventStore, *units: str) -> list[str]:
    """Record reminders by mail; the ids of their events."""
    writes = [Append(f"reminders-{unit}", ANY, [EVENTS.encode(reminder(unit))]) for unit in units]
    return [event for recorded in store.append_all(writes, Context("office", "course", "command")) for event in recorded.events]


def opened(database: Database, deliver: Any, clock: Clock | None = None) -> tuple[EventStore, Outbox]:
    clock = clock or Clock()
    store = EventStore(database, site="vn", service="campaigns", clock=clock)
    store.prepare()
    outbox = Outbox(store, deliver, FROM, clock)
    outbox.prepare()
    return store, outbox


def work(outbox: Outbox) -> None:
    while outbox.gather() or outbox.send_next():
        pass


def ids(messages: list[EmailMessage]) -> list[str]:
    return [message["Message-ID"] for message in messages]


def test_a_reminder_leaves_once_as_a_mail_that_says_what_it_is_about(database: Database) -> None:
    server = Server()
    store, outbox = opened(database, server)
    (event,) = remind(store, "toa-an")
    store.append(Append("reminders-x", ANY, [EVENTS.encode(reminder("x", Channel.PAGE))]), Context("office", "course", "other"))
    store.append(Append("reminders-x", ANY, [EVENTS.encode(UnitMailboxSet("x", None))]), Context("office", "course", "third"))
    work(outbox)
    work(outbox)
    (sent,) = server.taken
    assert sent["Message-ID"] == f"<{event}@btdkt.example.vn>"
    assert (sent["To"], sent["From"]) == ("vanthu@toa-an.example.vn", FROM)
    assert sent["Subject"] == "Đôn đốc nộp phiếu chấm điểm, hạn 30/11/2024"
    assert sent["Date"] == "Tue, 03 Dec 2024 01:00:00 +0700"
    assert sent.get_content() == "Đề nghị đơn vị nộp phiếu.\nTrân trọng.\n"
    told = outbox.told(10)
    assert told["counts"] == {"waiting": 0, "sent": 1, "failed": 0}
    assert told["mails"][0]["sent_at"] == NIGHT


def test_what_the_server_refuses_is_tried_again_later_and_later_until_it_is_given_up(database: Database) -> None:
    server, clock = Server(refuses=smtplib.SMTPServerDisconnected("gone away")), Clock()
    store, outbox = opened(database, server, clock)
    (event,) = remind(store, "toa-an")
    waited = []
    for attempt in range(1, MAIL_ATTEMPTS_MAX + 1):
        work(outbox)
        (mail,) = outbox.told(10)["mails"]
        assert (mail["attempts"], mail["error"]) == (attempt, "gone away")
        waited.append((mail["next_at"] - clock.now).total_seconds())
        clock.now = mail["next_at"] - timedelta(seconds=1)
        work(outbox)
        assert outbox.told(10)["mails"][0]["attempts"] == attempt, "tried before its time"
        clock.now = mail["next_at"]
    assert waited == [60 * 2**at for at in range(MAIL_ATTEMPTS_MAX)]
    assert outbox.told(10)["counts"] == {"waiting": 0, "sent": 0, "failed": 1}
    server.refuses = None
    work(outbox)
    assert server.taken == [], "given up, it goes when somebody says so"
    assert outbox.retry(event)
    assert not outbox.retry(event)
    work(outbox)
    assert len(server.taken) == 1
    with pytest.raises(NotFound):
        outbox.retry("nothing")


def test_one_mail_that_does_not_go_keeps_no_other(database: Database) -> None:
    refused: list[str] = ["vanthu@a.example.vn"]
    server = Server()

    def deliver(message: EmailMessage) -> None:
        if message["To"] in refused:
            raise OSError("no such mailbox")
        server(message)

    store, outbox = opened(database, deliver)
    remind(store, "a", "b")
    work(outbox)
    assert [message["To"] for message in server.taken] == ["vanthu@b.example.vn"]
    assert [mail["state"] for mail in outbox.told(10)["mails"]] == ["sent", "waiting"]


def test_a_mail_is_kept_from_others_while_it_is_sent_and_not_for_ever(database: Database) -> None:
    """A second sender comes by in the middle of a delivery, and again after the first must be dead."""
    clock, server = Clock(), Server()

    class Died(BaseException):
        pass

    def deliver(message: EmailMessage) -> None:
        server(message)
        work(Outbox(store, server, FROM, clock))
        raise Died  # the process is gone before it could say that the mail is sent

    store, first = opened(database, deliver, clock)
    remind(store, "toa-an")
    with pytest.raises(Died):
        work(first)
    assert len(server.taken) == 1
    clock.pass_by(MAIL_CLAIM_SECONDS)
    work(Outbox(store, server, FROM, clock))
    assert len(server.taken) == 2
    assert len(set(ids(server.taken))) == 1, "the same mail, and it says so"
    assert server.taken[0].as_bytes() == server.taken[1].as_bytes()
    assert first.told(10)["counts"] == {"waiting": 0, "sent": 1, "failed": 0}


def test_two_senders_take_each_event_over_once(database: Database) -> None:
    """The other takes over the first mail while this one has read it, and a second that came meanwhile: each goes, and goes once."""
    server = Server()
    store, one = opened(database, server)
    other = Outbox(store, server, FROM, Clock())
    remind(store, "a")
    feed = store.feed
    between: list[bool] = []

    def first_the_other(after: int) -> Any:
        if not between:
            between.append(True)
            other.gather()
            store.append(Append("reminders-b", ANY, [EVENTS.encode(reminder("b"))]), Context("office", "course", "second"))
        return feed(after)

    store.feed = first_the_other  # type: ignore[method-assign, assignment]
    work(one)
    assert [message["To"] for message in server.taken] == ["vanthu@a.example.vn", "vanthu@b.example.vn"]
    assert len(one.told(10)["mails"]) == 2


def test_what_is_no_mail_is_passed_by_and_keeps_no_mail_behind_it(database: Database) -> None:
    server = Server()
    store, outbox = opened(database, server)
    for place in range(3):
        by_page = replace(reminder("a", Channel.PAGE), subject=str(place))
        store.append(Append("reminders-a", ANY, [EVENTS.encode(by_page)]), Context("office", "course", f"c-{place}"))
        assert outbox.gather() == 1
        assert outbox.gather() == 0
    remind(store, "b")
    work(outbox)
    work(Outbox(store, server, FROM, Clock()))
    assert [message["To"] for message in server.taken] == ["vanthu@b.example.vn"], "also for who begins to read from the start"


UNITS = tuple(f"unit-{at}" for at in range(12))


def sender(url: str, folder: Path, run: int, die_at: int) -> None:
    """A sender that is killed at its step `die_at`: having taken over, and before and after each mail is written down."""
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1
        if steps == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def deliver(message: EmailMessage) -> None:
        with (folder / "deliveries").open("a", encoding="utf-8") as diary:
            diary.write(message["Message-ID"] + "\n")
        step()
        Folder(folder)(message)
        step()

    store = EventStore(open_database(url), site="vn", service="campaigns")
    outbox = Outbox(store, deliver, FROM, Clock(NIGHT + timedelta(days=1) + run * timedelta(seconds=MAIL_CLAIM_SECONDS)))
    while outbox.gather():
        step()
    work(outbox)


def death_of(url: str, folder: Path, run: int, die_at: int) -> int:
    """How a process of its own that sends came to its end."""
    child = os.fork()
    if child == 0:
        try:
            sender(url, folder, run, die_at)
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.filterwarnings("ignore:Using fork")  # eventlet says so of every fork; nothing here is a greenlet
def test_killing_the_sender_at_any_moment_loses_no_mail_and_repeats_it_only_as_the_same(tmp_path: Path) -> None:
    """Killed having taken over, then each time at another step of handing over; the last one lives."""
    url = f"sqlite:///{tmp_path}/campaigns.db"
    database = open_database(url)
    store, _ = opened(database, Server())
    reminded = remind(store, *UNITS)
    database.close()
    codes = [death_of(url, tmp_path, run, die_at) for run, die_at in enumerate([1, 1, 2, 3, 4, 5, 1000])]
    assert codes == [-signal.SIGKILL] * 6 + [0]
    files = {path.stem: path for path in tmp_path.glob("*.eml")}
    assert sorted(files) == sorted(reminded), "each reminder, none lost, none beside"
    deliveries = (tmp_path / "deliveries").read_text(encoding="utf-8").split()
    assert len(deliveries) > len(reminded), "some were handed over twice, or this showed nothing"
    assert set(deliveries) == {f"<{event}@btdkt.example.vn>" for event in reminded}
    for path in files.values():
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert message["Message-ID"] == f"<{path.stem}@btdkt.example.vn>"


@contextmanager
def listening(says: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server of one connection; its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                says(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(timeout=10)


def test_a_mail_server_gets_the_mail_as_it_is() -> None:
    """The few words of SMTP that a server has to know, spoken by hand."""
    got: list[str] = []

    def says(connection: socket.socket) -> None:
        stream = connection.makefile("rwb")

        def answer(words: str) -> None:
            stream.write(f"{words}\r\n".encode())
            stream.flush()

        answer("220 ready")
        reading = False
        for line in stream:
            text = line.decode().rstrip("\r\n")
            got.append(text)
            if reading:
                if text == ".":
                    reading = False
                    answer("250 taken")
            elif text.upper() == "DATA":
                reading = True
                answer("354 go on")
            elif text.upper().startswith("QUIT"):
                answer("221 bye")
                return
            else:
                answer("250 ok")

    message = EmailMessage()
    message["From"], message["To"], message["Message-ID"] = "thidua@a.vn", "vanthu@b.vn", "<1@a.vn>"
    message.set_content("Đề nghị nộp phiếu.")
    with listening(says) as port:
        Smtp.from_url(f"smtp://127.0.0.1:{port}")(message)
    assert {"mail from:<thidua@a.vn>", "rcpt to:<vanthu@b.vn>"} <= {line.lower().partition(" size")[0] for line in got}
    assert "Message-ID: <1@a.vn>" in got


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://relay", Smtp("relay", 25, "", None, None)),
        ("smtp+starttls://post%40a:p%2Fw@mail.gov.vn", Smtp("mail.gov.vn", 587, "starttls", "post@a", "p/w")),
        ("smtps://u:p@mail.gov.vn:4650", Smtp("mail.gov.vn", 4650, "tls", "u", "p")),
    ],
)
def test_a_mail_server_is_named_by_a_url(url: str, server: Smtp) -> None:
    assert delivery(Config(smtp_url=url, mail_from="a@b.vn")) == server


@pytest.mark.parametrize("url", ["http://mail", "smtp://", "mail.gov.vn"])
def test_a_url_of_no_mail_server_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="SMTP_URL"):
        delivery(Config(smtp_url=url))


def test_without_a_mail_server_mails_go_into_the_site_s_folder(tmp_path: Path) -> None:
    deliver = delivery(Config(var=tmp_path))
    assert isinstance(deliver, Folder)
    message = EmailMessage()
    message["Message-ID"] = "<1@a.vn>"
    deliver(message)
    assert [path.name for path in (tmp_path / "outbox").iterdir()] == ["1.eml"]


def test_what_is_told_of_mails_is_json(database: Database) -> None:
    from shared.plain import plain

    store, outbox = opened(database, Server())
    remind(store, "a", "b", "c")
    work(outbox)
    assert len(json.loads(json.dumps(plain(outbox.told(2))))["mails"]) == 2
