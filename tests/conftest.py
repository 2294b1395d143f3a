"""Fixtures that any test may ask for, and the order in which tests run."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic import command
from hypothesis import settings

from shared.store import database as store
from tests.support.databases import database as database
from tests.support.databases import flushing as flushing
from tests.support.databases import forgetful_engine
from tests.support.databases import shared_url as shared_url
from tests.support.schemas import Repeating

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import Scheduling

HERE = Path(__file__).parent
LONG = ("system", "reliability", "browser", "deploy", "benchmarks", "contract")
"""Folders whose tests take seconds each: they come first, so that of several processes none waits long for another at the end."""

# how long an example takes says what else the machine does
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


@pytest.fixture(scope="session", autouse=True)
def _quick_databases() -> Iterator[None]:
    """Some thousand databases are made; `tests/shared/store/test_migrations.py` has Alembic make its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "upgrade", Repeating())
        patch.setattr(store, "_sqlite_engine", forgetful_engine)
        yield


def pytest_collection_finish() -> None:
    # all modules and tests are there for good by now, and looking through half a gigabyte for garbage takes a while each time
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    folder = item.path.relative_to(HERE).parts[0]
    return LONG.index(folder) if folder in LONG else len(LONG)


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    from tests.support.sharing import Sharing

    return Sharing(config, log)
