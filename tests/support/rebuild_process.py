"""A rebuild as a process of its own that can be killed: `python -m tests.support.rebuild_process URL VERSION HELD STEP...`.

It takes the steps of a rebuild of the diary (`tests.shared.diary`) from a feed of EVENTS events, a page at a time of which HELD are written
together, and prints each position that it reaches; the step `follow` is what the service does. The database at the URL is prepared as a
service of that version would do it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from unittest.mock import patch

from shared.errors import CommendationError
from shared.feed.page import Page
from shared.projection import Projector, Rebuilding
from shared.store import open_database
from tests.shared.diary import Diary, feed_of, noted

EVENTS = 60
PAGE = 10
LOG = [noted(position, f"n{position}", stream="ab"[position % 2]) for position in range(1, EVENTS + 1)]
NOTES = {f"diary/{stream}": " ".join(event.data["text"] for event in LOG if event.stream == stream) for stream in "ab"}
"""What the rows hold when all of the log is folded."""

FEED = feed_of(*LOG, limit=PAGE)


def main(url: str, version: int, steps: Sequence[str]) -> int:
    opened = Diary(version).projector(open_database(url, wait_seconds=5))
    try:
        for step in steps:
            if step == "follow":
                _follow(opened)
            else:
                Rebuilding(opened, "vn", FEED).take(step, progress=lambda _service, position: print(position, flush=True))
    except CommendationError as error:
        print(error.code, file=sys.stderr)
        return 2
    return 0


def _follow(opened: Projector) -> None:
    """As the service of this version does, page after page."""
    after = 0
    while events := FEED("diary", after):
        opened.receive(Page.of(events), FEED)
        after = events[-1].position


if __name__ == "__main__":
    url, version, held, *steps = sys.argv[1:]
    with patch("shared.projection.replay.REPLAY_PAGES_MAX", int(held)):
        sys.exit(main(url, int(version), steps))
