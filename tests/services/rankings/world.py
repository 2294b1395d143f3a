"""A campaign of three units as the feeds tell it, event by event, and the rankings service that answers about it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.rankings import views
from services.rankings.service import RankingsService
from shared import rubric as rubrics
from shared.access import Grant, Role
from shared.event import Event
from shared.facts import Facts
from shared.feed.page import Page
from shared.projection import Projector
from shared.rpc import Request
from shared.schema import Catalogue
from shared.service import Views
from shared.store import Database, EventStore
from tests.services.campaigns.given import RUBRIC, UNITS
from tests.services.rankings.given import at
from tests.shared.given import an_event

CAMPAIGN = "c1"
SITE = "vn"
GIVEN: dict[str, Any] = {
    "title": "Cờ thi đua",
    "reason": "Theo quyết định",
    "authority": "Hội đồng",
    "document": "QĐ 1",
    "evidence": [],
    "rule": None,
}


class World:
    """What happened, in the order in which it was recorded, a minute after the one before; folded as it comes."""

    def __init__(self, database: Database, rubric: rubrics.Rubric = RUBRIC, units: Sequence[str] = UNITS) -> None:
        self.projector = Projector(database, views.MODEL, pause=lambda _seconds: None)
        self.projector.prepare()
        self.logs: dict[str, list[Event]] = {"campaigns": [], "evaluations": [], "registry": []}
        store = EventStore(database, site=SITE, service="rankings")
        store.prepare()
        self._facts = Facts(store, Catalogue("rankings"))
        self._versions: dict[str, int] = {}
        self._minute = itertools.count()
        self.tell("campaigns", "RubricPublished", {"rubric": rubric.key, "content": rubrics.to_data(rubric)}, "rubric")
        told = {"title": "Phong trào 2024", "cluster": "noi-chinh", "season": 2024, "rubric": rubric.key, "illustrative": True}
        self.tell("campaigns", "CampaignLaunched", {"campaign": CAMPAIGN, **told, "audience": list(units)}, "campaign")

    def tell(self, service: str, kind: str, data: Mapping[str, Any], stream: str, **changes: Any) -> Event:
        """A fact, folded at once."""
        log = self.logs[service]
        version = self._versions[stream] = self._versions.get(stream, 0) + 1
        event = an_event(
            len(log) + 1,
            id=f"{service[:11]}-{len(log) + 1}",
            service=service,
            stream=stream,
            version=version,
            type=f"{service}.{kind}",
            data=dict(data),
            recorded_at=at(next(self._minute)),
            **changes,
        )
        log.append(event)
        self.projector.receive(Page.of([event]), lambda _service, _after: [])
        assert self.projector.parked() == []
        return event

    def score(self, unit: str, pass_key: str = "self", scorer: str | None = None, /, **scores: str | None) -> Event:
        key = {"campaign": CAMPAIGN, "unit": unit, "pass_key": pass_key, "scorer": scorer or unit}
        given = [{"item": item, "score": score, "reason": None} for item, score in scores.items()]
        return self.tell("evaluations", "ItemsScored", {**key, "scores": given}, f"sheet-{unit}:{pass_key}:{scorer or unit}")

    def hand_in(self, unit: str, pass_key: str = "self", scorer: str | None = None, /, **scores: str | None) -> Event:
        """The sheet with these scores, handed in."""
        if scores:
            self.score(unit, pass_key, scorer, **scores)
        key = {"campaign": CAMPAIGN, "unit": unit, "pass_key": pass_key, "scorer": scorer or unit}
        said = {"handed_in_on": "2024-12-01", "late": False, "within_grace": False}
        return self.tell("evaluations", "SheetSubmitted", {**key, **said}, f"sheet-{unit}:{pass_key}:{scorer or unit}", schema=2)

    def give_back(self, unit: str, pass_key: str = "self", scorer: str | None = None) -> Event:
        key = {"campaign": CAMPAIGN, "unit": unit, "pass_key": pass_key, "scorer": scorer or unit}
        said = {"reason": "Xem lại mục A1 theo biên bản", "items": [], "due_on": "2024-12-05"}
        return self.tell("evaluations", "SheetReturned", {**key, **said}, f"sheet-{unit}:{pass_key}:{scorer or unit}")

    def attach(self, unit: str, digest: str, item: str = "A1", pass_key: str = "self", scorer: str | None = None) -> Event:
        key = {"campaign": CAMPAIGN, "unit": unit, "pass_key": pass_key, "scorer": scorer or unit}
        said = {"item": item, "sha256": digest * 64, "name": "minh-chung.pdf", "media_type": "application/pdf", "size": 9}
        return self.tell("evaluations", "EvidenceAttached", {**key, **said}, f"sheet-{unit}:{pass_key}:{scorer or unit}")

    def recuse(self, unit: str, pass_key: str, scorer: str) -> Event:
        key = {"campaign": CAMPAIGN, "unit": unit, "pass_key": pass_key, "scorer": scorer}
        return self.tell("evaluations", "ScorerRecused", {**key, "ground": "own_unit", "reason": "Đơn vị mình"}, f"conflict-{unit}")

    def resume(self, unit: str, pass_key: str, scorer: str) -> Event:
        """The recusal is taken back."""
        key = {"campaign": CAMPAIGN, "unit": unit, "pass_key": pass_key, "scorer": scorer}
        return self.tell("evaluations", "RecusalWithdrawn", {**key, "reason": "Không còn căn cứ"}, f"conflict-{unit}")

    def adjust(self, unit: str, kind: str = "bonus", points: str | None = "1", *, key: str = "a1", expires_on: str | None = None) -> Event:
        said = {"adjustment": key, "campaign": CAMPAIGN, "unit": unit, "kind": kind, "points": points, **GIVEN}
        return self.tell(
            "evaluations", "AdjustmentMade", {**said, "effective_on": "2024-06-01", "expires_on": expires_on}, f"adjustment-{key}"
        )

    def reverse(self, unit: str, key: str = "a1") -> Event:
        said = {"adjustment": key, "campaign": CAMPAIGN, "unit": unit, "reason": "Ghi nhầm", "authority": "Hội đồng"}
        return self.tell("evaluations", "AdjustmentReversed", said, f"adjustment-{key}")

    def lodge(self, unit: str, key: str = "k1") -> Event:
        said = {"appeal": key, "campaign": CAMPAIGN, "unit": unit, "items": ["A1"], "text": "Đề nghị xem lại", "lodged_on": "2024-12-02"}
        return self.tell("evaluations", "AppealLodged", {**said, "due_on": "2024-12-09"}, f"appeal-{key}")

    def answer(self, unit: str, key: str = "k1", **scores: str) -> Event:
        given = [{"item": item, "score": score, "reason": "Có minh chứng"} for item, score in scores.items()]
        said = {"appeal": key, "campaign": CAMPAIGN, "unit": unit, "outcome": "upheld", "answer": "Đúng", "scores": given}
        return self.tell("evaluations", "AppealAnswered", {**said, "answered_on": "2024-12-03"}, f"appeal-{key}")

    def freeze(self) -> Event:
        places = [{"site": SITE, "service": name, "position": len(log)} for name, log in self.logs.items()]
        return self.tell("campaigns", "CampaignFrozen", {"campaign": CAMPAIGN, "reason": "Chờ hội nghị", "positions": places}, "campaign")

    def thaw(self) -> Event:
        return self.tell("campaigns", "CampaignThawed", {"campaign": CAMPAIGN, "reason": "Đã họp"}, "campaign")

    def now(self) -> datetime:
        """An instant between the last event and the next."""
        last = max(log[-1].recorded_at for log in self.logs.values() if log)
        return last + timedelta(seconds=30)

    def ask(self, method: str, actor: str = "office at *", **data: Any) -> Any:
        """What the service answers to somebody; the error as it goes over the wire where it refuses."""
        service: Any = RankingsService()
        service.views = Known(self.projector)
        service.facts = self._facts
        service.fetch = lambda name, after, *_: self.logs[name][after:]
        return getattr(service, method)(Request(actor, data).to_data())


class Known(Views):
    """Views that know the roles of whoever asks from their name: "secretary at toa-an"."""

    def grants(self, account: str) -> tuple[Grant, ...]:
        role, _, scope = account.partition(" at ")
        return (Grant(Role(role), scope),) if scope else ()
