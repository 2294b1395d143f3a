"""People and councils in the registry's views, folded on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from services.registry import domain, views
from services.registry.schemas import EVENTS
from shared.projection import Projector
from shared.store import Database
from tests.services.registry import test_council as council
from tests.services.registry.test_person import ACCEPTED, BEGUN, FORGOTTEN, OFFERED, REFUSED, REGISTERED, RESEALED, SEALED, P, left
from tests.support.feeds import Feeds

OTHER = "018f0000-0000-7000-8000-000000000002"


@pytest.fixture
def feeds(database: Database) -> Feeds:
    projector = Projector(database, views.MODEL, pause=lambda _seconds: None)
    projector.prepare()
    return Feeds(projector, {"registry": EVENTS})


def test_people_of_a_unit_are_those_in_its_posts_the_present_first(feeds: Feeds) -> None:
    feeds.tell("registry", *REGISTERED, left(date(2022, 6, 30)), domain.PostTaken(P, "Kế toán", "so-a", date(2022, 7, 1), None))
    feeds.tell("registry", domain.PersonRegistered(OTHER, RESEALED), domain.PostTaken(OTHER, "Văn thư", "so-b", BEGUN, None))
    with feeds.projector.reading() as reading:
        rows = views.people_of(reading, "so-a")
        assert views.people_of(reading, "so-c") == []
        of_days = {day: views.people_of(reading, "so-a", day) for day in (date(2019, 12, 31), BEGUN, date(2022, 6, 30), date(2022, 7, 1))}
    assert [(row["person"], row["post"], row["from_on"], row["until_on"], row["sealed"]) for row in rows] == [
        (P, "Kế toán", date(2022, 7, 1), None, SEALED),
        (P, "Chuyên viên", BEGUN, date(2022, 6, 30), SEALED),
    ]
    assert [[row["post"] for row in found] for found in of_days.values()] == [[], ["Chuyên viên"], ["Chuyên viên"], ["Kế toán"]]


def test_people_of_several_units_are_those_in_their_posts_that_day_without_the_forgotten(feeds: Feeds) -> None:
    feeds.tell("registry", *REGISTERED, domain.PersonRegistered(OTHER, RESEALED), domain.PostTaken(OTHER, "Văn thư", "so-b", BEGUN, None))
    with feeds.projector.reading() as reading:
        found = [views.people_in(reading, units, BEGUN, 9) for units in (["so-a", "so-b"], ["so-b"], ["so-c"])]
        assert len(views.people_in(reading, ["so-a", "so-b"], BEGUN, 1)) == 1
        assert views.people_in(reading, ["so-a"], date(2019, 12, 31), 9) == []
    assert [[(row["unit"], row["person"]) for row in rows] for rows in found] == [[("so-a", P), ("so-b", OTHER)], [("so-b", OTHER)], []]
    feeds.tell("registry", FORGOTTEN)
    with feeds.projector.reading() as reading:
        assert [row["person"] for row in views.people_in(reading, ["so-a", "so-b"], BEGUN, 9)] == [OTHER]


def test_a_person_is_shown_with_posts_and_transfers(feeds: Feeds) -> None:
    feeds.tell("registry", *REGISTERED, OFFERED, REFUSED)
    with feeds.projector.reading() as reading:
        assert views.open_transfers(reading, "so-b") == []
    feeds.tell("registry", replace(OFFERED, transfer="t2"))
    with feeds.projector.reading() as reading:
        waiting = [views.open_transfers(reading, unit) for unit in ("so-a", "so-b", "so-c")]
    assert [[row["transfer"] for row in rows] for rows in waiting] == [["t2"], ["t2"], []]
    feeds.tell(
        "registry", domain.TransferAccepted("t2", P, "Phó phòng", "QĐ 8"), *ACCEPTED[1:], domain.PersonDetailsCorrected(P, RESEALED, "nhầm")
    )
    with feeds.projector.reading() as reading:
        found = views.person_of(reading, P)
        assert views.person_of(reading, OTHER) is None
        assert views.open_transfers(reading, "so-a") == []
    assert found is not None
    assert (found["sealed"], found["forgotten_on"]) == (RESEALED, None)
    assert [(row["unit"], row["until_on"]) for row in found["posts"]] == [("so-a", date(2024, 2, 29)), ("so-b", None)]
    assert [(row["state"], row["reason"], row["into_post"]) for row in found["transfers"]] == [
        ("refused", "hết biên chế", None),
        ("accepted", None, "Phó phòng"),
    ]


def test_of_who_is_forgotten_there_is_nothing_to_open(feeds: Feeds) -> None:
    feeds.tell("registry", *REGISTERED, OFFERED, FORGOTTEN, domain.PersonRegistered(OTHER, RESEALED))
    with feeds.projector.reading() as reading:
        found = views.person_of(reading, P)
        sealed = views.sealed_of(reading, {P, OTHER, "nobody"})
        rows = [*views.people_of(reading, "so-a"), *views.open_transfers(reading, "so-a")]
    assert found is not None
    assert (found["sealed"], found["forgotten_on"], found["ground"]) == (None, date(2026, 2, 1), "Luật 91/2025/QH15")
    assert sealed == {P: None, OTHER: RESEALED}
    assert [row["sealed"] for row in rows] == [None, None]


def test_a_council_is_shown_by_term_and_seat(feeds: Feeds) -> None:
    seat = domain.Seat
    feeds.tell("registry", *council.TERM, council.appointed("p2", seat.MEMBER), council.appointed("p1", seat.CHAIR))
    feeds.tell("registry", council.relieved("p1", date(2022, 6, 30)), council.appointed("p3", seat.CHAIR, date(2022, 7, 1)))
    after = replace(council.OPENED, term="2026-2030", from_on=date(2026, 1, 1), until_on=date(2030, 12, 31))
    feeds.tell("registry", after)
    with feeds.projector.reading() as reading:
        assert [row["council"] for row in views.all_councils(reading)] == ["hd"]
        found = views.council_of(reading, "hd")
        assert views.council_of(reading, "khac") is None
    assert found is not None
    newest, oldest = found["terms"]
    assert (newest["term"], newest["members"], oldest["until_on"]) == ("2026-2030", [], council.END)
    assert [(row["person"], row["seat"], row["relieved_on"], row["reason"]) for row in oldest["members"]] == [
        ("p1", "chair", date(2022, 6, 30), "nghỉ hưu"),
        ("p3", "chair", None, None),
        ("p2", "member", None, None),
    ]


FACTS = [
    *REGISTERED,
    OFFERED,
    *ACCEPTED,
    REFUSED,
    FORGOTTEN,
    domain.PersonDetailsCorrected(P, RESEALED, "nhầm"),
    domain.TransferWithdrawn("t1", P, "đổi ý"),
    *council.TERM,
    council.appointed("p1", domain.Seat.CHAIR),
    council.relieved("p1", date(2022, 6, 30)),
]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_every_event_is_read_back_as_it_was_stored(fact: object) -> None:
    stored = EVENTS.encode(fact)
    assert stored.type == f"registry.{type(fact).__name__}"
    assert stored.effective_on == getattr(fact, "effective_on", None)
    assert EVENTS.recall("stream", stored.type, stored.schema, stored.data) == fact
