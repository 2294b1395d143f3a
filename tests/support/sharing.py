"""How the tests are shared out among the processes that run them, where pytest-xdist has several."""

from __future__ import annotations

import re

from xdist.scheduler import LoadScopeScheduling

DISTURBED = tuple(f"tests/system/test_{name}.py" for name in ("failpoints", "faults", "kill", "stop_start"))
"""Whose networks are disturbed, whichever way they run."""


class Sharing(LoadScopeScheduling):
    """Each test by itself to whichever process is free; tests that share a running network to the one that has it."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid) or nodeid


def group_of(nodeid: str) -> str | None:
    """What takes long to make and a test shares with others.

    Of `tests/system` a network for each way to run it, and the season of the embedded one, which the season of a disturbed network is
    compared with; of `tests/browser` one network; of the reorganisation the registry with the whole country.
    """
    if nodeid.startswith("tests/services/console/test_reorganisation_import.py"):
        return "tests/services/console/reorganisation"
    if nodeid.startswith("tests/browser/"):
        return "tests/browser"
    if nodeid.startswith(DISTURBED):
        return "tests/system[embedded]"
    if found := re.fullmatch(r"tests/system/.*\[(embedded|distributed)\b.*\]", nodeid):
        return f"tests/system[{found[1]}]"
    return None
