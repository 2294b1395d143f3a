"""Where lives begin: a process that has imported everything but our own code, and forks one life after another.

The start of a process of ours takes two seconds, nearly all of it other people's modules. A fork has them; it imports ours, with the
failpoint it is given, and is a process like any other to the kernel, the broker and the database.

`python -m tests.reliability.nursery` reads a `Life` a line and says as lines of JSON: the process id, what the life tells, how it ended.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from signal import SIGKILL
from threading import Timer
from typing import Any

from services.console.process import patch
from tests.reliability.life import Life, live, tell

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    "flask",
    "kombu.transport.pyamqp",
    "kombu.transport.virtual",
    "marshmallow",
    "nameko.runners",
    "nameko.standalone.rpc",
    "nameko.web.server",
    "psycopg",
    "rfc8785",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "structlog",
    "uuid_utils",
)
"""What a life needs that is not ours."""

HUNG_SECONDS = 30.0
"""A life that has not ended by itself so long after the end of its own patience hangs."""


@dataclass
class Ended:
    """How a life went: its exit code (-9 for kill -9), and the numbers whose appends it was told are committed."""

    code: int = 0
    acknowledged: list[int] = field(default_factory=list)

    @property
    def killed(self) -> bool:
        return self.code == -SIGKILL


class Nursery:
    """The process of lives, as its owner sees it: one life at a time."""

    def __enter__(self) -> Nursery:
        command = [sys.executable, "-m", "tests.reliability.nursery"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        with self._process as process:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(timeout=10)

    def run(self, life: Life, *, kill_after: float | None = None) -> Ended:
        """Live this life; kill -9 after so many seconds, if it is there that long.

        Raises TimeoutError for one that hangs, after it is killed, and RuntimeError for one that fails.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(life.to_json() + "\n")
        self._process.stdin.flush()
        patience = len(life.numbers) * life.pause_seconds + life.seconds_max + HUNG_SECONDS
        ended = Ended()
        timers: list[Timer] = []
        hung: list[int] = []

        def give_up(process: int) -> None:
            hung.append(process)
            _kill(process)

        try:
            for line in self._process.stdout:
                said: dict[str, Any] = json.loads(line)
                if "process" in said:
                    timers.append(Timer(patience, give_up, [said["process"]]))
                    if kill_after is not None:
                        timers.append(Timer(kill_after, _kill, [said["process"]]))
                    for timer in timers:
                        timer.start()
                elif "acknowledged" in said:
                    ended.acknowledged.append(said["acknowledged"])
                else:
                    ended.code = said["ended"]
                    break
            else:
                raise RuntimeError("the nursery itself has ended")
        finally:
            for timer in timers:
                timer.cancel()
        if hung:
            raise TimeoutError(f"a life hangs: {life}")
        if ended.code not in (0, -SIGKILL):
            raise RuntimeError(f"a life ended with {ended.code}: {life}")
        return ended


def _kill(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, SIGKILL)


def main() -> None:
    patch()
    from eventlet.patcher import original

    for name in HEAVY:
        import_module(name)
    # eventlet's own would start the hub here, and every fork would share its epoll
    waitpid = original("os").waitpid
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            _begin(Life(**json.loads(line)))
        tell(process=process)
        _, status = waitpid(process, 0)
        tell(ended=os.waitstatus_to_exitcode(status))


def _begin(life: Life) -> None:
    code = 1
    try:
        live(life)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
