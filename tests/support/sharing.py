"""How the tests are shared out among the processes that run them, where pytest-xdist has several."""

from __future__ import annotations

import re

from xdist.scheduler import LoadScopeScheduling


class Sharing(LoadScopeScheduling):
    """Each test by itself to whichever process is free; tests that share a running network to the one that has it."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid) or nodeid


def group_of(nodeid: str) -> str | None:
    """What takes long to make and a test shares with others.

    Of `tests/system` a network for each way to run it, of `tests/browser` one; of the reorganisation the registry with the whole country.
    """
    if nodeid.startswith("tests/services/console/test_reorganisation_import.py"):
        return "tests/services/console/reorganisation"
    if nodeid.startswith("tests/browser/"):
        return "tests/browser"
    if found := re.fullmatch(r"tests/system/.*\[(embedded|distributed)\b.*\]", nodeid):
        return f"tests/system[{found[1]}]"
    return None
