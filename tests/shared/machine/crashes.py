"""A crash between two steps, without the process that would have to be started again."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from shared import failpoints


class Crashed(BaseException):
    """The process is gone: no `except Exception` of ours sees it, as none would see a kill."""


@contextmanager
def crashing_at(point: str) -> Iterator[None]:
    """Within the block a process dies when it gets to the point; what it then holds open is rolled back by the database."""
    assert point in failpoints.POINTS, point

    def reached(name: str) -> None:
        if name == point:
            raise Crashed(point)

    holders = [module for name, module in sys.modules.items() if name.startswith("shared.") and hasattr(module, "reached")]
    patches = [patch.object(module, "reached", reached) for module in holders]
    for one in patches:
        one.start()
    try:
        yield
    finally:
        for one in patches:
            one.stop()
