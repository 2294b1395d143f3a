"""The registry's entrypoints for accounts and clusters over a store and views of their own: what rests on more than one stream."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.registry import schemas, views
from services.registry.service import RegistryService
from shared.access import Role
from shared.calendar import legal_date, utc_now
from shared.errors import CommendationError, NotAllowed, NotFound
from shared.facts import Facts
from shared.feed.page import Page
from shared.projection import Projector
from shared.rpc import Request
from shared.service import Views
from shared.store import EventStore, open_database

ADMIN, SECOND, CLERK = (str(uuid.uuid5(uuid.NAMESPACE_DNS, name)) for name in ("admin", "second", "clerk"))
TODAY = legal_date(utc_now())
ADMINISTERS = {"role": "administrator", "scope": "*"}


class Registry:
    """The service with everything around it but the broker; its views follow at once."""

    def __init__(self, folder: Path) -> None:
        self.store = EventStore(open_database(f"sqlite:///{folder}/registry.db"), site="vn", service="registry")
        self.store.prepare()
        self.projector = Projector(self.store.database, views.MODEL)
        self.projector.prepare()
        made: Any = RegistryService
        self.service = made()
        self.service.facts = Facts(self.store, schemas.EVENTS)
        self.service.views = Views(self.projector)
        self.tell("system", "found_network", account=ADMIN, login="admin", post="Quản trị")
        for account, login in ((SECOND, "second"), (CLERK, "clerk")):
            self.tell(ADMIN, "open_account", account=account, login=login, post="Chuyên viên")
        for organisation in ("ban-tdkt", "toa-an", "kiem-toan"):
            self.tell(ADMIN, "register_organisation", organisation=organisation, name=organisation, level="Trung ương")
        self.tell(ADMIN, "form_cluster", cluster="noi-chinh", name="Khối nội chính", organiser="ban-tdkt", formed_on="2020-01-01")

    def tell(self, actor: str, method: str, **data: Any) -> Any:
        answer = getattr(self.service, method)(Request(actor, data).to_data())
        if "error" in answer:
            raise CommendationError.from_data(answer["error"])
        self.follow()
        return answer["result"]

    def follow(self) -> None:
        self.projector.receive(Page.announcement("vn", "registry", self.store.head()), lambda _service, after: self.store.feed(after))

    def grant(self, account: str, role: Role, scope: str, **more: Any) -> None:
        self.tell(ADMIN, "grant_role", account=account, role=str(role), scope=scope, **more)


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    made = Registry(tmp_path)
    yield made
    made.store.database.close()


def refused(code: str, call: Callable[[], Any]) -> None:
    with pytest.raises(CommendationError) as found:
        call()
    assert found.value.code == code, found.value


@pytest.mark.parametrize("way", ["revoke_role", "grant_role"], ids=["revoked", "given an end"])
def test_the_last_administrator_stays(registry: Registry, way: str) -> None:
    ends = {**ADMINISTERS, **({"until_on": TODAY.isoformat()} if way == "grant_role" else {})}
    refused("registry.last_administrator", lambda: registry.tell(ADMIN, way, account=ADMIN, **ends))
    registry.grant(SECOND, Role.ADMINISTRATOR, "*", until_on=(TODAY + timedelta(days=300)).isoformat())
    refused("registry.last_administrator", lambda: registry.tell(ADMIN, way, account=ADMIN, **ends))
    registry.grant(SECOND, Role.ADMINISTRATOR, "*")
    registry.tell(ADMIN, way, account=ADMIN, **ends)
    refused("registry.last_administrator", lambda: registry.tell(SECOND, "revoke_role", account=SECOND, **ADMINISTERS))


def test_two_administrators_do_not_take_it_from_each_other_at_once(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one command is decided the other is recorded, and the views know of neither."""
    registry.grant(SECOND, Role.ADMINISTRATOR, "*")
    decide, races = registry.service._on_account, iter([True])

    def racing(request: Request, command: Any, *arguments: Any, **more: Any) -> Any:
        found = registry.service._another_administrator

        def looked(*asked: Any) -> Any:
            answer = found(*asked)
            if next(races, False):
                monkeypatch.undo()
                answer_of_other = registry.service.revoke_role(Request(SECOND, {"account": ADMIN, **ADMINISTERS}).to_data())
                assert "result" in answer_of_other
            return answer

        monkeypatch.setattr(registry.service, "_another_administrator", looked)
        return decide(request, command, *arguments, **more)

    monkeypatch.setattr(registry.service, "_on_account", racing)
    refused("registry.last_administrator", lambda: registry.tell(ADMIN, "revoke_role", account=SECOND, **ADMINISTERS))
    registry.follow()
    assert {row["login"]: len(row["roles"]) for row in registry.tell(SECOND, "accounts")}["second"] == 1


def test_a_scope_is_what_the_registry_holds_under_its_key(registry: Registry) -> None:
    fitting = [(Role.SECRETARY, "toa-an"), (Role.LEADER, "noi-chinh"), (Role.OFFICE, "ban-tdkt"), (Role.OFFICE, "*")]
    for role, scope in fitting:
        registry.grant(CLERK, role, scope)
    for role, scope in [(Role.SECRETARY, "noi-chinh"), (Role.SECRETARY, "bo-nao-do"), (Role.LEADER, "*")]:
        refused("registry.scope", lambda role=role, scope=scope: registry.grant(CLERK, role, scope))  # type: ignore[misc]
    (clerk,) = [row for row in registry.tell(ADMIN, "accounts") if row["account"] == CLERK]
    assert {(held["role"], held["scope"]) for held in clerk["roles"]} == set(fitting)


def test_an_office_runs_the_clusters_that_it_organises_and_no_others(registry: Registry) -> None:
    registry.tell(ADMIN, "form_cluster", cluster="kinh-te", name="Khối kinh tế", organiser="kiem-toan", formed_on="2020-01-01")
    registry.grant(CLERK, Role.OFFICE, "ban-tdkt")
    several = {"units": ["toa-an", "kiem-toan"], "from_on": "2020-01-01"}
    registry.tell(CLERK, "admit_members", cluster="noi-chinh", **several)
    with pytest.raises(NotAllowed):
        registry.tell(CLERK, "admit_members", cluster="kinh-te", **several)
    with pytest.raises(NotAllowed):
        registry.tell(CLERK, "admit_members", cluster="kinh-te", organiser="ban-tdkt", **several)
    registry.grant(CLERK, Role.OFFICE, "kinh-te")
    registry.tell(CLERK, "admit_members", cluster="kinh-te", **several)
    assert [row["members"] for row in registry.tell(CLERK, "clusters")] == [2, 2]


def test_a_stand_in_acts_until_it_is_ended_and_lends_nothing_on(registry: Registry) -> None:
    registry.grant(SECOND, Role.OFFICE, "ban-tdkt")
    held = {"role": "office", "scope": "ban-tdkt"}
    lent = {**held, "until_on": (TODAY + timedelta(days=7)).isoformat(), "reason": "Nghỉ phép"}
    admit = {"cluster": "noi-chinh", "from_on": "2020-01-01"}
    with pytest.raises(NotAllowed):
        registry.tell(CLERK, "delegate_role", account=SECOND, to_account=CLERK, **lent)
    with pytest.raises(NotFound):
        registry.tell(SECOND, "delegate_role", account=SECOND, to_account=str(uuid.uuid4()), **lent)
    registry.tell(SECOND, "delegate_role", account=SECOND, to_account=CLERK, **lent)
    registry.tell(CLERK, "admit_member", unit="toa-an", **admit)
    refused("registry.role_not_held", lambda: registry.tell(CLERK, "delegate_role", account=CLERK, to_account=ADMIN, **lent))
    registry.tell(SECOND, "end_delegation", account=SECOND, to_account=CLERK, reason="Về sớm", **held)
    with pytest.raises(NotAllowed):
        registry.tell(CLERK, "admit_member", unit="kiem-toan", **admit)


def test_a_stand_in_goes_with_the_role_that_was_lent(registry: Registry) -> None:
    registry.grant(SECOND, Role.OFFICE, "ban-tdkt")
    held = {"role": "office", "scope": "ban-tdkt"}
    until_on = (TODAY + timedelta(days=7)).isoformat()
    registry.tell(SECOND, "delegate_role", account=SECOND, to_account=CLERK, until_on=until_on, reason="Nghỉ phép", **held)
    registry.tell(ADMIN, "revoke_role", account=SECOND, reason="Chuyển công tác", **held)
    registry.grant(SECOND, Role.OFFICE, "ban-tdkt")
    with pytest.raises(NotAllowed):
        registry.tell(CLERK, "admit_member", cluster="noi-chinh", unit="toa-an", from_on="2020-01-01")


def test_a_unit_that_is_no_more_is_not_admitted(registry: Registry) -> None:
    registry.tell(ADMIN, "dissolve_organisation", organisation="toa-an", effective_on="2025-07-01", document="QĐ 1")
    admit = {"cluster": "noi-chinh", "unit": "toa-an"}
    refused("registry.not_open", lambda: registry.tell(ADMIN, "admit_member", from_on="2025-07-01", **admit))
    registry.tell(ADMIN, "admit_member", from_on="2025-06-30", **admit)
    refused(
        "registry.already_there",
        lambda: registry.tell(ADMIN, "form_cluster", cluster="toa-an", name="K", organiser="ban-tdkt", formed_on="2020-01-01"),
    )
