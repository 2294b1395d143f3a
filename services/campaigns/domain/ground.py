"""What the decisions on a campaign rest on from outside its stream."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from services.campaigns.domain import pairing
from services.campaigns.domain.errors import NotReady
from shared import rubric as rubrics
from shared.ballots import Ballot


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who scores a unit in a pass: organisations, or the seats of a panel."""

    unit: str
    scorers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parent:
    """The campaign that one is launched under."""

    campaign: str
    title: str
    season: int
    starts_on: date
    ends_on: date
    final: bool
    rubric: rubrics.Rubric


@dataclass(frozen=True, slots=True)
class FeedPosition:
    """How far the feed of a service at a site was folded."""

    site: str
    service: str
    position: int


@dataclass(frozen=True, slots=True)
class BoardSeal:
    """A board by its digest: SHA-256, in hexadecimal, of its canonical JSON."""

    board: str
    digest: str


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that keeps a result from being final: `kind` says what, `at` where, `count` how many."""

    kind: str
    at: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What the network answered: the boards as shown and as its logs give them anew, the positions they rest on, what is in the way.

    The matters name the boards on which the second opinion differs, too.
    """

    shown: tuple[BoardSeal, ...]
    recomputed: tuple[BoardSeal, ...]
    positions: tuple[FeedPosition, ...]
    matters: tuple[Matter, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """The cluster's members and leader in the season, its organiser, the rubric, the legal date of the command.

    known: the organisations that may be named in place of the members; parent: the campaign named as parent, at a launch;
    inquiry: what the network answered, where the command asks for it; circumstances: of a draw, where one is asked for;
    ballot: the one that a vote between tied units is taken over from, None where none is known.
    """

    members: tuple[str, ...]
    organiser: str
    leader: str | None
    rubric: rubrics.Rubric
    today: date
    known: frozenset[str] = frozenset()
    parent: Parent | None = None
    inquiry: Inquiry | None = None
    circumstances: pairing.Circumstances = field(default_factory=pairing.Circumstances)
    ballot: Ballot | None = None

    def custom(self, pass_key: str, units: Sequence[str]) -> tuple[Assignment, ...]:
        """Who scores whom by custom: each unit itself; in the cross-check the next of the list; the leader, whom the organiser
        checks; the organiser in the central pass and in any other.

        Source: passes as in HD 804/HD-SNV 2018 (Thừa Thiên Huế): self, cluster leader and deputy, standing office.
        """
        if pass_key == "self":
            return tuple(Assignment(unit, (unit,)) for unit in units)
        if pass_key == "cross_check" and len(units) > 1:
            following = [*units[1:], units[0]]
            return tuple(Assignment(unit, (checker,)) for unit, checker in zip(units, following, strict=True))
        if pass_key == "cluster":
            if self.leader is None:
                raise NotReady("The cluster has no leader for this season; designate one in the registry before opening its pass.")
            return tuple(Assignment(unit, (self.organiser if unit == self.leader else self.leader,)) for unit in units)
        return tuple(Assignment(unit, (self.organiser,)) for unit in units)
