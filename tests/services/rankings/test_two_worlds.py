"""Two worlds that differ in one hidden fact look the same to whoever may not know it: every question, in every role and phase.

The worlds are one before and one after the fact. What questions there are is read from the table of permissions, so that a new one without
a line here fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from structlog.testing import capture_logs

from services.rankings.boards import BoardName
from shared.access import OPERATOR, Role
from shared.event import instant_text
from shared.store import Database, open_database
from tests.services.campaigns.given import UNITS
from tests.services.rankings.world import CAMPAIGN, World

FILE = yaml.safe_load(resources.files("shared").joinpath("permissions.yaml").read_text(encoding="utf-8"))
TABLE: dict[str, Any] = FILE["rankings"]["queries"]
ACTORS = ("somebody", OPERATOR, *(f"{role} at *" for role in Role))
"""Roles in part of the network are no more than these: tests/services/test_permissions.py."""
SHOWN = ("office", "inspector")
KNOWING = {"pending_board": SHOWN, "honesty": SHOWN, "reached": (*SHOWN, OPERATOR), "recompute": (*SHOWN, OPERATOR)}
"""Who learns by what question of what came after a freeze: for `reached`, how many there are."""

Asked = Callable[["Told"], list[dict[str, Any]]]
WHOLE = {"campaign": CAMPAIGN}
_each_board: Asked = lambda _: [  # noqa: E731
    {**WHOLE, "board": str(name), **part} for name in BoardName for part in ({}, {"limit": 2}, {"search": "toa"}, {"after": 1})
]


def _boards(world: Told) -> list[dict[str, Any]]:
    moments = (instant_text(world.moments[0]), LATER)
    return [*_each_board(world), *({**WHOLE, "board": str(name), "as_of": at} for name in BoardName for at in moments)]


def _units(**more: Any) -> Asked:
    return lambda world: [{**WHOLE, "unit": unit, **more, **at} for unit in UNITS for at in ({}, {"as_of": instant_text(world.moments[0])})]


LATER = "2030-01-01T00:00:00Z"
QUESTIONS: Mapping[str, Asked] = {
    "boards": lambda _: [{}],
    "board": _boards,
    "pending_board": _each_board,
    "explain": _units(),
    "board_under": lambda _: [{**WHOLE, "rubric": "R"}, {**WHOLE, "rubric": "R", "as_of": LATER}],
    "what_if": lambda _: [WHOLE, {**WHOLE, "as_of": LATER}, {**WHOLE, "without": ["toa-an"]}, {**WHOLE, "weights": {"A1": "2"}}],
    "firmness": lambda _: [{**WHOLE, "percent": "10"}],
    "compare": lambda world: [{"before": {**WHOLE, "as_of": instant_text(world.moments[0])}, "after": WHOLE}],
    "history": lambda _: [{"unit": unit} for unit in UNITS],
    "prospects": lambda _: [WHOLE, {**WHOLE, "limit": 1, "start": 1}, {**WHOLE, "search": "toa"}],
    "proofs": _units(),
    "honesty": lambda _: [{"cluster": "noi-chinh"}, {"cluster": "noi-chinh", "kind": "own", "limit": 1, "start": 1}],
    "records": lambda world: [{**WHOLE, "units": list(UNITS), **at} for at in ({}, {"as_of": instant_text(world.moments[0])})],
    "reached": lambda _: [WHOLE],
    "recompute": lambda _: [WHOLE],
}
"""Of each question what is asked."""

BESIDE = frozenset({"positions"})
"""How long the logs are is no secret, from those who may make boards final least of all."""


class Told(World):
    """A campaign with a board on which somebody leads, and evidence behind it."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.moments: list[datetime] = []
        self.hand_in("toa-an", A1="8", A2="15")
        self.attach("kiem-toan", "a")
        self.hand_in("kiem-toan", A1="9", A2="15")
        self.hand_in("toa-an", "cluster", "kiem-toan", A1="8.5")
        self.adjust("kiem-toan", "bonus", "1")
        self.lodge("kiem-toan")
        self.moments.append(self.now())
        self.score("vien-kiem-sat", A1="3")

    def answers(self, *methods: str) -> dict[tuple[str, str, str], Any]:
        """By question, what is asked and who asks: what they are told. One asks everything, the others one thing of each question."""
        told = {}
        for method in methods or TABLE:
            everything = QUESTIONS[method](self)
            for actor in ACTORS:
                for data in everything if actor == ACTORS[0] else everything[:1]:
                    told[method, str(data), actor] = _without(self.ask(method, actor, **data), BESIDE)
        return told


def _without(answer: Any, names: frozenset[str]) -> Any:
    if isinstance(answer, dict):
        return {name: _without(value, names) for name, value in answer.items() if name not in names}
    return answer


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Told]:
    database = open_database(f"sqlite:///{tmp_path}/rankings.db")
    with capture_logs():
        yield Told(database)
    database.close()


def _draft(world: Told) -> None:
    world.score("vien-kiem-sat", A1="10", A2="20")


def _evidence_of_a_draft(world: Told) -> None:
    world.attach("vien-kiem-sat", "b")


def _appeal(world: Told) -> None:
    world.lodge("toa-an", "k2")


def _sheet(world: Told) -> None:
    world.hand_in("vien-kiem-sat", A1="10", A2="20")


def _return(world: Told) -> None:
    world.give_back("toa-an")


def _adjustment(world: Told) -> None:
    world.adjust("toa-an", "penalty", "3", key="a2")


def _gate(world: Told) -> None:
    world.adjust("kiem-toan", "gate", None, key="a3")


def _reversal(world: Told) -> None:
    world.reverse("kiem-toan")


def _answer(world: Told) -> None:
    world.answer("kiem-toan", A1="10")


def _recusal(world: Told) -> None:
    world.recuse("toa-an", "cluster", "kiem-toan")


def _resumption(world: Told) -> None:
    world.resume("toa-an", "cluster", "kiem-toan")


HIDDEN_FROM_ALL = (_draft, _evidence_of_a_draft, _appeal)
AFTER_THE_FREEZE = (_sheet, _adjustment, _answer, _reversal, _recusal, _resumption, _return, _gate)


def test_every_question_of_the_table_is_asked() -> None:
    assert set(QUESTIONS) == set(TABLE)


def test_nobody_learns_what_is_hidden_from_them(world: Told) -> None:
    """Open, frozen and final; what came after the freeze one fact after the other."""
    told = world.answers()
    assert all("result" in one or one["error"]["code"] == "not_allowed" for one in told.values()), "a question was not understood"
    _check_nothing_told(world, "open")
    world.freeze()
    _check_nothing_told(world, "frozen")
    for fact in AFTER_THE_FREEZE:
        _check_told_to_some(world, fact)
    frozen = world.answers("board")
    world.thaw()
    assert world.answers("board") != frozen
    world.tell("campaigns", "CampaignFinalised", {"campaign": CAMPAIGN, "boards": [], "positions": []}, "campaign", schema=2)
    _check_nothing_told(world, "final")


def _check_nothing_told(world: Told, phase: str) -> None:
    before = world.answers()
    for fact in HIDDEN_FROM_ALL:
        fact(world)
    assert world.answers() == before, phase


def _check_told_to_some(world: Told, fact: Callable[[Told], None]) -> None:
    before = world.answers()
    fact(world)
    after = world.answers()
    differing = {(method, actor) for method, data, actor in before if after[method, data, actor] != before[method, data, actor]}
    for method, actor in differing:
        assert actor.partition(" ")[0] in KNOWING.get(method, ()), f"{actor} learns of {fact.__name__} by {method}"
    for role in ("office at *", "inspector at *"):
        assert {("pending_board", role), ("reached", role)} <= differing, f"{role} is not told of {fact.__name__}"
