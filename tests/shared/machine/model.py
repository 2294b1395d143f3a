"""What a log and the rows folded from it must come to, as dictionaries and lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.store import ANY, EXISTS

TEAR = "tear"
"""The text of an event that tears a page out; any other is noted on it."""


@dataclass(frozen=True)
class Answer:
    """What an append answers for one stream: its version, the position of its last event (0 without one), how many events."""

    stream: str
    version: int
    position: int
    count: int


@dataclass
class Log:
    """One producer's log: the stream and text of each event, in the order of positions; and what its commands were answered."""

    events: list[tuple[str, str]] = field(default_factory=list)
    commands: dict[str, list[Answer]] = field(default_factory=dict)

    def version(self, stream: str) -> int:
        return sum(one == stream for one, _ in self.events)

    def fits(self, stream: str, expected: int) -> bool:
        at = self.version(stream)
        return expected == ANY or (at > 0 if expected == EXISTS else at == expected)

    def add(self, writes: Sequence[tuple[str, Sequence[str]]]) -> list[Answer]:
        """Append to several streams at once."""
        answers = []
        for stream, texts in writes:
            self.events += [(stream, text) for text in texts]
            answers.append(Answer(stream, self.version(stream), len(self.events) if texts else 0, len(texts)))
        return answers

    def recorded(self) -> list[tuple[int, str, int, str]]:
        """Position, stream, version and text of each event."""
        versions: dict[str, int] = {}
        rows = []
        for position, (stream, text) in enumerate(self.events, start=1):
            versions[stream] = versions.get(stream, 0) + 1
            rows.append((position, stream, versions[stream], text))
        return rows

    def pages(self, service: str, position: int) -> dict[str, str]:
        """The rows after the events up to a position."""
        pages: dict[str, list[str]] = {}
        for stream, text in self.events[:position]:
            if text == TEAR:
                pages.pop(stream, None)
            else:
                pages.setdefault(stream, []).append(text)
        return {f"{service}/{stream}": " ".join(texts) for stream, texts in pages.items()}
