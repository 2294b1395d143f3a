"""Questions about somebody's health are answered soon, whether by the database or by the word that it does not answer."""

from __future__ import annotations

import eventlet
import pytest
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared import ground
from shared.errors import Unavailable
from shared.ground import Standing, in_time


def test_what_the_database_answers_is_passed_on() -> None:
    assert in_time(lambda: 7) == 7


def test_a_database_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "HEALTH_DATABASE_SECONDS", 0.25)
    with pytest.raises(Unavailable, match=r"^no answer within 0\.25 seconds$"):
        in_time(lambda: eventlet.sleep(60))


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
def test_an_error_of_the_database_is_told_in_one_line(kind: type[OperationalError]) -> None:
    def failing() -> None:
        raise kind("SELECT 1", {}, Exception("server closed the connection\n\tunexpectedly"))

    with pytest.raises(Unavailable) as told:
        in_time(failing)
    assert told.value.message == "(builtins.Exception) server closed the connection"


def test_a_pool_without_a_free_connection_and_an_error_of_our_own_are_told_apart() -> None:
    def exhausted() -> None:
        raise PoolTimeout("no connection free")

    def mistaken() -> None:
        raise ValueError("ours")

    with pytest.raises(Unavailable, match="no connection free"):
        in_time(exhausted)
    with pytest.raises(ValueError, match="ours"):
        in_time(mistaken)


def test_a_part_says_how_it_stands_and_for_what_it_waits() -> None:
    standing = Standing()
    assert (standing.state, standing.reason) == ("starting", "")
    standing.says("waiting", "the broker is away")
    assert (standing.state, standing.reason) == ("waiting", "the broker is away")
    standing.says("active")
    assert (standing.state, standing.reason) == ("active", ""), "it still says for what it once waited"
