"""Facts that the tests of campaigns start from: a rubric of four passes, a cluster of three, a campaign for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from services.campaigns import domain
from shared import rubric as rubrics
from shared.rubric import PassRule, Rubric
from tests.shared.rubric.given import a_group, a_rubric, an_item

UNITS = ("kiem-toan", "toa-an", "vien-kiem-sat")
PASSES = ("self", "cross_check", "cluster", "central")
RUBRIC = a_rubric(a_group("A", an_item("A1"), an_item("A2", "20")), passes=tuple(PassRule(key, f"Pass {key}") for key in PASSES))
DUE = date(2024, 11, 30)
TODAY = date(2024, 12, 1)
GROUND = domain.Ground(UNITS, "ban-tdkt", "toa-an", RUBRIC, TODAY)
CAMPAIGN = domain.campaign(GROUND)


def on(**changes: Any) -> Any:
    """The campaign deciding on another ground."""
    return domain.campaign(replace(GROUND, **changes))


def _particulars(**changes: Any) -> dict[str, Any]:
    said = {
        "campaign": "c1",
        "title": "Phong trào 2024",
        "cluster": "noi-chinh",
        "season": 2024,
        "rubric": "R",
        "starts_on": date(2024, 1, 1),
        "ends_on": date(2024, 12, 31),
        "registration_due_on": date(2024, 2, 28),
        "legal_basis": "Kế hoạch 1",
        "illustrative": False,
    }
    return {**said, **changes}


def launch(**changes: Any) -> domain.LaunchCampaign:
    return domain.LaunchCampaign(**_particulars(**changes))


def launched(**changes: Any) -> domain.CampaignLaunched:
    more = {
        "audience": UNITS,
        "kind": domain.CampaignKind.REGULAR,
        "organiser": "ban-tdkt",
        "parent": None,
        "audience_is": domain.Audience.MEMBERS,
        "plan_document": "",
    }
    return domain.CampaignLaunched(**{**more, **_particulars(**changes)})


IN_TIME = date(2024, 2, 1)


def register(unit: str, on: date | None = IN_TIME) -> domain.RegisterUnit:
    return domain.RegisterUnit("c1", unit, on)


def registered(unit: str) -> domain.UnitRegistered:
    return domain.UnitRegistered("c1", unit, IN_TIME)


def sign(unit: str, **changes: Any) -> domain.SignCovenant:
    return replace(domain.SignCovenant("c1", unit, "Chánh án", date(2024, 3, 1)), **changes)


def signed(unit: str) -> domain.CovenantSigned:
    return domain.CovenantSigned("c1", unit, "Chánh án", date(2024, 3, 1))


def assigned(**scorers: str) -> tuple[domain.Assignment, ...]:
    """Underscores stand for the hyphens of a unit's id."""
    return tuple(domain.Assignment(unit.replace("_", "-"), (scorer,)) for unit, scorer in scorers.items())


EACH_ITSELF = tuple(domain.Assignment(unit, (unit,)) for unit in UNITS)


def opened(pass_key: str, assignments: tuple[domain.Assignment, ...] = EACH_ITSELF) -> domain.PassOpened:
    return domain.PassOpened("c1", pass_key, DUE, assignments)


def closed(pass_key: str) -> domain.PassClosed:
    return domain.PassClosed("c1", pass_key, early=False, reason=None)


def open_pass(pass_key: str, *assignments: domain.Assignment) -> domain.OpenPass:
    return domain.OpenPass("c1", pass_key, DUE, assignments)


def through(*pass_keys: str) -> list[Any]:
    """A campaign whose first passes have been opened and closed."""
    return [launched(), *(fact for key in pass_keys for fact in (opened(key), closed(key)))]


PLAN = (
    domain.PlannedPhase("covenant", "Ký giao ước", date(2024, 2, 1), date(2024, 3, 31)),
    domain.PlannedPhase("midyear_review", "Sơ kết", date(2024, 7, 1), date(2024, 7, 31)),
    domain.PlannedPhase("self", "Tự chấm", date(2024, 11, 1), DUE),
)


def planned(*phases: domain.PlannedPhase, reason: str | None = None) -> domain.PhasesPlanned:
    return domain.PhasesPlanned("c1", phases or PLAN, reason)


def plan(*phases: domain.PlannedPhase, reason: str | None = None) -> domain.PlanPhases:
    return domain.PlanPhases("c1", phases or PLAN, reason)


def vote(**votes: int) -> domain.RecordTieVote:
    counts = tuple(domain.VoteCount(unit.replace("_", "-"), count) for unit, count in votes.items())
    return domain.RecordTieVote("c1", counts, date(2025, 1, 10), "Biên bản 5")


SEALS = (domain.BoardSeal("standings", "a" * 64), domain.BoardSeal("flag", "b" * 64))
POSITIONS = (domain.FeedPosition("vn", "campaigns", 20), domain.FeedPosition("vn", "evaluations", 40))
AT_REST = domain.Inquiry(SEALS, SEALS, POSITIONS)
FINAL = [*through(*PASSES), domain.CampaignFinalised("c1", SEALS, POSITIONS)]
PUBLISHED = domain.RubricPublished("R", rubrics.to_data(RUBRIC))


def content(rubric: Rubric) -> dict[str, Any]:
    return rubrics.to_data(rubric)
