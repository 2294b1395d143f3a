"""What a service says of itself, and what it names as missing."""

from __future__ import annotations

from typing import Any

import pytest

from shared import readiness
from shared.bounds import FOLD_ATTEMPTS_MAX
from shared.feed.lease import contending
from shared.feed.page import Page
from shared.feed.relay import Relay
from shared.projection import Projector, ReadModel
from shared.store import NONE, Database
from tests.shared.diary import Diary, noted, nothing
from tests.shared.store.given import CONTEXT, a_store, to

LIVE = {"name": "diary", "version": 2, "state": "live", "position": 7, "of": 7}
ACTIVE = {"state": "active", "reason": ""}
WELL: dict[str, Any] = {"database": {"state": "ok"}, "relay": ACTIVE, "feed": ACTIVE, "model": LIVE}


def test_the_database_tells_where_log_relay_and_read_model_stand(database: Database) -> None:
    store = a_store(database)
    projector = Projector(database, ReadModel(name="diary", version=1))
    projector.prepare()
    store.append(to("a", NONE, "one", "two"), CONTEXT)
    before = readiness.told(store, projector)
    assert (before["head"], before["relay"]) == (2, {"position": 0, "fence": 0, "behind": 2})
    with contending(database) as take:
        lease = take()
        assert lease is not None
        Relay(store, lease, lambda _page: None).publish_next()
    after = readiness.told(store, projector)
    assert after["relay"] == {"position": 2, "fence": 1, "behind": 0}
    assert (after["model"]["state"], after["parked"]) == ("live", [])
    assert readiness.missing(after) == []


@pytest.mark.parametrize(
    ("part", "stands", "words"),
    [
        ("database", {"state": readiness.AWAY, "reason": "refused"}, "the database does not answer"),
        ("relay", {"state": "waiting", "reason": "refused"}, "the relay waits for the broker or the database"),
        ("relay", {"state": "starting", "reason": ""}, "the relay is starting"),
        ("feed", {"state": "waiting", "reason": "refused"}, "the feed waits for the broker"),
        ("model", {**LIVE, "state": "building", "position": 4}, "the read model diary version 2 is being built"),
    ],
)
def test_what_is_missing_is_named_without_addresses(part: str, stands: dict[str, Any], words: str) -> None:
    assert readiness.missing({**WELL, part: stands}) == [words]


def test_one_that_stands_by_lacks_nothing() -> None:
    assert readiness.missing({**WELL, "relay": {"state": "stand-by", "reason": ""}}) == []


def test_a_service_without_its_database_says_so_and_no_more() -> None:
    untold = readiness.untold("diary", "vn", "connection refused")
    assert readiness.missing(untold) == ["the database does not answer"]
    assert untold == {
        "service": "diary",
        "site": "vn",
        "head": 0,
        "database": {"state": "does not answer", "reason": "connection refused"},
        "relay": {},
        "model": None,
        "cursors": [],
        "parked": [],
        "faults": [],
    }


def test_what_is_parked_and_how_far_each_feed_is_belongs_to_it(database: Database) -> None:
    diary = Diary()
    diary.spoilt = {"bad"}
    projector = diary.projector(database)
    projector.receive(Page.of([noted(1, "bad")]), nothing)
    told = readiness.told(a_store(database), projector)
    assert (told["service"], told["site"]) == ("diary", "vn")
    assert told["cursors"] == [
        {"site": "vn", "service": "diary", "position": 1},
        {"site": "vn", "service": "letters", "position": 0},
    ]
    assert told["parked"] == [
        {"site": "vn", "service": "diary", "position": 1, "stream": "a", "attempts": FOLD_ATTEMPTS_MAX, "last_error": "Spoilt('bad')"}
    ]
