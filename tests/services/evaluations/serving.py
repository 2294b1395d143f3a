"""The entrypoints of evaluations over a store and views of their own, without a broker."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.campaigns import domain as campaigns
from services.campaigns.domain.ground import FeedPosition
from services.campaigns.schemas import EVENTS as CAMPAIGNS
from services.evaluations import schemas, views
from services.evaluations.service import EvaluationsService
from services.registry import domain as registry
from services.registry.schemas import EVENTS as REGISTRY
from shared.calendar import legal_date, utc_now
from shared.errors import CommendationError
from shared.facts import Facts
from shared.feed.page import Page
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
        return self.call(actor, method, campaign="c1", unit="kiem-toan", pass_key=pass_key, scorer=scorer, **more)

    def call(self, actor: str, method: str, **data: Any) -> Any:
        answer = getattr(self.service, method)(Request(actor, data).to_data())
        if "error" in answer:
            raise CommendationError.from_data(answer["error"])
        return answer["result"]

    def follow(self) -> None:
        """Let the views see what the service has recorded."""
        store = self.service.facts.store
        self.feeds.projector.receive(Page.announcement("vn", "evaluations", store.head()), lambda _service, after: store.feed(after))

    def grant(self, account: str, role: str, scope: str) -> None:
        self.feeds.tell("registry", registry.RoleGranted(account, role, scope, None, None, None))

    def freeze(self) -> None:
        at = FeedPosition("vn", "evaluations", self.service.facts.store.head())
        self.feeds.tell("campaigns", campaigns.CampaignFrozen("c1", "Chờ bỏ phiếu", (at,)))
