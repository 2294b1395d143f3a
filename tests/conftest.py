"""Fixtures that any test may ask for, and the order in which tests run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.support.databases import database as database
from tests.support.databases import shared_url as shared_url

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import Scheduling

HERE = Path(__file__).parent
LONG = ("system", "reliability", "browser", "deploy", "benchmarks", "contract")
"""Folders whose tests take seconds each: they come first, so that of several processes none waits long for another at the end."""

# how long an example takes says what else the machine does
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    folder = item.path.relative_to(HERE).parts[0]
    return LONG.index(folder) if folder in LONG else len(LONG)


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    from tests.support.sharing import Sharing

    return Sharing(config, log)
