"""The table of permissions and what the services do: every command and query is asked in every role and scope, as far as its permission.

What the table says is read here from the file itself, in the plainest way. A request asks of units and clusters called "my-..." in its own
fields; what the services find by it (the table has that in parentheses) is called "its-...".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml

from services.audit.service import AuditService
from services.awards.service import AwardsService
from services.campaigns.service import CampaignsService
from services.evaluations.service import EvaluationsService
from services.gateway.service import GatewayService
from services.rankings.service import RankingsService
from services.registry.service import RegistryService
from shared import permissions
from shared.access import ANONYMOUS, NETWORK, OPERATOR, Grant, Role
from shared.broker.draining import Rpc
from shared.errors import CommendationError
from shared.event import Context, NewEvent
from shared.facts import Facts
from shared.feed.page import Page
from shared.projection import Projector
from shared.rpc import Request
from shared.service import Views
from shared.store import NONE, Append, EventStore, open_database

SERVICES: dict[str, Any] = {
    made.name: made
    for made in (RegistryService, CampaignsService, EvaluationsService, AwardsService, RankingsService, AuditService, GatewayService)
}
FILE: dict[str, Any] = yaml.safe_load(resources.files("shared").joinpath("permissions.yaml").read_text(encoding="utf-8"))
NAMES = ("unit", "units", "scorer", "cluster", "organiser", "organisation", "from_unit", "to_unit", "in_care", "account")
OWN = {name: f"my-{name}" for name in NAMES} | {"units": ["my-units", "my-units"]}
ASKED = OWN | {name: name for name in ("campaign", "council", "person", "transfer", "inspection", "initiative")}
SEALED = {"key": "k", "nonce": "n", "ciphertext": "c", "commitment": "0" * 64}
CAMPAIGN = {
    "campaign": "campaign",
    "title": "C",
    "cluster": "its-cluster",
    "season": 2025,
    "rubric": "r",
    "starts_on": "2025-01-01",
    "ends_on": "2025-12-31",
    "registration_due_on": "2025-02-01",
    "legal_basis": "HD",
    "illustrative": True,
    "audience": ["its-unit"],
}
WORLD: dict[str, list[tuple[str, str, int, dict[str, Any]]]] = {
    "registry": [
        (
            "cluster-my-cluster",
            "ClusterFormed",
            1,
            {"cluster": "my-cluster", "name": "K", "organiser": "its-organiser", "formed_on": "2020-01-01", "leader_rule": "elected"},
        ),
        (
            "council-council",
            "CouncilFormed",
            1,
            {"council": "council", "name": "H", "organisation": "its-organisation", "formed_on": "2020-01-01", "document": "QĐ"},
        ),
        ("person-person", "PersonRegistered", 1, {"person": "person", "sealed": SEALED}),
        (
            "person-person",
            "PostTaken",
            1,
            {"person": "person", "post": "P", "unit": "its-in_care", "from_on": "2020-01-01", "document": None},
        ),
        (
            "person-person",
            "TransferOffered",
            1,
            {
                "transfer": "transfer",
                "person": "person",
                "post": "P",
                "from_unit": "its-from_unit",
                "to_unit": "its-to_unit",
                "moves_on": "2030-01-01",
                "document": "QĐ",
                "offered_by": "somebody",
            },
        ),
    ],
    "campaigns": [
        ("campaign-campaign", "CampaignLaunched", 2, CAMPAIGN | {"organiser": "its-organiser"}),
        (
            "inspection-inspection",
            "InspectionPlanned",
            1,
            {
                "inspection": "inspection",
                "campaign": None,
                "unit": "its-unit",
                "planned_on": "2025-06-01",
                "team": ["x"],
                "document": "QĐ",
            },
        ),
    ],
    "evaluations": [
        (
            "initiative-initiative",
            "InitiativeSubmitted",
            1,
            {
                "initiative": "initiative",
                "unit": "its-unit",
                "authors": ["person"],
                "title": "S",
                "summary": "S",
                "year": 2025,
                "submitted_on": "2025-06-01",
            },
        ),
    ],
}
WORLD["campaigns"][0][3].update(kind="regular", parent=None, audience_is="members", plan_document="")


class Passed(CommendationError):
    """The request passed its permission; what it would do is another test's matter."""

    code = "tests.passed"


class Known(Views):
    """Views that know the roles of whoever asks from their id: "secretary at my-unit". How a service learns them: tests/shared."""

    def grants(self, account: str) -> tuple[Grant, ...]:
        role, _, scope = account.partition(" at ")
        return (Grant(Role(role), scope),) if scope else ()


class Asking:
    """A service with its store and views, without a broker, that takes a request as far as its permission."""

    def __init__(self, name: str, store: EventStore, others: Sequence[EventStore]) -> None:
        permit = SERVICES[name].permit

        def as_far_as_that(service: Any, request: Request, **found: Any) -> None:
            permit(service, request, **found)
            raise Passed("permitted")

        made: Any = type(f"Asked{name}", (SERVICES[name],), {"permit": as_far_as_that})
        self.service = made()
        self.service.facts = Facts(store, _catalogue(name))
        projector = Projector(store.database, SERVICES[name].model)
        projector.prepare()
        logs = {log.service: log for log in (store, *others)}
        for service, log in logs.items():
            projector.receive(Page.announcement("vn", service, log.head()), lambda service, after: logs[service].feed(after))
        self.service.views = Known(projector)

    def verdict(self, actor: str, method: str, data: dict[str, Any] = ASKED) -> bool:
        """Whether the request passes. Fails where it comes to no verdict."""
        error = getattr(self.service, method)(Request(actor, data).to_data()).get("error", {})
        assert error.get("code") in ("tests.passed", "not_allowed"), f"{method} came to no verdict on {actor}: {error}"
        return bool(error["code"] == "tests.passed")


def _catalogue(name: str) -> Any:
    (provider,) = [value for kind in SERVICES[name].__mro__ for key, value in vars(kind).items() if key == "facts"]
    return provider.catalogue


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Asking]]:
    folder: Path = tmp_path_factory.mktemp("permissions")
    stores = {name: _store(folder, name) for name in SERVICES if name != "gateway"}
    yield {name: Asking(name, store, [stores["registry"], stores["campaigns"]]) for name, store in stores.items()}
    for store in stores.values():
        store.database.close()


def _store(folder: Path, name: str) -> EventStore:
    store = EventStore(open_database(f"sqlite:///{folder}/{name}.db"), site="vn", service=name)
    store.prepare()
    versions: dict[str, int] = {}
    for stream, fact, schema, data in WORLD.get(name, []):
        at = versions.get(stream, NONE)
        store.append(Append(stream, at, [NewEvent(f"{name}.{fact}", schema, data, date(2025, 1, 1))]), Context("system", "c", "k"))
        versions[stream] = at + 1
    return store


def _entrypoints(name: str) -> set[str]:
    found = set()
    for method in dir(SERVICES[name]):
        kinds = getattr(getattr(SERVICES[name], method), "nameko_entrypoints", ())
        if any(isinstance(kind, Rpc) for kind in kinds):
            found.add(method)
    return found


def _said(section: str) -> dict[str, Any]:
    return {method: said for kinds in FILE[section].values() for method, said in kinds.items()}


def _lines(name: str) -> list[tuple[str, str, Any]]:
    return [(name, method, said) for method, said in {**_said(permissions.EVERY), **_said(name)}.items()]


LINES = [line for name in SERVICES if name != "gateway" for line in _lines(name)]
each_line = pytest.mark.parametrize(("service", "method", "said"), LINES, ids=[f"{name}.{method}" for name, method, _ in LINES])


@pytest.mark.parametrize("name", SERVICES)
def test_the_table_names_what_a_service_answers_and_nothing_else(name: str) -> None:
    every = set(_said(permissions.EVERY))
    own = set(_said(name))
    assert not own & every, "said twice"
    assert _entrypoints(name) == own | (every & {"health"} if name == "gateway" else every)


def test_the_table_names_known_things_only() -> None:
    table = permissions.table()
    assert {permission.service for permission in table.permissions} == {permissions.EVERY, *SERVICES}
    for permission in table.permissions:
        assert {name for names in permission.roles.values() for name in names} <= set(NAMES), permission
        assert permission.audience or permission.roles or permission.operator, permission


@each_line
def test_a_role_passes_where_the_table_says_so_and_nowhere_else(
    asking: dict[str, Asking], service: str, method: str, said: str | dict[str, str]
) -> None:
    names = set() if isinstance(said, str) else {name.strip("()") for where in said.values() for name in where.split()} & set(NAMES)
    parts = ["elsewhere", *(f"{whose}-{name}" for name in sorted(names) for whose in ("my", "its"))] if names else []
    for role in Role:
        for scope in (NETWORK, *parts):
            assert asking[service].verdict(f"{role} at {scope}", method) == _passes(said, role, scope), f"{role} at {scope}"


def _passes(said: str | dict[str, str], role: Role, scope: str) -> bool:
    if isinstance(said, str):
        return True
    if role not in said:
        return False
    reaching = {f"its-{name.strip('()')}" if name.startswith("(") else f"my-{name}" for name in said[role].split()}
    return scope == NETWORK or scope in reaching


@each_line
def test_who_holds_no_role_passes_where_the_table_says_so(
    asking: dict[str, Asking], service: str, method: str, said: str | dict[str, str]
) -> None:
    operator, holder = ("operator" in said, said.get("holder")) if isinstance(said, dict) else (True, None)
    actors = {"nobody": said in ("everyone", "signed_in"), ANONYMOUS: said == "everyone", OPERATOR: operator}
    if holder is not None:
        actors[f"my-{holder}"] = True
    for actor, passes in actors.items():
        assert asking[service].verdict(actor, method) == passes, actor


def test_of_several_units_one_must_hold_the_role_for_each(asking: dict[str, Asking]) -> None:
    assert asking["evaluations"].verdict("secretary at u1", "tasks", {"units": ["u1"]})
    assert not asking["evaluations"].verdict("secretary at u1", "tasks", {"units": ["u1", "u2"]})
    assert not asking["evaluations"].verdict("secretary at u1", "tasks", {"units": []})
    assert not asking["evaluations"].verdict("secretary at u1", "tasks", {"units": [["u1"]]})


def test_only_the_network_itself_hands_the_gateway_a_password() -> None:
    class Hashes:
        kept: ClassVar[list[str]] = []

        def set_hash(self, account: str, _hash: str) -> None:
            self.kept.append(account)

    service: Any = GatewayService()
    service.credentials = Hashes()
    for actor in (ANONYMOUS, "nobody", "administrator at *"):
        answer = service.set_password(Request(actor, {"account": "a", "hash": "h"}).to_data())
        assert answer["error"]["code"] == "not_allowed"
    assert service.set_password(Request(OPERATOR, {"account": "a", "hash": "h"}).to_data())["result"] == {"account": "a"}
    assert Hashes.kept == ["a"]


def test_what_is_kept_apart_are_commands_and_events_that_there_are() -> None:
    for separation in permissions.table().separations:
        service, _, method = separation.approves.partition(".")
        assert method in FILE[service]["commands"], separation
        known = {alias for name in SERVICES if name != "gateway" for alias, _ in _catalogue(name).versions()}
        assert set(separation.entered) <= known, separation
