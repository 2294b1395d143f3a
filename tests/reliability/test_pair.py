"""A pair of services that dies everywhere it can, once on each backend; `python -m tests.reliability` does it hundreds of times."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.reliability.nursery import Nursery
from tests.reliability.pair import BACKENDS, DEATHS, a_pair, available


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_pair_that_dies_everywhere_it_can_loses_and_doubles_nothing(backend: str, tmp_path: Path) -> None:
    if not available(backend):
        pytest.skip(f"{BACKENDS[backend]} are not there; `make test` starts them")
    chance = Random(len(backend))
    with Nursery() as nursery, a_pair(backend, tmp_path) as pair:
        died = [death for death in DEATHS if pair.die(nursery, death, chance)]
        account = pair.settle(nursery)
    assert pair.faults == []
    assert (account.lost, account.doubled) == ([], [])
    assert account.written >= len(DEATHS)
    assert set(died) >= {death for death in DEATHS if death != "at a random moment"}, "a life did not die where it was told to"
