"""Feeds between real containers, in processes that are killed: on the embedded broker, and on RabbitMQ with PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from shared.bounds import FOLD_ATTEMPTS_MAX, FOLD_PAUSE_SECONDS
from tests.shared.feed.site import Site, a_site


@pytest.fixture(params=["embedded", "rabbitmq"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    with a_site(request.param, tmp_path) as made:
        yield made


def _all_of(site: Site) -> dict[str, list[Any]]:
    return {page: [texts, len(texts)] for page, texts in site.noted().items() if texts}


def test_a_handler_that_fails_is_tried_again_with_pauses_and_an_event_that_keeps_failing_is_parked(site: Site) -> None:
    texts = [f"n{number}" for number in range(1, 9)]
    report = site.run(append=texts, refuse=2, spoilt={"n3": -1, "n4": 2}, garbage=True)
    assert report["cursor"] == report["relayed"] == 8
    # n1, n3, n5, n7 stand on page a: n3 is parked after its tries, what follows on its page waits
    assert report["parked"] == [[3, FOLD_ATTEMPTS_MAX], [5, 0], [7, 0]]
    assert report["pages"] == {"a": [["n1"], 1], "b": [["n2", "n4", "n6", "n8"], 4]}
    pauses = [later - earlier for earlier, later in pairwise(report["handled"][:3])]
    assert [pause >= FOLD_PAUSE_SECONDS * 2**turn for turn, pause in enumerate(pauses)] == [True, True], pauses
    tries = [at for position, at in report["folded"] if position == 3]
    last = [later - earlier for earlier, later in pairwise(tries)][-FOLD_ATTEMPTS_MAX + 1 :]
    assert all(pause >= FOLD_PAUSE_SECONDS * 2**turn for turn, pause in enumerate(last)), last


def test_a_process_that_is_killed_loses_and_doubles_nothing(site: Site) -> None:
    texts = [f"n{number}" for number in range(1, 41)]
    page = site.run_to_death(append=texts, die_in_fold=12)
    if site.distributed:
        assert page in site.under_way(), "a page was acked that was never committed"
    written = sum(map(len, site.noted().values()))
    assert written >= 12
    page = site.run_to_death(append=texts[:10], die_after=written + 5)
    if site.distributed:
        assert page in site.under_way(), "a page was acked before the handler was done"
    report = site.run(append=["last"])
    assert report["pages"] == _all_of(site)
    assert (report["cursor"], report["parked"]) == (report["head"], [])
    if site.distributed:
        assert site.waiting() == 0, "a page that was folded was not acked before the stop"
    assert site.run()["pages"] == report["pages"], "a start with nothing new changed rows"


def test_pages_that_were_lost_are_made_up_for_by_an_announcement(site: Site) -> None:
    texts = [f"n{number}" for number in range(1, 21)]
    if site.distributed:
        site.waiting()  # declares the queue, so that there is something to lose
    assert site.run(append=texts, reading=False)["relayed"] == 20
    if site.distributed:
        assert site.waiting(purge=True) > 0
    report = site.run()
    assert (report["cursor"], report["relayed"]) == (20, 20)
    assert report["pages"] == _all_of(site)
