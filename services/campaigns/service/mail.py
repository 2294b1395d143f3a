"""The running outbox of a site: a nameko extension that keeps it going."""

from __future__ import annotations

import threading
from typing import Any

import eventlet
from nameko.extensions import DependencyProvider

from services.campaigns.outbox import Deliver, Folder, Outbox, Smtp
from shared.bounds import DRAIN_SECONDS_MAX, MAIL_POLL_SECONDS
from shared.calendar import utc_now
from shared.config import Config
from shared.ground import Ground, configuration
from shared.telemetry import logger

log = logger(__name__)
FOLDER = "outbox"
"""Under the folder of the site: mails that no server is named for."""


class MailProvider(DependencyProvider):
    """Injects the Outbox, and sends what it holds from start to stop. With several processes, each mail goes from one of them."""

    ground = Ground()

    def setup(self) -> None:
        config = configuration()
        self.outbox = Outbox(self.ground.store, delivery(config), config.mail_from, utc_now)
        self.outbox.prepare()
        self._woken = threading.Event()
        self._stopping = False
        self._stopped = threading.Event()

    def start(self) -> None:
        self.ground.store.on_append(self._woken.set)
        self.container.spawn_managed_thread(self._run, identifier="outbox")

    def stop(self) -> None:
        """Begin no further mail. One that is under way and not marked by then is sent again at the next start, as the same."""
        self._stopping = True
        self._woken.set()
        self._stopped.wait(timeout=DRAIN_SECONDS_MAX)

    def get_dependency(self, worker_ctx: Any) -> Outbox:
        return self.outbox

    def _run(self) -> None:
        try:
            while not self._stopping:
                self._woken.clear()
                try:
                    while not self._stopping and (self.outbox.gather() or self.outbox.send_next()):
                        eventlet.sleep(0)  # a long log that is read for the first time holds up nobody
                except Exception as error:  # the database is away: what was not taken over stays in the log
                    log.warning("outbox_waits", error=repr(error))
                self._woken.wait(timeout=MAIL_POLL_SECONDS)
        finally:
            self._stopped.set()


def delivery(config: Config) -> Deliver:
    """The mail server that the configuration names, else a folder. Raises ConfigurationError."""
    return Smtp.from_url(config.smtp_url) if config.smtp_url else Folder(config.var / FOLDER)
