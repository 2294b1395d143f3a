"""Named points between two steps, at which a process can be made to die, so that tests see that nothing is lost or doubled there.

`COMMENDATION_FAILPOINT=relay.after_publish:3` kills the process (SIGKILL, as `kill -9` does) the third time it gets there. Without the
variable a point is a call of an empty function.
"""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Callable, Mapping

from shared.errors import ConfigurationError

VARIABLE = "COMMENDATION_FAILPOINT"
POINTS = {
    "append.before_commit": "events are written, their transaction is not committed",
    "append.after_commit": "events are committed, the relay does not know",
    "relay.after_publish": "the broker has confirmed a page, the relay's cursor has not moved",
    "fold.before_commit": "rows and cursor are written, their transaction is not committed",
    "fold.after_commit": "rows and cursor are committed, the page is not acked",
    "rebuild.after_page": "a page of a rebuild is taken, the next is not",
    "rebuild.caught_up": "the new generation holds what the live one does, the switch is not begun",
    "rebuild.before_go_live": "the new generation is switched in, the switch is not committed",
    "rebuild.after_go_live": "the new generation is live, nobody was told",
}


def armed(environ: Mapping[str, str]) -> Callable[[str], None]:
    """What a process of this environment does at a point.

    Raises ConfigurationError for a point that is not known: a test that never dies would show nothing.
    """
    wanted = environ.get(VARIABLE)
    if not wanted:
        return _pass
    point, _, times = wanted.partition(":")
    if point not in POINTS or not re.fullmatch(r"[1-9][0-9]{0,8}", times or "1"):
        raise ConfigurationError(f"{VARIABLE} is {wanted!r}; give one of {', '.join(POINTS)}, then ':' and at which time to die")
    left = int(times or "1")
    counting = threading.Lock()

    def count(name: str) -> None:
        nonlocal left
        if name != point:
            return
        with counting:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return count


def _pass(_name: str) -> None:
    pass


reached = armed(os.environ)
