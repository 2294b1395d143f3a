"""Processes of a sample: started with addresses in their environment, ended with it, and quoted when they end too early."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

STOP_SECONDS_MAX = 30.0
_TAIL = 4_000
"""Letters of a process's log that are shown when it fails."""

COMMENDATION = str(Path(sys.executable).with_name("commendation"))


class ProcessFailed(RuntimeError):
    """A process ended or kept silent; the end of its log says why."""


class Process:
    """One process, its answers on standard output, its log in a file."""

    def __init__(self, name: str, arguments: Sequence[str], env: Mapping[str, str], folder: Path) -> None:
        self.name = name
        self._log = folder / f"{name}.log"
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("COMMENDATION_")}
        with self._log.open("wb") as log:
            self._popen = subprocess.Popen(arguments, env={**inherited, **env}, stdout=subprocess.PIPE, stderr=log)
        self._left = b""

    @property
    def pid(self) -> int:
        return self._popen.pid

    def check(self) -> None:
        """Raises ProcessFailed when it has ended."""
        if self._popen.poll() is not None:
            raise self._failed(f"ended with {self._popen.returncode}")

    def line(self, seconds: float) -> str:
        """The next line that it prints. Raises ProcessFailed when none comes in time."""
        out = self._popen.stdout
        if out is None:
            raise RuntimeError("The process was started without a pipe.")
        deadline = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(out, selectors.EVENT_READ)
            while b"\n" not in self._left:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise self._failed(f"has not answered in {seconds:.0f} s")
                read = os.read(out.fileno(), 65_536)
                if not read:
                    raise self._failed("closed its output without an answer")
                self._left += read
        line, _, self._left = self._left.partition(b"\n")
        return line.decode()

    def end(self) -> None:
        """SIGTERM, and SIGKILL when that does not end it in time."""
        if self._popen.poll() is None:
            self._popen.send_signal(signal.SIGTERM)
            try:
                self._popen.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                self._popen.kill()
                self._popen.wait()
        if self._popen.stdout is not None:
            self._popen.stdout.close()

    def _failed(self, what: str) -> ProcessFailed:
        shown = self._log.read_text(encoding="utf-8", errors="replace")[-_TAIL:]
        return ProcessFailed(f"{self.name} {what}. The end of its log:\n{shown}")


@contextmanager
def process(name: str, arguments: Sequence[str], env: Mapping[str, str], folder: Path) -> Iterator[Process]:
    """A process that ends with the block."""
    started = Process(name, arguments, env, folder)
    try:
        yield started
    finally:
        started.end()


def module(name: str, *arguments: str) -> list[str]:
    """The command line that runs a module of ours."""
    return [sys.executable, "-W", "ignore", "-m", name, *arguments]
