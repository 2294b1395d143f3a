"""The entrypoints that freeze and finalise: what they ask the network, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.campaigns import domain, schemas, views
from services.campaigns.service import CampaignsService
from services.evaluations.domain.ballots import BallotPurpose
from services.evaluations.schemas import EVENTS as EVALUATIONS
from services.registry import domain as registries
from services.registry.schemas import EVENTS as REGISTRY
from shared.ballots import BallotUncounted
from shared.bounds import FREEZE_SECONDS_MAX, RPC_SECONDS_MAX
from shared.calendar import legal_date, utc_now
from shared.errors import CommendationError, NotAllowed, Unavailable
from shared.event import Context
from shared.facts import Facts
from shared.projection import Projector
from shared.rpc import Request
from shared.service import Views
from shared.store import ANY, Append, EventStore, open_database
from tests.services.awards import given_ballots as ballots
from tests.services.campaigns import given as the
from tests.services.registry import given as registry
from tests.support.feeds import Feeds

FOLLOWING = ("registry", "campaigns", "evaluations", "awards", "rankings", "audit")
YESTERDAY = legal_date(utc_now()) - timedelta(days=1)


def healthy(service: str) -> dict[str, Any]:
    cursors = [{"site": "vn", "service": name, "position": 9} for name in ("registry", "campaigns", "evaluations", "awards")]
    return {"service": service, "site": "vn", "head": 9, "cursors": cursors, "parked": [], "database": {"state": "ok"}}


def granted(account: str, role: str, scope: str) -> registries.RoleGranted:
    return registries.RoleGranted(account, role, scope, date(2020, 1, 1), None, None)


class Network:
    """The other services: at rest, unless told otherwise."""

    def __init__(self) -> None:
        seals = [{"board": "standings", "digest": "a" * 64}, {"board": "flag", "digest": "b" * 64}]
        positions = [{"site": "vn", "service": "evaluations", "position": 40}]
        self.rankings: dict[str, Any] = {"boards": seals, "recomputed": seals, "positions": positions, "pending": 0, "second": []}
        self.open: list[dict[str, Any]] = []
        self.health = {service: healthy(service) for service in FOLLOWING}
        self.recompute_seconds = 0.0
        self.waits: list[float] = []

    def ask(self, service: str, method: str, request: Request, *, seconds: float) -> Any:
        assert request.actor == "system"
        self.waits.append(seconds)
        if method == "recompute" and self.recompute_seconds > seconds:
            raise Unavailable(f"The service {service} does not answer; try again in a moment.")
        if method == "health":
            if service not in self.health:
                raise Unavailable(f"The service {service} does not answer; try again in a moment.")
            return self.health[service]
        return self.open if method == "open_matters" else self.rankings


def _bare() -> Any:
    """The service without a container: what nameko would inject is put in by hand."""
    return CampaignsService()


class Service:
    """The service with its own store and the network above; a campaign of which every pass is closed."""

    def __init__(self, folder: Path) -> None:
        self.store = EventStore(open_database(f"sqlite:///{folder}/campaigns.db"), site="vn", service="campaigns")
        self.store.prepare()
        projector = Projector(self.store.database, views.MODEL)
        projector.prepare()
        self.network = Network()
        self.bare: Any = _bare()
        self.bare.facts, self.bare.views, self.bare.network = Facts(self.store, schemas.EVENTS), Views(projector), self.network
        self.known = Feeds(projector, {"registry": REGISTRY, "evaluations": EVALUATIONS})
        self.known.tell("registry", *registry.CLUSTER, granted("office", "office", "noi-chinh"), granted("thu-ky", "secretary", "toa-an"))
        self.append("rubric-R", the.PUBLISHED)
        due = domain.PassOpened("c1", "self", YESTERDAY, the.EACH_ITSELF)
        self.append("campaign-c1", the.launched(), due, *the.through(*the.PASSES)[2:])

    def append(self, stream: str, *facts: Any) -> None:
        self.store.append(Append(stream, ANY, [schemas.EVENTS.encode(fact) for fact in facts]), Context("system", "c", "k"))

    def tell(self, actor: str, method: str, **data: Any) -> Any:
        answer = getattr(self.bare, method)(Request(actor, {"campaign": "c1", **data}).to_data())
        if "error" in answer:
            raise CommendationError.from_data(answer["error"])
        return answer["result"]

    def last(self) -> Any:
        return schemas.EVENTS.decode(self.store.stream("campaign-c1")[-1])

    def refused(self) -> list[tuple[str, str, int]]:
        with pytest.raises(domain.MattersOpen) as refused:
            self.tell("office", "finalise")
        return [(one["kind"], one["at"], one["count"]) for one in refused.value.details["matters"]]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    made = Service(tmp_path)
    yield made
    made.store.database.close()


def test_at_rest_the_boards_are_sealed_with_the_positions_they_rest_on(service: Service) -> None:
    service.tell("office", "finalise")
    final = service.last()
    assert [(seal.board, seal.digest[0]) for seal in final.boards] == [("standings", "a"), ("flag", "b")]
    assert final.positions == (domain.FeedPosition("vn", "evaluations", 40),)


def test_boards_that_take_longer_than_any_other_answer_are_waited_for(service: Service) -> None:
    service.network.recompute_seconds = 5 * RPC_SECONDS_MAX
    service.tell("office", "finalise")
    assert isinstance(service.last(), domain.CampaignFinalised)


def test_boards_that_never_come_leave_the_campaign_as_it_is(service: Service) -> None:
    service.network.recompute_seconds = 3_600
    before = service.store.head()
    with pytest.raises(domain.NotSealed, match="Nothing was changed"):
        service.tell("office", "finalise")
    assert service.store.head() == before
    service.network.recompute_seconds = 0
    service.tell("office", "finalise")
    assert isinstance(service.last(), domain.CampaignFinalised)


def test_whoever_asks_for_a_final_result_waits_longer_than_it_can_take(service: Service) -> None:
    service.tell("office", "finalise")
    assert sum(service.network.waits) < FREEZE_SECONDS_MAX


def test_a_result_that_two_make_final_at_once_is_final_once(service: Service) -> None:
    ask = service.network.ask

    def meanwhile(asked_of: str, method: str, request: Request, *, seconds: float) -> Any:
        """While the first waits for the boards, a second asks for the same and is done before it."""
        if method == "recompute":
            service.network.ask = ask  # type: ignore[method-assign]
            service.tell("office", "finalise")
        return ask(asked_of, method, request, seconds=seconds)

    service.network.ask = meanwhile  # type: ignore[assignment,method-assign]
    service.tell("office", "finalise")
    assert [event.type for event in service.store.stream("campaign-c1")].count("campaigns.CampaignFinalised") == 1


def test_everything_in_the_way_is_found_at_once(service: Service) -> None:
    sheets = [("toa-an", "J1"), ("toa-an", "J2"), ("kiem-toan", "J1")]
    service.network.open = [{"kind": "sheet", "at": "central", "unit": unit, "scorer": scorer} for unit, scorer in sheets]
    service.network.open.append({"kind": "appeal", "at": "toa-an", "unit": "toa-an"})
    service.network.rankings |= {"pending": 3, "recomputed": []}
    del service.network.health["awards"]
    service.network.health["audit"]["parked"] = [{"position": 4}]
    service.network.health["rankings"]["cursors"][1]["position"] = 7
    assert service.refused() == [
        ("sheet", "central", 2),
        ("appeal", "toa-an", 1),
        ("away", "awards", 1),
        ("behind", "rankings", 2),
        ("parked", "audit", 1),
        ("pending", "c1", 3),
        ("board", "standings", 1),
        ("board", "flag", 1),
    ]
    assert isinstance(service.last(), domain.PassClosed)


def test_a_freeze_asks_rankings_how_far_its_boards_are(service: Service) -> None:
    service.tell("office", "freeze", reason="Chờ bỏ phiếu")
    assert service.last() == domain.CampaignFrozen("c1", "Chờ bỏ phiếu", (domain.FeedPosition("vn", "evaluations", 40),))
    service.tell("office", "thaw", reason="Đã bỏ phiếu")
    assert isinstance(service.last(), domain.CampaignThawed)


@pytest.mark.parametrize("method", ["finalise", "freeze", "thaw", "extend_phase", "record_registration"])
def test_terms_and_results_are_for_the_office_of_the_cluster(service: Service, method: str) -> None:
    with pytest.raises(NotAllowed):
        service.tell("thu-ky", method, reason="x", phase="self", due_on="2030-01-01", unit="toa-an", registered_on="2024-02-01")


def test_a_registration_of_today_is_late_and_one_on_paper_has_its_day(service: Service) -> None:
    service.append("campaign-c2", the.launched(campaign="c2"))
    with pytest.raises(domain.TooLate):
        service.tell("office", "register_unit", campaign="c2", unit="toa-an")
    service.tell("office", "record_registration", campaign="c2", unit="toa-an", registered_on="2024-02-01")
    recorded = service.store.stream("campaign-c2")[-1]
    assert (recorded.effective_on, recorded.data["registered_on"]) == (date(2024, 2, 1), "2024-02-01")


def test_the_result_of_a_ballot_between_tied_units_flows_into_the_campaign(service: Service) -> None:
    taken = {"ballot": "b1", "minutes": "BB kiểm phiếu"}
    service.known.tell("evaluations", ballots.opened("toa-an", "kiem-toan", purpose=BallotPurpose.TIE))
    with pytest.raises(BallotUncounted):
        service.tell("office", "take_tie_ballot", **taken)
    assert service.tell("office", "tie_ballots") == []
    service.known.tell("evaluations", ballots.between(toa_an=6, kiem_toan=3))
    (offered,) = service.tell("office", "tie_ballots")
    assert [(one["choice"], one["in_favour"]) for one in offered["results"]] == [("toa-an", 6), ("kiem-toan", 3)]
    with pytest.raises(NotAllowed):
        service.tell("thu-ky", "take_tie_ballot", **taken)
    service.tell("office", "take_tie_ballot", **taken)
    voted = service.last()
    assert (voted.ballot, voted.held_on, [(one.unit, one.votes) for one in voted.counts]) == (
        "b1",
        legal_date(service.known.logs["evaluations"][-1].recorded_at),
        [("toa-an", 6), ("kiem-toan", 3)],
    )
