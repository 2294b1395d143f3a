"""Who scored a unit for itself does not hand in the sheet by which it is checked; the entrypoints over a store and views of their own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.campaigns import domain as campaigns
from services.campaigns.schemas import EVENTS as CAMPAIGNS
from services.evaluations import schemas, views
from services.evaluations.service import EvaluationsService
from services.registry import domain as registry
from services.registry.schemas import EVENTS as REGISTRY
from shared.calendar import legal_date, utc_now
from shared.errors import CommendationError
from shared.facts import Facts
from shared.permissions import OwnWork
from shared.projection import Projector
from shared.rpc import Request
from shared.service import Views
from shared.store import Database
from tests.services.campaigns import given as campaign
from tests.shared.store.given import a_store
from tests.support.feeds import Feeds

DUE = legal_date(utc_now()) + timedelta(days=10)
SCORES = [{"item": "A1", "score": "5", "reason": "đã kiểm tra"}, {"item": "A2", "score": "10", "reason": "đã kiểm tra"}]


class Evaluations:
    """The service, and feeds that tell it of campaigns and roles. Kiểm toán is checked by Toà án, the cluster's leader."""

    def __init__(self, database: Database) -> None:
        made: Any = EvaluationsService
        self.service = made()
        self.service.facts = Facts(a_store(database, service="evaluations"), schemas.EVENTS)
        projector = Projector(database, views.MODEL, pause=lambda _seconds: None)
        projector.prepare()
        self.service.views = Views(projector)
        self.feeds = Feeds(projector, {"campaigns": CAMPAIGNS, "registry": REGISTRY})
        for account in ("leader", "deputy"):
            for unit in ("toa-an", "kiem-toan"):
                self.feeds.tell("registry", registry.RoleGranted(account, "secretary", unit, None, None, None))
        self.feeds.tell("campaigns", campaign.PUBLISHED, campaign.launched())
        self.open("self", "kiem-toan")

    def open(self, pass_key: str, scorer: str) -> None:
        assigned = (campaigns.Assignment("kiem-toan", (scorer,)),)
        self.feeds.tell("campaigns", campaigns.PassOpened("c1", pass_key, DUE, assigned))

    def tell(self, actor: str, method: str, pass_key: str, scorer: str, **more: Any) -> Any:
        key = {"campaign": "c1", "unit": "kiem-toan", "pass_key": pass_key, "scorer": scorer}
        answer = getattr(self.service, method)(Request(actor, {**key, **more}).to_data())
        if "error" in answer:
            raise CommendationError.from_data(answer["error"])
        return answer["result"]


@pytest.fixture
def evaluations(database: Database) -> Evaluations:
    return Evaluations(database)


def test_who_scored_the_unit_for_itself_does_not_hand_in_the_check(evaluations: Evaluations) -> None:
    for method, more in (("score_items", {"scores": SCORES}), ("submit_sheet", {})):
        evaluations.tell("leader", method, "self", "kiem-toan", **more)
    evaluations.open("cross_check", "toa-an")
    evaluations.tell("leader", "score_items", "cross_check", "toa-an", scores=SCORES)
    with pytest.raises(OwnWork, match="another account"):
        evaluations.tell("leader", "submit_sheet", "cross_check", "toa-an")
    evaluations.tell("deputy", "submit_sheet", "cross_check", "toa-an")
    evaluations.open("cluster", "toa-an")
    evaluations.tell("deputy", "score_items", "cluster", "toa-an", scores=SCORES)
    evaluations.tell("deputy", "submit_sheet", "cluster", "toa-an")
