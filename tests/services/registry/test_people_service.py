"""The entrypoints for people and councils over a store of their own: who sees whom, what is repeated, and that nothing keeps a name."""

from __future__ import annotations

import json
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from services.registry import schemas, views
from services.registry.domain import TooManyPeople
from services.registry.keys import Keys
from services.registry.service import RegistryService
from services.registry.service.keys import finish
from services.registry.service.people import FORGOTTEN, UNREADABLE
from shared.config import Config
from shared.errors import CommandReused, CommendationError, NotAllowed, NotFound, ValidationFailed
from shared.event import Context, NewEvent
from shared.facts import Facts
from shared.feed.page import Page
from shared.projection import Projector
from shared.rpc import Request
from shared.service import Views
from shared.store import ANY, Append, EventStore, open_database
from shared.store.events import digest_of

LogLines = list[MutableMapping[str, Any]]
P, Q = "018f0000-0000-7000-8000-000000000001", "018f0000-0000-7000-8000-000000000002"
NAME, CORRECTED, BORN, NUMBER = "Vương Thuỵ Quỳnh Khuê", "Vương Thuỵ Quỳnh Khuyên", "1987-02-13", "079187654321"
DETAILS = {"full_name": NAME, "sex": "female", "born_on": BORN, "identity_number": NUMBER}
POST = {"post": "Chuyên viên", "unit": "so-a", "from_on": "2020-01-01", "document": "QĐ 1"}
REGISTER = {"person": P, **DETAILS, **POST}
OFFER = {
    "transfer": "t1",
    "person": P,
    "post": "Chuyên viên",
    "from_unit": "so-a",
    "to_unit": "so-b",
    "moves_on": "2024-03-01",
    "document": "CV 7",
}
ACCEPT = {"transfer": "t1", "person": P, "post": "Phó phòng", "document": "QĐ 8"}
FORGET = {"person": P, "ground": "Luật 91/2025/QH15", "requested_on": "2026-02-01"}
ROLES = [("admin", "administrator", "*"), ("office", "office", "*"), ("inspector", "inspector", "*"), ("council", "council", "*")]
ROLES += [("secretary-a", "secretary", "so-a"), ("secretary-b", "secretary", "so-b"), ("leader", "leader", "noi-chinh")]


def _bare() -> Any:
    """The service without a container: what nameko would inject is put in by hand."""
    return RegistryService()


class Registry:
    """The service with everything around it but the broker."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = open_database(f"sqlite:///{folder}/registry.db")
        self.store = EventStore(self.database, site="vn", service="registry")
        self.store.prepare()
        self.projector = Projector(self.database, views.MODEL, pause=lambda _seconds: None)
        self.projector.prepare()
        self.keys = Keys.open(self.database, Config(var=folder))
        self.service = _bare()
        self.service.facts = Facts(self.store, schemas.EVENTS)
        self.service.views = Views(self.projector)
        self.service.keys = self.keys
        granted = [NewEvent("registry.RoleGranted", 1, dict(zip(("account", "role", "scope"), held, strict=True))) for held in ROLES]
        self.store.append(Append("accounts", ANY, granted), Context("system", "c", "k"))
        self.follow()
        for unit in ("so-a", "so-b"):
            self.tell("admin", "register_organisation", {"organisation": unit, "name": unit, "level": "Tỉnh"})

    def place(self, person: str, name: str, unit: str, **more: Any) -> None:
        self.tell("office", "register_person", {**REGISTER, "person": person, "full_name": name, "unit": unit, **more})

    def follow(self) -> None:
        self.projector.receive(Page.announcement("vn", "registry", self.store.head()), lambda _service, after: self.store.feed(after))
        assert self.projector.parked() == []

    def tell(self, actor: str, method: str, data: dict[str, Any], command: str | None = None) -> Any:
        """The service's answer; its error is raised as the caller of the RPC would see it."""
        request = Request(actor, data) if command is None else Request(actor, data, command, "course")
        answer = getattr(self.service, method)(request.to_data())
        self.follow()
        if "error" in answer:
            raise CommendationError.from_data(answer["error"])
        return answer["result"]

    def files_with(self, *words: str) -> list[str]:
        """The files of the service's folder that hold one of these words, as they are or as JSON escapes them."""
        forms = {form.encode() for word in words for form in (word, json.dumps(word)[1:-1])}
        return sorted(path.name for path in self.folder.iterdir() if any(form in path.read_bytes() for form in forms))


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    made = Registry(tmp_path)
    yield made
    made.database.close()


def test_people_are_shown_by_name_to_who_may_see_them_and_nobody_else(registry: Registry) -> None:
    registry.tell("secretary-a", "register_person", REGISTER)
    for actor in ("secretary-a", "office", "admin", "inspector"):
        (row,) = registry.tell(actor, "people", {"unit": "so-a"})
        assert (row["person"], row["full_name"], row["post"], row["until_on"]) == (P, NAME, "Chuyên viên", None)
        assert registry.tell(actor, "person", {"person": P})["full_name"] == NAME
    for actor in ("secretary-b", "leader", "council", "nobody"):
        for method, data in (("people", {"unit": "so-a"}), ("person", {"person": P}), ("transfers", {"unit": "so-a"})):
            with pytest.raises(NotAllowed):
                registry.tell(actor, method, data)
    assert registry.tell("office", "person_details", {"person": P}) == DETAILS
    for actor in ("secretary-a", "inspector"):
        with pytest.raises(NotAllowed):
            registry.tell(actor, "person_details", {"person": P})


def test_a_secretary_registers_for_the_own_unit_alone(registry: Registry) -> None:
    with pytest.raises(NotAllowed):
        registry.tell("secretary-b", "register_person", REGISTER)
    with pytest.raises(NotFound, match="so-c"):
        registry.tell("office", "register_person", {**REGISTER, "unit": "so-c"})


REFUSED = [
    ({"full_name": ""}, "full_name"),
    ({"full_name": "x" * 101}, "full_name"),
    ({"sex": "other"}, "sex"),
    ({"born_on": "13/02/1987"}, "born_on"),
    ({"born_on": "1187-02-13"}, "born_on"),
    ({"identity_number": "07918765432"}, "identity_number"),
    ({"person": "vuong-thuy-quynh-khue"}, "person"),
    ({"from_on": "hôm nay"}, "from_on"),
]


def test_what_cannot_be_is_said_at_its_field_without_repeating_it(registry: Registry) -> None:
    for change, at in REFUSED:
        with pytest.raises(ValidationFailed) as refused:
            registry.tell("office", "register_person", {**REGISTER, **change})
        assert {error["at"] for error in refused.value.details["errors"]} == {at}
        (value,) = change.values()
        assert NAME not in str(refused.value)
        assert not value or value not in str(refused.value)


def test_a_command_sent_twice_is_answered_as_before_though_it_was_sealed_anew(registry: Registry) -> None:
    first = registry.tell("office", "register_person", REGISTER, "c-1")
    registry.tell("office", "correct_details", {"person": P, **DETAILS, "full_name": CORRECTED, "reason": "gõ nhầm"})
    again = registry.tell("office", "register_person", REGISTER, "c-1")
    assert (again["repeated"], again["events"]) == (True, first["events"])
    with pytest.raises(CommandReused):
        registry.tell("office", "register_person", {**REGISTER, "full_name": CORRECTED}, "c-1")


def test_details_that_are_recorded_already_change_nothing(registry: Registry) -> None:
    registry.tell("office", "register_person", REGISTER)
    decomposed = "Vương Thuy\u0323 Quỳnh Khuê"
    for same in (DETAILS, {**DETAILS, "full_name": decomposed}):
        assert registry.tell("office", "correct_details", {"person": P, **same, "reason": "gõ nhầm"})["events"] == []
    assert registry.tell("office", "register_person", REGISTER)["events"] == []
    registry.tell("office", "correct_details", {"person": P, "full_name": CORRECTED, "reason": "gõ nhầm"})
    nothing = {"sex": None, "born_on": None, "identity_number": None}
    assert registry.tell("office", "person_details", {"person": P}) == {"full_name": CORRECTED, **nothing}


def test_a_transfer_takes_both_sides(registry: Registry) -> None:
    registry.tell("secretary-a", "register_person", REGISTER)
    with pytest.raises(NotAllowed):
        registry.tell("secretary-b", "offer_transfer", OFFER)
    registry.tell("secretary-a", "offer_transfer", OFFER)
    for unit, actor in (("so-a", "secretary-a"), ("so-b", "secretary-b")):
        (row,) = registry.tell(actor, "transfers", {"unit": unit})
        assert (row["transfer"], row["full_name"], row["state"]) == ("t1", NAME, "offered")
    assert registry.tell("secretary-b", "person", {"person": P})["full_name"] == NAME, "who is to answer must know about whom"
    for actor in ("secretary-a", "office", "admin"):
        for method, data in (("accept_transfer", ACCEPT), ("refuse_transfer", {"transfer": "t1", "person": P, "reason": "x"})):
            with pytest.raises(NotAllowed):
                registry.tell(actor, method, data)
    with pytest.raises(NotAllowed):
        registry.tell("secretary-b", "withdraw_transfer", {"transfer": "t1", "person": P, "reason": "x"})
    registry.tell("secretary-b", "accept_transfer", ACCEPT)
    person = registry.tell("secretary-b", "person", {"person": P})
    assert [(row["unit"], row["from_on"], row["until_on"]) for row in person["posts"]] == [
        ("so-a", "2020-01-01", "2024-02-29"),
        ("so-b", "2024-03-01", None),
    ]
    assert [(row["state"], row["into_post"]) for row in person["transfers"]] == [("accepted", "Phó phòng")]
    assert registry.tell("secretary-b", "transfers", {"unit": "so-b"}) == []
    with pytest.raises(NotAllowed):
        registry.tell("secretary-a", "person", {"person": P})


def test_a_refusal_and_a_withdrawal_leave_the_person_where_they_are(registry: Registry) -> None:
    registry.tell("secretary-a", "register_person", REGISTER)
    for transfer, actor, method in (("t1", "secretary-b", "refuse_transfer"), ("t2", "secretary-a", "withdraw_transfer")):
        registry.tell("secretary-a", "offer_transfer", {**OFFER, "transfer": transfer})
        registry.tell(actor, method, {"transfer": transfer, "person": P, "reason": "hết biên chế"})
    person = registry.tell("secretary-a", "person", {"person": P})
    assert [(row["state"], row["reason"]) for row in person["transfers"]] == [("refused", "hết biên chế"), ("withdrawn", "hết biên chế")]
    assert [row["until_on"] for row in person["posts"]] == [None]


def test_posts_are_taken_and_left(registry: Registry) -> None:
    registry.tell("secretary-a", "register_person", REGISTER)
    registry.tell("secretary-a", "take_post", {"person": P, **POST, "post": "Kế toán", "from_on": "2021-01-01"})
    registry.tell("secretary-a", "leave_post", {"person": P, "post": "Chuyên viên", "unit": "so-a", "until_on": "2022-12-31"})
    rows = registry.tell("secretary-a", "people", {"unit": "so-a"})
    assert [(row["post"], row["until_on"]) for row in rows] == [("Kế toán", None), ("Chuyên viên", "2022-12-31")]
    rows = registry.tell("secretary-a", "people", {"unit": "so-a", "on": "2023-01-01"})
    assert [row["post"] for row in rows] == ["Kế toán"]
    with pytest.raises(ValidationFailed):
        registry.tell("secretary-a", "people", {"unit": "so-a", "on": "2023"})
    (left,) = [event for event in registry.store.stream(f"person-{P}") if event.type == "registry.PostLeft"]
    assert (left.effective_on.isoformat(), left.data["from_on"]) == ("2023-01-01", "2020-01-01")


# Councils

FORM = {"council": "hd", "name": "Hội đồng TĐKT", "organisation": "so-a", "formed_on": "2020-01-01", "document": "QĐ 1"}
TERM = {"council": "hd", "term": "2021-2025", "from_on": "2021-01-01", "until_on": "2025-12-31", "document": "QĐ 2"}
SEAT = {"council": "hd", "term": "2021-2025", "person": P, "seat": "chair", "from_on": "2021-01-01"}


def test_a_council_is_shown_with_the_names_of_its_members(registry: Registry) -> None:
    registry.tell("office", "register_person", REGISTER)
    for method, data in (("form_council", FORM), ("open_term", TERM), ("appoint_member", SEAT)):
        with pytest.raises(NotAllowed):
            registry.tell("secretary-b", method, data)
        registry.tell("office", method, data)
    with pytest.raises(NotFound, match="no person"):
        registry.tell("office", "appoint_member", {**SEAT, "person": Q, "seat": "member"})
    relief = {"council": "hd", "term": "2021-2025", "person": P, "until_on": "2023-06-30", "reason": "nghỉ hưu"}
    registry.tell("office", "relieve_member", relief)
    registry.tell("office", "appoint_member", {**SEAT, "seat": "member", "from_on": "2023-07-01"})
    for actor in ("office", "inspector", "council", "secretary-a"):
        (term,) = registry.tell(actor, "council", {"council": "hd"})["terms"]
        assert [(row["seat"], row["full_name"], row["relieved_on"]) for row in term["members"]] == [
            ("chair", NAME, "2023-06-30"),
            ("member", NAME, None),
        ]
    with pytest.raises(NotAllowed):
        registry.tell("secretary-b", "council", {"council": "hd"})
    assert [row["council"] for row in registry.tell("leader", "councils", {})] == ["hd"]


# Forgetting


@pytest.fixture
def logged() -> Iterator[LogLines]:
    """What is logged, whatever the process has been told to do with it."""
    with capture_logs() as lines:
        yield lines


def test_nothing_holds_what_is_sealed_and_after_forgetting_nothing_opens_it(
    registry: Registry, logged: list[MutableMapping[str, Any]]
) -> None:
    """No file and no log line, before as after, and also where the read model is built anew: rows hold what the events hold."""
    registry.tell("secretary-a", "register_person", REGISTER, "c-1")
    registry.tell("office", "register_person", {**REGISTER, "person": Q, "full_name": "Người Ở Lại", "identity_number": None})
    registry.tell("office", "correct_details", {"person": P, **DETAILS, "full_name": CORRECTED, "reason": "gõ nhầm"})
    registry.tell("office", "form_council", FORM)
    registry.tell("office", "open_term", TERM)
    registry.tell("office", "appoint_member", SEAT)
    registry.tell("secretary-a", "offer_transfer", OFFER)
    personal = (NAME, CORRECTED, BORN, NUMBER)
    assert registry.files_with(*personal) == []
    assert registry.files_with("Chuyên viên") != [], "the search finds what is there"

    registry.tell("office", "forget_person", FORGET)
    registry.projector.rebuilds.prepare()
    registry.projector.rebuilds.go_live("vn", lambda _service, after: registry.store.feed(after))
    rows = registry.tell("secretary-a", "people", {"unit": "so-a"})
    assert {row["person"]: row["full_name"] for row in rows} == {P: FORGOTTEN, Q: "Người Ở Lại"}
    person = registry.tell("office", "person", {"person": P})
    assert (person["full_name"], person["forgotten_on"], person["ground"]) == (FORGOTTEN, "2026-02-01", FORGET["ground"])
    assert registry.tell("office", "person_details", {"person": P})["full_name"] == FORGOTTEN
    (term,) = registry.tell("office", "council", {"council": "hd"})["terms"]
    assert [row["full_name"] for row in term["members"]] == [FORGOTTEN]
    (transfer,) = registry.tell("secretary-a", "transfers", {"unit": "so-a"})
    assert transfer["full_name"] == FORGOTTEN
    assert registry.files_with(*personal) == []
    assert "People.register_person" in [line.get("method") for line in logged]
    assert not [word for word in personal if word in str(logged)]


def test_forgetting_is_recorded_once_and_nothing_follows_it(registry: Registry) -> None:
    registry.tell("office", "register_person", REGISTER, "c-1")
    with pytest.raises(NotAllowed):
        registry.tell("secretary-a", "forget_person", FORGET)
    with pytest.raises(NotFound):
        registry.tell("office", "forget_person", {**FORGET, "person": Q})
    recorded = registry.tell("office", "forget_person", FORGET, "c-2")
    assert registry.tell("office", "forget_person", FORGET, "c-2")["events"] == recorded["events"]
    assert registry.tell("office", "forget_person", FORGET)["events"] == []
    refusals = [
        ("register_person", REGISTER),
        ("correct_details", {"person": P, **DETAILS, "reason": "gõ nhầm"}),
        ("take_post", {"person": P, **POST, "post": "Kế toán"}),
    ]
    for method, data in refusals:
        with pytest.raises(CommendationError) as refused:
            registry.tell("office", method, data)
        assert refused.value.code == "registry.person_forgotten"
    registry.tell("office", "leave_post", {"person": P, "post": "Chuyên viên", "unit": "so-a", "until_on": "2026-02-01"})


def test_a_forgetting_that_was_cut_off_is_carried_out_at_the_next_start(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    registry.tell("office", "register_person", REGISTER)
    registry.tell("office", "register_person", {**REGISTER, "person": Q})
    registry.keys.doom(Q)  # and died before anything was recorded
    with monkeypatch.context() as dying:
        dying.setattr(Keys, "destroy", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            registry.tell("office", "forget_person", FORGET)
    assert registry.keys.key_for(P) is not None
    finish(registry.keys, registry.store)
    assert registry.keys.key_for(P) is None
    assert registry.keys.key_for(Q) is not None
    assert registry.keys.doomed() == []


def test_a_name_that_does_not_open_is_said_to_be_so(registry: Registry) -> None:
    """As where the keys were restored from before the person came; the others are still shown."""
    registry.tell("office", "register_person", REGISTER)
    registry.tell("office", "register_person", {**REGISTER, "person": Q, "full_name": "Người Ở Lại"})
    registry.keys.destroy(P)
    rows = registry.tell("office", "people", {"unit": "so-a"})
    assert sorted(row["full_name"] for row in rows) == sorted([UNREADABLE, "Người Ở Lại"])


def test_what_is_kept_of_a_command_cannot_be_found_by_guessing(registry: Registry) -> None:
    """It is no plain hash of what was sent: whoever has the database but not the key of the site cannot try names against it."""
    registry.tell("office", "register_person", REGISTER, "c-1")
    with registry.database.read() as connection:
        kept = connection.exec_driver_sql("SELECT digest FROM commands WHERE command = 'c-1'").scalar_one()
    said = [f"person-{P}", "RegisterPerson"]
    assert kept != digest_of("office", REGISTER, said)
    registry.tell("office", "form_council", FORM, "c-2")
    with registry.database.read() as connection:
        plain = connection.exec_driver_sql("SELECT digest FROM commands WHERE command = 'c-2'").scalar_one()
    assert plain == digest_of("office", FORM, ["council-hd", "FormCouncil"]), "this is how one would try"


@pytest.fixture
def below(registry: Registry) -> Registry:
    """A department with a division under it, by territory, and an office under it by sector; a second department beside."""
    for unit, over in (("phong-a", {"parent": "so-a"}), ("to-a", {"parent": "phong-a"}), ("chi-cuc", {"sector_parent": "so-a"})):
        registry.tell("admin", "register_organisation", {"organisation": unit, "name": unit, "level": "Phòng", **over})
    for number, (name, unit) in enumerate(
        [("Đặng Thị Ánh", "so-a"), ("Dang Van Anh", "to-a"), ("Đặng Ánh Tuyết", "chi-cuc"), ("Đặng Thị Ánh", "so-b"), ("Lê Ánh", "phong-a")]
    ):
        registry.place(f"018f0000-0000-7000-8000-00000000010{number}", name, unit)
    return registry


@pytest.mark.parametrize(
    ("unit", "name", "units"),
    [
        ("so-a", "đặng ánh", ["chi-cuc", "so-a", "to-a"]),
        ("so-a", "ANH dang", ["chi-cuc", "so-a", "to-a"]),
        ("so-a", "đặ án", ["chi-cuc", "so-a", "to-a"]),
        ("phong-a", "Ánh", ["phong-a", "to-a"]),
        ("to-a", "Ánh", ["to-a"]),
        ("so-a", "nh", []),
        ("so-a", "??", []),
        ("khong-co", "Ánh", []),
    ],
)
def test_a_person_is_found_by_words_of_the_name_in_a_unit_and_below_it(below: Registry, unit: str, name: str, units: list[str]) -> None:
    for actor in ("admin", "office", "inspector"):
        assert [row["unit"] for row in below.tell(actor, "find_people", {"unit": unit, "name": name})] == units


def test_who_has_left_or_is_forgotten_is_not_found(below: Registry) -> None:
    left = {"person": "018f0000-0000-7000-8000-000000000101", "post": "Chuyên viên", "unit": "to-a"}
    below.tell("admin", "leave_post", {**left, "until_on": "2023-12-31"})
    below.tell("office", "forget_person", {**FORGET, "person": "018f0000-0000-7000-8000-000000000100"})
    assert [row["unit"] for row in below.tell("office", "find_people", {"unit": "so-a", "name": "đặng"})] == ["chi-cuc"]


@pytest.mark.parametrize("actor", ["secretary-a", "leader", "council"])
def test_below_a_unit_only_who_sees_the_whole_network_looks(below: Registry, actor: str) -> None:
    with pytest.raises(NotAllowed):
        below.tell(actor, "find_people", {"unit": "so-a", "name": "đặng"})


@pytest.mark.parametrize(("bound", "most"), [("PEOPLE_OPENED_MAX", 3), ("UNITS_BELOW_MAX", 3)])
def test_a_name_is_not_looked_for_among_too_many(below: Registry, monkeypatch: pytest.MonkeyPatch, bound: str, most: int) -> None:
    monkeypatch.setattr(f"services.registry.service.people.{bound}", most)
    with pytest.raises(TooManyPeople, match="choose a smaller unit"):
        below.tell("office", "find_people", {"unit": "so-a", "name": "đặng"})
    assert len(below.tell("office", "find_people", {"unit": "phong-a", "name": "anh"})) == 2
