"""The ballot box: a vote is counted and its voter marked in one, nothing in the database tells of it, and at the end nothing is left."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.evaluations.box import DESTROYED, BallotBox, Held, boxes
from services.evaluations.domain.ballot_counting import Tally
from services.evaluations.domain.errors import AlreadyVoted, BallotClosedAlready, PaperRefused
from shared.ballot_paper import sealed_paper
from shared.sealing import SealBroken
from shared.store import Database, open_database

SITE_KEY = bytes(range(32))


def a_box(database: Database, site_key: bytes = SITE_KEY) -> BallotBox:
    box = BallotBox(database, lambda: site_key)
    box.prepare()
    box.make("b1", choices=2, voters=5)
    return box


def any_paper(_marks: Sequence[str]) -> None:
    pass


def put(box: BallotBox, voter: int, *marks: str, check: Callable[[Sequence[str]], None] = any_paper) -> None:
    box.put("b1", voter, sealed_paper(box.public_key("b1"), "b1", marks), check)


def row_of(database: Database) -> sa.Row[tuple[int, str, bytes, bytes, bool]]:
    with database.read() as connection:
        return connection.execute(sa.select(boxes).where(boxes.c.ballot == "b1")).one()


def test_votes_are_summed_and_voters_marked(database: Database) -> None:
    box = a_box(database)
    for voter, marks in [(0, ("for", "against")), (3, ("for", "")), (4, ("", ""))]:
        put(box, voter, *marks)
    assert [box.has_voted("b1", voter) for voter in range(5)] == [True, False, False, True, True]
    assert box.cast("b1") == 3
    box.make("b1", choices=2, voters=5)  # as a process does that finds a ballot open
    assert box.shut("b1", absent=[1, 3]) == Tally(3, 1, 0, (2, 0), (0, 1), absent=1)
    assert box.shut("b1", absent=[]).cast == 3
    assert a_box(database).cast("b1") == 3


def test_voters_at_the_same_moment_are_all_counted_and_nobody_twice(database: Database) -> None:
    box = a_box(database)
    papers = [sealed_paper(box.public_key("b1"), "b1", ["for", ""]) for _ in range(10)]

    def vote(place: int) -> bool:
        try:
            box.put("b1", place % 5, papers[place], any_paper)
        except AlreadyVoted:
            return False
        return True

    with ThreadPoolExecutor(10) as threads:
        taken = list(threads.map(vote, range(10)))
    assert sum(taken) == 5
    assert box.shut("b1", []) == Tally(5, 0, 0, (5, 0), (0, 0))


def test_a_second_vote_is_refused_before_it_is_looked_at(database: Database) -> None:
    box = a_box(database)
    put(box, 2, "for", "for")
    before = row_of(database)
    for paper in (sealed_paper(box.public_key("b1"), "b1", ["against", ""]), "no paper"):
        with pytest.raises(AlreadyVoted) as found:
            box.put("b1", 2, paper, any_paper)
        assert found.value.details == {"ballot": "b1"}
    assert row_of(database) == before


def test_what_is_refused_is_not_counted_and_the_voter_may_vote(database: Database) -> None:
    box = a_box(database)

    def refuse(_marks: Sequence[str]) -> None:
        raise PaperRefused("no")

    with pytest.raises(PaperRefused):
        put(box, 1, "for", "for", check=refuse)
    with pytest.raises(SealBroken):
        put(box, 1, "for")
    with pytest.raises(SealBroken):
        box.put("b1", 1, "no paper", any_paper)
    assert (box.cast("b1"), box.has_voted("b1", 1)) == (0, False)
    put(box, 1, "for", "for")
    assert box.shut("b1", []) == Tally(1, 0, 0, (1, 1), (0, 0))


def test_a_box_that_is_shut_takes_no_votes_and_one_that_is_destroyed_gives_nothing(database: Database) -> None:
    box = a_box(database)
    public = box.public_key("b1")
    put(box, 0, "for", "")
    box.shut("b1", [])
    with pytest.raises(BallotClosedAlready):
        put(box, 1, "for", "")
    with pytest.raises(AlreadyVoted):
        put(box, 0, "for", "")
    assert box.standing() == ["b1"]
    box.destroy("b1")
    box.make("b1", choices=2, voters=5)
    assert box.standing() == []
    for ask in (
        box.public_key,
        box.cast,
        lambda one: box.shut(one, []),
        lambda one: box.put(one, 1, sealed_paper(public, one, ["", ""]), any_paper),
    ):
        with pytest.raises(BallotClosedAlready):
            ask("b1")
    gone = row_of(database)
    assert (gone.wrapped, set(gone.sealed)) == (DESTROYED, {0})
    box.destroy("never made")


def test_a_row_has_one_length_whatever_was_voted(database: Database) -> None:
    box = a_box(database)
    lengths = set()
    for voter, marks in enumerate([("for", "for"), ("", ""), ("against", "for")]):
        lengths.add((len(row_of(database).wrapped), len(row_of(database).sealed)))
        put(box, voter, *marks)
    assert len(lengths) == 1
    assert {len(Held.empty(2, 300).to_bytes()), len(Held(300, (300, 0), (0, 300), (True,) * 300).to_bytes())} == {314}


def test_sums_and_voters_are_bound_together_and_to_their_ballot(database: Database) -> None:
    """Whoever writes into the table cannot take the sums of before with the voters of after, nor those of another ballot."""
    box = a_box(database)
    box.make("b2", choices=2, voters=5)
    put(box, 0, "for", "")
    with database.write() as connection:
        other = connection.execute(sa.select(boxes.c.sealed, boxes.c.wrapped).where(boxes.c.ballot == "b2")).one()
        connection.execute(boxes.update().where(boxes.c.ballot == "b1").values(sealed=other.sealed))
    with pytest.raises(SealBroken, match="changed"):
        box.cast("b1")
    with database.write() as connection:
        connection.execute(boxes.update().where(boxes.c.ballot == "b1").values(wrapped=other.wrapped))
    with pytest.raises(SealBroken, match="key of this site"):
        box.cast("b1")


def test_the_key_of_another_site_opens_nothing(database: Database) -> None:
    a_box(database)
    with pytest.raises(SealBroken, match="key of this site"):
        a_box(database, bytes(32)).cast("b1")


def test_no_file_of_the_database_holds_the_box_as_it_was_before_a_vote(tmp_path: Path) -> None:
    """Else the key of the site and one copy of the folder would tell who voted how: the difference of two boxes is a vote."""
    database = open_database(f"sqlite:///{tmp_path}/evaluations.db")
    box = a_box(database)
    before = []

    def found(octets: bytes) -> bool:
        return any(octets in path.read_bytes() for path in tmp_path.glob("evaluations.db*"))

    for voter in range(5):
        before.append(row_of(database).sealed)
        put(box, voter, "for", "against")
        assert not any(found(sealed) for sealed in before)
    last = row_of(database)
    assert found(last.sealed)
    assert found(last.wrapped)
    box.destroy("b1")
    assert not found(last.sealed)
    assert not found(last.wrapped)
    database.close()


VOTING = """
import os, signal, sys
import sqlalchemy as sa
from shared.store import open_database
from tests.services.evaluations.test_box import a_box, put
database = open_database(sys.argv[1])
box = a_box(database)
put(box, 0, "for", "")
before = sys.argv[2] == "before"
sa.event.listen(database.engine, "commit", lambda _connection: os.kill(os.getpid(), signal.SIGKILL) if before else None)
if not before:
    box._forget = lambda: os.kill(os.getpid(), signal.SIGKILL)
put(box, 1, "for", "against")
"""


@pytest.mark.parametrize(("moment", "counted"), [("before", Tally(1, 0, 0, (1, 0), (0, 0))), ("after", Tally(2, 0, 0, (2, 0), (0, 1)))])
def test_a_process_that_is_killed_leaves_a_vote_counted_and_marked_or_neither(tmp_path: Path, moment: str, counted: Tally) -> None:
    url = f"sqlite:///{tmp_path}/evaluations.db"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", VOTING, url, moment], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    database = open_database(url)
    box = a_box(database)
    assert box.has_voted("b1", 1) is (moment == "after")
    assert box.shut("b1", []) == counted
    database.close()
