"""What is owed, as far as who asks may know it: of a frozen campaign nobody learns here what its boards do not show yet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.campaigns import domain, schemas, views
from services.campaigns.service import CampaignsService
from services.evaluations.domain import SheetReturned, SheetSubmitted
from services.evaluations.schemas import EVENTS as EVALUATIONS
from services.registry.domain import RoleGranted
from services.registry.schemas import EVENTS as REGISTRY
from shared.calendar import legal_date, utc_now
from shared.errors import CommendationError
from shared.event import Context
from shared.facts import Facts
from shared.projection import Projector
from shared.rpc import Request
from shared.service import Views
from shared.store import ANY, Append, EventStore, open_database
from tests.services.campaigns import given as the
from tests.services.registry import given as registry
from tests.support.feeds import Feeds

DUE = legal_date(utc_now())
SHEET = {"campaign": "c1", "unit": "toa-an", "pass_key": "self", "scorer": "toa-an"}
ROLES = (
    ("office", "office", "*"),
    ("inspector", "inspector", "*"),
    ("leader", "leader", "noi-chinh"),
    ("leader", "secretary", "kiem-toan"),
    ("unit", "secretary", "toa-an"),
)


class Urging:
    """The service; the pass in which each unit scores itself is open, and nobody has handed in."""

    def __init__(self, folder: Path) -> None:
        made: Any = CampaignsService
        self.service = made()
        self.store = EventStore(open_database(f"sqlite:///{folder}/campaigns.db"), site="vn", service="campaigns")
        self.store.prepare()
        projector = Projector(self.store.database, views.MODEL)
        projector.prepare()
        self.service.facts, self.service.views = Facts(self.store, schemas.EVENTS), Views(projector)
        self.feeds = Feeds(projector, {"campaigns": schemas.EVENTS, "registry": REGISTRY, "evaluations": EVALUATIONS})
        self.feeds.tell("registry", *registry.CLUSTER, *(RoleGranted(*role, None, None, None) for role in ROLES))
        opened = domain.PassOpened("c1", "self", DUE, the.EACH_ITSELF)
        self.store.append(Append("campaign-c1", ANY, [schemas.EVENTS.encode(the.launched())]), Context("system", "c", "k"))
        self.feeds.tell("campaigns", the.PUBLISHED, the.launched(), *(the.registered(unit) for unit in the.UNITS), opened)

    def ask(self, actor: str, method: str, **data: Any) -> Any:
        answer = getattr(self.service, method)(Request(actor, data).to_data())
        if "error" in answer:
            raise CommendationError.from_data(answer["error"])
        return answer["result"]

    def owing(self, actor: str, **asked: str) -> set[str]:
        """Who owes a sheet, as who asks is told."""
        return {row["unit"] for row in self.ask(actor, "due", **asked)["rows"] if row["about"] == "sheet"}

    def remind(self, actor: str, unit: str) -> Any:
        about = {"about": "sheet", "campaign": "c1", "subject": f"self/{unit}", "text": "Đề nghị nộp phiếu."}
        return self.ask(actor, "remind_unit", unit=unit, **about)


@pytest.fixture
def urging(tmp_path: Path) -> Iterator[Urging]:
    made = Urging(tmp_path)
    yield made
    made.store.database.close()


def test_who_owes_a_sheet_of_a_frozen_campaign_is_told_to_none_of_its_rivals(urging: Urging) -> None:
    everybody = set(the.UNITS)
    assert urging.owing("leader", cluster="noi-chinh") == urging.owing("office") == everybody
    urging.feeds.tell("campaigns", domain.CampaignFrozen("c1", "Chờ lễ", ()))
    frozen = urging.ask("leader", "due", cluster="noi-chinh")
    facts = (
        SheetSubmitted(**SHEET, handed_in_on=DUE, late=False, within_grace=False),
        SheetReturned(**SHEET, reason="…", items=(), due_on=DUE),
    )
    for fact, owing in zip(facts, (everybody - {"toa-an"}, everybody), strict=True):
        urging.feeds.tell("evaluations", fact)
        assert urging.ask("leader", "due", cluster="noi-chinh") == frozen
        assert urging.owing("office") == urging.owing("inspector") == owing
        assert urging.owing("unit", unit="toa-an") == owing & {"toa-an"}, "one's own sheet is no secret"
        with pytest.raises(domain.NothingDue):
            urging.remind("leader", "toa-an")
    urging.feeds.tell("campaigns", domain.CampaignThawed("c1", "Đã công bố"))
    assert urging.owing("leader", cluster="noi-chinh") == everybody
    assert urging.remind("leader", "toa-an")["events"]
