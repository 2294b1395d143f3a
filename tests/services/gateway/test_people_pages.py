"""People and councils by their pages and over the API: what is shown to whom, that forms give their commands, and that no name is kept."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.gateway.i18n import known
from services.gateway.pages.people import SEXES
from services.gateway.schemas.councils import SEATS
from services.registry.domain import (
    PersonIsForgotten,
    PostConflict,
    SameHand,
    Seat,
    SeatConflict,
    TermConflict,
    TooManyPeople,
    TransferSettled,
    TransferState,
)
from services.registry.schemas.people import Sex
from shared.errors import NotAllowed, ValidationFailed
from tests.services.gateway.conftest import Browser
from tests.services.gateway.test_pages import Reader
from tests.services.gateway.world import FakeNetwork, answers, recorded

Browsers = Callable[[str], Browser]
NAME, P, Q = "Vương Thuỵ <Quỳnh> Khuê", "018f0000-0000-7000-8000-000000000001", "018f0000-0000-7000-8000-000000000002"
POST = {"unit": "btp", "post": "Chuyên viên", "from_on": "2020-01-01", "until_on": None, "document": "QĐ 1"}
LINE = {"person": P, "full_name": NAME, "forgotten_on": None, **POST}
GONE = {**LINE, "person": Q, "full_name": "(đã xoá dữ liệu cá nhân)", "forgotten_on": "2026-02-01", "until_on": "2023-01-01"}
TRANSFER = {
    "transfer": "t1",
    "person": P,
    "post": "Chuyên viên",
    "from_unit": "btp",
    "to_unit": "bca",
    "moves_on": "2024-12-01",
    "document": "CV 7",
    "state": "offered",
    "into_post": None,
    "reason": None,
    "offered": 9,
}
PERSON = {
    "person": P,
    "full_name": NAME,
    "forgotten_on": None,
    "ground": None,
    "posts": [POST],
    "transfers": [TRANSFER, {**TRANSFER, "transfer": "t0", "to_unit": "btp", "from_unit": "ban"}],
}
DETAILS = {"full_name": NAME, "sex": "female", "born_on": "1987-02-13", "identity_number": "079187654321"}
COUNCIL = {"council": "hd", "name": "Hội đồng TĐKT", "organisation": "btp", "formed_on": "2020-01-01", "document": "QĐ 1"}
SEATED = {"council": "hd", "term": "2021-2025", "person": P, "full_name": NAME, "forgotten_on": None, "from_on": "2021-01-01"}
TERM = {"term": "2021-2025", "from_on": "2021-01-01", "until_on": "2025-12-31", "document": "QĐ 2"}
MEMBERS = [
    {**SEATED, "seat": "chair", "relieved_on": None, "reason": None},
    {**SEATED, "person": Q, "seat": "member", "relieved_on": "2022-01-01", "reason": "nghỉ hưu"},
]
COMMANDS = (
    "register_person correct_details take_post leave_post offer_transfer accept_transfer refuse_transfer withdraw_transfer forget_person"
)
COMMANDS += " form_council open_term appoint_member relieve_member"
PAGES = ["/people", "/people?unit=btp", f"/people/{P}", f"/people/{Q}", "/councils", "/councils/hd"]


@pytest.fixture
def network() -> FakeNetwork:
    made = FakeNetwork(answers())
    made.answers |= {
        ("registry", "people"): [LINE, GONE],
        ("registry", "find_people"): [{**LINE, "unit": "bca"}],
        ("registry", "transfers"): [{**TRANSFER, "full_name": NAME, "forgotten_on": None}],
        ("registry", "person"): lambda data: (
            PERSON if data["person"] == P else {**PERSON, **GONE, "ground": "Luật 91/2025/QH15", "transfers": []}
        ),
        ("registry", "person_details"): DETAILS,
        ("registry", "councils"): [COUNCIL],
        ("registry", "council"): {**COUNCIL, "terms": [{**TERM, "members": MEMBERS}]},
        **{("registry", command): recorded() for command in COMMANDS.split()},
    }
    return made


def words(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("login", ["thuky", "office"])
def test_the_pages_render_whole_and_accessible(browser: Browsers, login: str, language: str) -> None:
    here = browser(login)
    for path in PAGES:
        answer = here.get(path, query_string=None if "?" in path else {"lang": language})
        assert answer.status_code == 200, answer.text
        reader = Reader()
        reader.feed(answer.text)
        assert not reader.open
        assert reader.headings == 1
        assert len(reader.ids) == len(set(reader.ids)), "an id stands twice"
        assert not [field for field in reader.fields if field.get("id") not in reader.labels and "aria-label" not in field]
        assert not re.findall(r"None|Undefined|\{\{", answer.text), path


def test_a_secretary_sees_the_own_unit_at_once_and_chooses_no_other(browser: Browsers, network: FakeNetwork) -> None:
    page = browser("thuky").get("/people").text
    assert [call.data for call in network.told("registry", "people")] == [{"unit": "btp"}]
    assert "Kiểm toán" not in page
    assert html.escape(NAME) in page
    browser("thuky").get("/people", query_string={"on": "2024-01-01"})
    browser("thuky").get("/people", query_string={"on": "hôm qua"})
    assert [call.data.get("on") for call in network.told("registry", "people")] == [None, "2024-01-01", None]
    chosen = browser("office").get("/people").text
    assert "Kiểm toán" in chosen
    assert NAME not in html.unescape(chosen), "nobody is shown before a unit is chosen"


def test_details_and_what_follows_from_them_are_for_the_office(browser: Browsers, network: FakeNetwork) -> None:
    page = browser("thuky").get(f"/people/{P}").text
    assert "079187654321" not in page
    assert "13/02/1987" not in page
    assert f"/people/{P}/erasure" not in page
    assert network.told("registry", "person_details") == []
    page = browser("office").get(f"/people/{P}").text
    assert "079187654321" in page
    assert f"/people/{P}/erasure" in page


def test_who_gives_may_withdraw_and_who_receives_may_answer(browser: Browsers) -> None:
    actions = set(re.findall(rf'action="/people/{P}/transfers/([^"]+)"', browser("thuky").get(f"/people/{P}").text))
    assert actions == {"t1/withdrawal", "t0/acceptance", "t0/refusal"}


def test_a_forgotten_person_is_a_mark_in_the_language_of_the_page(browser: Browsers) -> None:
    here = browser("office")
    for language, mark in (("vi", "(đã xoá dữ liệu cá nhân)"), ("en", "(personal data erased)")):
        page = here.get(f"/people/{Q}", query_string={"lang": language}).text
        assert f"<h1>{mark}</h1>" in page
        assert "Luật 91/2025/QH15" in page
        assert not re.findall(rf'action="/people/{Q}/(details|posts|erasure|transfers)"', page)


FORMS: list[tuple[str, dict[str, str], str, dict[str, Any]]] = [
    ("/people", {"full_name": NAME, "sex": "female", "unit": "btp", "post": "P", "from_on": "2020-01-01"}, "register_person", {}),
    (f"/people/{P}/details", {"full_name": NAME, "reason": "gõ nhầm"}, "correct_details", {"person": P}),
    (f"/people/{P}/posts", {"unit": "btp", "post": "Kế toán", "from_on": "2021-01-01"}, "take_post", {"person": P}),
    (
        f"/people/{P}/posts/leaving",
        {"held": "btp:Chuyên viên: tổng hợp", "until_on": "2022-01-01"},
        "leave_post",
        {"person": P, "unit": "btp", "post": "Chuyên viên: tổng hợp"},
    ),
    (
        f"/people/{P}/transfers",
        {"held": "btp:Chuyên viên", "to_unit": "bca", "moves_on": "2024-12-01", "document": "CV"},
        "offer_transfer",
        {"person": P, "from_unit": "btp", "post": "Chuyên viên"},
    ),
    (f"/people/{P}/transfers/t1/acceptance", {"post": "P", "document": "QĐ"}, "accept_transfer", {"person": P, "transfer": "t1"}),
    (f"/people/{P}/transfers/t1/refusal", {"reason": "x"}, "refuse_transfer", {"person": P, "transfer": "t1"}),
    (f"/people/{P}/transfers/t1/withdrawal", {"reason": "x"}, "withdraw_transfer", {"person": P, "transfer": "t1"}),
    (f"/people/{P}/erasure", {"ground": "Luật 91/2025/QH15", "requested_on": "2026-02-01"}, "forget_person", {"person": P}),
    (
        "/councils",
        {"name": "Hội đồng", "organisation": "btp", "formed_on": "2020-01-01", "document": "QĐ"},
        "form_council",
        {"council": "hd-hoi-dong"},
    ),
    (
        "/councils/hd/terms",
        {"from_on": "2026-01-01", "until_on": "2030-12-31", "document": "QĐ"},
        "open_term",
        {"council": "hd", "term": "2026-2030"},
    ),
    ("/councils/hd/terms/t/members", {"person": P, "seat": "chair", "from_on": "2021-01-01"}, "appoint_member", {"term": "t"}),
    (f"/councils/hd/terms/t/members/{P}/relief", {"until_on": "2022-01-01", "reason": "x"}, "relieve_member", {"person": P, "term": "t"}),
]


def test_the_forms_give_their_commands_and_show_that_it_is_done(browser: Browsers, network: FakeNetwork) -> None:
    here = browser("office")
    for number, (path, fields, method, more) in enumerate(FORMS):
        answer = here.post(path, {**fields, "command": f"c-{number}"})
        assert answer.status_code == 303, f"{path}: {answer.text}"
        assert NAME not in answer.headers["Location"]
        (call,) = network.told("registry", method)
        assert (call.actor, call.command) == ("a-2", f"c-{number}")
        given = {name: value for name, value in fields.items() if name != "held"}
        assert {**given, **more}.items() <= call.data.items()
        assert 'class="notice done"' in here.get(answer.headers["Location"]).text


def test_the_same_form_sent_twice_is_the_same_person_and_transfer(browser: Browsers, network: FakeNetwork) -> None:
    here = browser("office")
    for path, fields, method, _ in (FORMS[0], FORMS[4]):
        for _ in range(2):
            here.post(path, {**fields, "command": "c-1"})
        first, second = network.told("registry", method)
        assert first.data == second.data


def test_a_refusal_is_said_at_its_field_and_nothing_typed_is_lost(browser: Browsers, network: FakeNetwork) -> None:
    errors = [
        {"at": "identity_number", "message": "Use 9 or 12 digits."},
        {"at": "full_name", "message": "Longer than maximum length 100."},
    ]
    network.answers["registry", "register_person"] = ValidationFailed("Details cannot be read", errors=errors)
    answer = browser("thuky").post(
        "/people", {"form": "person", "full_name": NAME, "identity_number": "12", "unit": "btp", "post": "Kế toán"}
    )
    assert answer.status_code == 422
    assert "Số căn cước: ghi 9 hoặc 12 chữ số." in words(answer.text)
    assert "Họ và tên: dài nhất 100 ký tự." in words(answer.text)
    assert all(f'value="{html.escape(value)}"' in answer.text for value in (NAME, "12", "Kế toán"))


def test_who_oversees_the_network_finds_a_person_by_name_below_a_unit(browser: Browsers, network: FakeNetwork) -> None:
    here = browser("office")
    assert "Tìm người theo tên" in here.get("/people?unit=btp").text
    page = here.post("/people/search", {"form": "find", "unit": "btp", "name": "khuê vương"})
    assert network.told("registry", "find_people")[-1].data == {"unit": "btp", "name": "khuê vương"}
    assert "Tìm thấy 1 người" in page.text
    assert f'<a href="/people/{P}">Vương Thuỵ &lt;Quỳnh&gt; Khuê</a></th><td>Chuyên viên</td><td>Bộ Công an</td>' in page.text
    assert 'value="khuê vương"' in page.text
    network.answers["registry", "find_people"] = TooManyPeople("too many", most=2000, most_units=2000)
    refused = here.post("/people/search", {"form": "find", "unit": "btp", "name": "khuê vương"})
    assert refused.status_code == 409
    assert "tối đa 2000 người, 2000 đơn vị" in refused.text
    assert 'value="khuê vương"' in refused.text
    assert "Tìm người theo tên" not in browser("thuky").get("/people").text


def test_what_one_may_not_see_is_refused_as_a_page(browser: Browsers, network: FakeNetwork) -> None:
    refused = NotAllowed("This needs the role secretary here.", roles=["secretary"], scopes=[])
    for method in ("person", "council", "take_post"):
        network.answers["registry", method] = refused
    here = browser("thuky")
    assert [here.get(path).status_code for path in (f"/people/{P}", "/councils/hd")] == [403, 403]
    assert here.post(f"/people/{P}/posts", {"unit": "bca"}).status_code == 403


def test_no_name_is_kept_by_the_gateway(browser: Browsers, tmp_path: Path) -> None:
    here = browser("office")
    for path, fields, _, _ in FORMS:
        here.post(path, fields)
    for path in PAGES:
        here.get(path)
    here.post("/people/search", {"form": "find", "unit": "btp", "name": "Vương Khuê"})
    files = [file for file in tmp_path.iterdir() if file.name.startswith("gateway.db")]
    assert files
    for part in ("Vương", "Khuê", "079187654321"):
        assert not [file.name for file in files if part.encode() in file.read_bytes()]


API = [
    ("POST", "/people", {"person": P, "full_name": "N", "unit": "u", "post": "P", "from_on": "2020-01-01"}, "register_person", {}),
    ("PUT", f"/people/{P}/details", {"full_name": "N", "reason": "x"}, "correct_details", {"person": P}),
    ("POST", f"/people/{P}/posts", {"unit": "u", "post": "P", "from_on": "2020-01-01"}, "take_post", {"person": P}),
    ("POST", f"/people/{P}/posts/leaving", {"unit": "u", "post": "P", "until_on": "2020-01-01"}, "leave_post", {"person": P}),
    (
        "POST",
        f"/people/{P}/transfers",
        {"transfer": "t", "post": "P", "from_unit": "u", "to_unit": "v", "moves_on": "2020-01-01", "document": "D"},
        "offer_transfer",
        {"person": P},
    ),
    (
        "POST",
        f"/people/{P}/transfers/t/acceptance",
        {"post": "P", "document": "D"},
        "accept_transfer",
        {"person": P, "transfer": "t"},
    ),
    ("POST", f"/people/{P}/transfers/t/refusal", {"reason": "x"}, "refuse_transfer", {"person": P, "transfer": "t"}),
    ("POST", f"/people/{P}/transfers/t/withdrawal", {"reason": "x"}, "withdraw_transfer", {"person": P, "transfer": "t"}),
    ("POST", f"/people/{P}/erasure", {"ground": "L", "requested_on": "2026-02-01"}, "forget_person", {"person": P}),
    ("POST", "/councils", {key: COUNCIL[key] for key in COUNCIL}, "form_council", {}),
    ("POST", "/councils/hd/terms", TERM, "open_term", {"council": "hd"}),
    (
        "POST",
        "/councils/hd/terms/t/members",
        {"person": P, "seat": "chair", "from_on": "2021-01-01"},
        "appoint_member",
        {"council": "hd", "term": "t"},
    ),
    (
        "POST",
        f"/councils/hd/terms/t/members/{P}/relief",
        {"until_on": "2021-02-01", "reason": "x"},
        "relieve_member",
        {"council": "hd", "term": "t", "person": P},
    ),
]


def test_commands_of_the_api_reach_the_registry_as_given(
    client: FlaskClient, token: Callable[[str], dict[str, str]], network: FakeNetwork
) -> None:
    headers = token("office")
    for method, path, body, command, more in API:
        answer = client.open(f"/api/v1{path}", method=method, json=body, headers={**headers, "Idempotency-Key": "k-1"})
        assert answer.status_code == 201, f"{path}: {answer.text}"
        (call,) = network.told("registry", command)
        assert (call.data, call.command) == ({**body, **more}, "k-1")


def test_queries_of_the_api_are_answered_with_all_that_is_known(client: FlaskClient, token: Callable[[str], dict[str, str]]) -> None:
    headers = token("office")

    def get(path: str) -> Any:
        return client.get(f"/api/v1{path}", headers=headers).get_json()

    assert get("/people?unit=btp&on=2024-01-01") == [LINE, GONE]
    asked = {"unit": "btp", "name": "khuê"}
    assert client.post("/api/v1/people/search", json=asked, headers=headers).get_json() == [{**LINE, "unit": "bca"}]
    assert get(f"/people/{P}") == PERSON
    assert get(f"/people/{P}/details") == DETAILS
    assert [row["full_name"] for row in get("/transfers?unit=btp")] == [NAME]
    assert get("/councils") == [COUNCIL]
    assert get("/councils/hd")["terms"][0]["members"] == MEMBERS
    assert client.get("/api/v1/people", headers=headers).status_code == 422


def test_all_that_hangs_on_data_has_words() -> None:
    assert set(SEXES) == {sex.value for sex in Sex}
    assert set(SEATS) == {seat.value for seat in Seat}
    ids = [f"sex.{sex}" for sex in SEXES] + [f"seat.{seat}" for seat in SEATS] + [f"transfer.{state.value}" for state in TransferState]
    ids += [f"problem.{error.code}" for error in (PersonIsForgotten, PostConflict, SameHand, SeatConflict, TermConflict, TransferSettled)]
    assert not [one for one in ids if not known(one)]
