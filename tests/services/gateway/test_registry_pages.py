"""Setting up a network by its pages: organisations, clusters, accounts and roles, rubrics, and the vote between tied units."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.gateway import app as gateway
from services.gateway.credentials import Credentials
from services.gateway.i18n import known
from services.gateway.pages import registry as pages
from services.gateway.pages.choosing import key_from
from services.gateway.pages.organisations import LEVELS
from services.registry.domain import (
    ACCOUNT,
    AccountGround,
    AccountOpened,
    AlreadyThere,
    Basis,
    ClusterEnded,
    Completeness,
    GrantRole,
    LastAdministrator,
    LeaderNotMember,
    LeaderRule,
    MembershipConflict,
    NotDelegable,
    RoleDates,
    RoleNotHeld,
    ScopeKind,
    ScopeRefused,
    account,
)
from services.registry.domain.accounts import MEANINGS
from shared import permissions
from shared import rubric as rubrics
from shared.access import Role
from shared.bounds import FREEZE_SECONDS_MAX, RPC_SECONDS_MAX
from shared.errors import CommendationError, NotAllowed, ValidationFailed
from shared.permissions import OwnWork
from tests.services.gateway.conftest import Browser
from tests.services.gateway.test_pages import Reader
from tests.services.gateway.world import CAMPAIGN, LENT, PASSWORD, RUBRIC, UNITS, FakeNetwork, board, phase

Browsers = Callable[[str], Browser]
EXAMPLE = Path(gateway.__file__).parent / "static" / "rubric-example.yaml"
PAGES = ["/organisations", "/clusters", "/clusters/khoi", "/accounts", "/stand-ins", "/permissions"]
ORGANISATION = {"name": "Sở Tư pháp", "level": "Tỉnh"}
FIRST = "mật khẩu ban đầu"


def organisation(key: str, name: str, parent: str | None = None) -> dict[str, Any]:
    return {"organisation": key, "name": name, "level": "Tỉnh", "code": None, "parent": parent, "opened_on": None}


def words(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("login", ["thuky", "office"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_renders_whole_and_accessible(browser: Browsers, path: str, login: str, language: str) -> None:
    answer = browser(login).get(path, query_string={"lang": language})
    assert answer.status_code == 200, answer.text
    reader = Reader()
    reader.feed(answer.text)
    assert not reader.open
    assert reader.headings == 1
    assert len(reader.ids) == len(set(reader.ids)), "an id stands twice"
    assert not [field for field in reader.fields if field.get("id") not in reader.labels and "aria-label" not in field]
    assert not re.findall(r"None|Undefined|\{\{", answer.text)


def test_only_who_holds_the_role_is_led_there(browser: Browsers) -> None:
    administrator, secretary = browser("office").get("/").text, browser("thuky").get("/").text
    for path in ("/organisations", "/clusters", "/accounts"):
        assert f'href="{path}"' in administrator
        assert f'href="{path}"' not in secretary


def test_others_may_read_but_are_offered_no_form(browser: Browsers) -> None:
    here = browser("thuky")
    for path in ("/organisations", "/clusters", "/clusters/khoi", "/campaigns"):
        page = here.get(path).text
        assert set(re.findall(r'<form[^>]*method="post"[^>]*action="([^"]*)"', page)) == {"/sign-out"}, path


def test_accounts_are_the_registrys_to_show(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["registry", "accounts"] = NotAllowed("This needs the role administrator.", roles=["administrator"], scopes=[])
    assert browser("thuky").get("/accounts").status_code == 403


FORMS = [
    ("/organisations", {"organisation": "stp", **ORGANISATION, "parent": "ban"}, "register_organisation", {"parent": "ban"}),
    (
        "/clusters",
        {"cluster": "k2", "name": "Khối 2", "organiser": "ban", "formed_on": "2020-01-01", "leader_rule": "rank"},
        "form_cluster",
        {"leader_rule": "rank"},
    ),
    ("/clusters/khoi/members/btp/release", {"until_on": "2024-12-31"}, "release_member", {"cluster": "khoi", "unit": "btp"}),
    (
        "/clusters/khoi/leaders",
        {"season": "2025", "leader": "btp", "basis": "elected", "document": "BB 1"},
        "designate_leader",
        {"season": 2025, "deputies": []},
    ),
    (
        "/clusters/khoi/list",
        {"completeness": "complete", "source": "HD 2746", "as_of": "2022-08-05"},
        "describe_list",
        {"cluster": "khoi"},
    ),
    ("/clusters/khoi/names", {"name": "Khối mới", "effective_on": "2024-12-01", "document": "QĐ 5"}, "rename_cluster", {"cluster": "khoi"}),
    ("/clusters/khoi/dissolution", {"effective_on": "2024-12-01", "document": "QĐ 5"}, "dissolve_cluster", {"cluster": "khoi"}),
    (
        "/accounts/a-1/roles",
        {"role": "secretary", "scope": "btp", "from_on": "2024-12-01", "until_on": "2025-12-31", "document": "QĐ 1"},
        "grant_role",
        {"account": "a-1"},
    ),
    (
        "/accounts/a-1/roles/revocation",
        {"role": "secretary", "scope": "btp", "effective_on": "2024-12-01", "reason": "Chuyển công tác"},
        "revoke_role",
        {"account": "a-1"},
    ),
    (
        "/stand-ins/end",
        {"role": "office", "scope": "*", "to_account": "a-1", "reason": "Về sớm"},
        "end_delegation",
        {"account": "a-2"},
    ),
]


@pytest.mark.parametrize(("path", "fields", "method", "more"), FORMS, ids=[form[2] for form in FORMS])
def test_a_form_gives_its_command_and_shows_that_it_is_done(
    browser: Browsers, network: FakeNetwork, path: str, fields: dict[str, str], method: str, more: dict[str, Any]
) -> None:
    here = browser("office")
    answer = here.post(path, {**fields, "command": "c-1"})
    assert answer.status_code == 303, answer.text
    (call,) = network.told("registry", method)
    assert (call.actor, call.command) == ("a-2", "c-1")
    assert {**{name: value for name, value in fields.items() if name != "season"}, **more}.items() <= call.data.items()
    assert 'class="notice done"' in here.get(answer.headers["Location"]).text


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Bộ Tư pháp", "bo-tu-phap"),
        ("Đảng uỷ KHỐI – cơ quan", "dang-uy-khoi-co-quan"),
        ("Số 1 (mới)", "so-1-moi"),
        ("中央", ""),
        ("a" * 90, "a" * 60),
        ("mười hai " * 12, "muoi-hai-muoi-hai-muoi-hai-muoi-hai-muoi-hai-muoi-hai-muoi"),
    ],
)
def test_a_key_is_made_from_a_vietnamese_name(name: str, key: str) -> None:
    assert key_from(name) == key


def test_an_organisations_key_comes_from_its_code_or_name_and_tells_namesakes_apart(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["registry", "organisations"] = [
        organisation("ban", "Ban"),
        organisation("phong", "Phòng", parent="ban"),
        organisation("so", "Sở"),
    ]
    here = browser("office")
    sent = [
        {"name": "Sở mới"},
        {"name": "Sở mới", "code": "G09.01"},
        {"name": "Phòng", "parent": "so"},
        {"name": "Phòng", "parent": "ban"},  # the same form again
        {"name": "Khoi"},  # a cluster bears this key: as scopes of roles the two would be one
    ]
    for fields in sent:
        here.post("/organisations", {"level": "Tỉnh", **fields})
    keys = [call.data["organisation"] for call in network.told("registry", "register_organisation")]
    assert keys == ["so-moi", "g09-01", "phong-so", "phong", "khoi-2"]


def test_namesakes_say_whose_they_are_in_a_choice(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["registry", "organisations"] = [
        organisation("a", "Sở A"),
        organisation("p1", "Phòng", parent="a"),
        organisation("p2", "Phòng"),
    ]
    page = browser("office").get("/organisations").text
    assert [">Phòng (Sở A)<" in page, ">Phòng (p2)<" in page, ">Sở A<" in page] == [True] * 3


def test_a_clusters_key_never_equals_an_organisations(browser: Browsers, network: FakeNetwork) -> None:
    browser("office").post("/clusters", {"name": "BTP", "organiser": "ban", "formed_on": "2020-01-01"})
    assert network.told("registry", "form_cluster")[0].data["cluster"] == "khoi-btp"


def test_a_refused_form_keeps_what_was_typed_and_names_the_place(browser: Browsers, network: FakeNetwork) -> None:
    errors = [{"at": "level", "message": "Missing data for required field."}]
    network.answers["registry", "register_organisation"] = ValidationFailed("It cannot be read", errors=errors)
    answer = browser("office").post("/organisations", {"form": "organisation", "name": "Sở <x>", "parent": "btp"})
    assert answer.status_code == 422
    assert 'value="Sở &lt;x&gt;"' in answer.text
    assert '<option value="btp" selected>' in answer.text
    assert "Cấp: chưa điền." in answer.text


def test_several_units_are_admitted_at_once(browser: Browsers, network: FakeNetwork) -> None:
    here = browser("office")
    for _ in range(2):
        answer = here.post("/clusters/khoi/members", {"unit": ["bca", "ktnn"], "from_on": "2024-01-01", "command": "c-7"})
        assert answer.status_code == 303
    first, second = network.told("registry", "admit_members")
    assert first.data == {"cluster": "khoi", "units": ["bca", "ktnn"], "from_on": "2024-01-01"}
    assert (first.command, second.command) == ("c-7", "c-7")


def test_ticked_units_stay_ticked_when_the_date_is_refused(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["registry", "admit_members"] = MembershipConflict("bca is a member already", unit="bca")
    page = browser("office").post("/clusters/khoi/members", {"form": "admit", "unit": ["bca"], "from_on": "2024-02-03"})
    assert page.status_code == 409
    assert "Thời gian thành viên không hợp lý" in page.text
    assert 'value="bca" checked' in page.text
    assert 'value="03/02/2024"' in page.text


def test_several_deputies_are_ticked_and_stay_so(browser: Browsers, network: FakeNetwork) -> None:
    fields = {"form": "lead", "season": "2025", "leader": "bca", "deputies": ["btp"], "basis": "elected", "document": "BB"}
    assert browser("office").post("/clusters/khoi/leaders", fields).status_code == 303
    assert network.told("registry", "designate_leader")[0].data["deputies"] == ["btp"]
    network.answers["registry", "designate_leader"] = LeaderNotMember("bca is no member", unit="bca")
    page = browser("office").post("/clusters/khoi/leaders", fields)
    assert 'name="deputies" value="btp" checked' in page.text
    assert "những thành viên khác nhau" in page.text


def test_a_cluster_shows_its_list_its_names_and_its_deputies(browser: Browsers) -> None:
    page = words(browser("thuky").get("/clusters/khoi").text)
    assert "chưa đầy đủ (tính đến 05/08/2022). Nguồn: Báo Pháp luật <1>" in page
    assert "Khối tư pháp (từ 01/01/2015); Khối nội chính (từ 01/01/2019; QĐ 5)" in page
    assert "Bộ Công an Bộ Tư pháp Kiểm toán bầu, suy tôn" in page


def test_a_dissolved_cluster_offers_nothing_more(browser: Browsers, network: FakeNetwork) -> None:
    found = network.answers["registry", "cluster"]
    assert isinstance(found, dict)
    assert "Giải thể khối, cụm" in browser("office").get("/clusters/khoi").text
    network.answers["registry", "cluster"] = {**found, "dissolved_on": "2024-12-01", "dissolved_by": "QĐ 9"}
    page = browser("office").get("/clusters/khoi").text
    assert "Giải thể khối, cụm" not in page
    assert "01/12/2024; QĐ 9" in words(page)


def test_no_unit_chosen_is_said(browser: Browsers, network: FakeNetwork) -> None:
    answer = browser("office").post("/clusters/khoi/members", {"form": "admit", "from_on": "2024-02-03"})
    assert answer.status_code == 422
    assert "Đơn vị: hãy chọn ít nhất một đơn vị." in answer.text
    assert not network.told("registry", "admit_members")


def test_an_account_is_opened_with_a_password_that_lets_its_holder_in(
    browser: Browsers, network: FakeNetwork, credentials: Credentials
) -> None:
    here = browser("office")
    fields = {"login": "Moi.01", "post": "Chánh Văn phòng", "organisation": "btp", "password": FIRST, "command": "c-3"}
    answer = here.post("/accounts", fields)
    assert answer.status_code == 303
    here.post("/accounts", fields)
    first, second = network.told("registry", "open_account")
    assert first.data == second.data, "a form sent twice would open two accounts"
    assert {name: value for name, value in first.data.items() if name != "account"} == {
        "login": "moi.01",
        "post": "Chánh Văn phòng",
        "organisation": "btp",
    }
    assert answer.headers["Location"].endswith(f"#account-{first.data['account']}")
    credentials.check("moi.01", first.data["account"], FIRST)


def test_an_unfit_first_password_opens_nothing_and_is_not_shown(browser: Browsers, network: FakeNetwork) -> None:
    answer = browser("office").post("/accounts", {"form": "account", "login": "moi", "post": "Chánh <VP>", "password": "ngắn-quá"})
    assert answer.status_code == 422
    assert not network.told("registry", "open_account")
    assert 'value="Chánh &lt;VP&gt;"' in answer.text
    assert "ngắn-quá" not in answer.text


@pytest.mark.parametrize("path", ["/accounts", "/accounts/a-1/password", "/password"])
def test_a_password_is_not_carried_through_the_sign_in(browser: Browsers, client: FlaskClient, path: str) -> None:
    here = browser("office")
    client.delete_cookie("session")
    answer = here.post(path, {"login": "moi", "post": "Chánh Văn phòng", "password": FIRST, "current": FIRST, "again": FIRST})
    assert answer.status_code == 401
    assert "Chánh Văn phòng" in answer.text
    assert FIRST not in answer.text


def test_a_taken_login_is_said_at_its_field(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["registry", "open_account"] = AlreadyThere("taken", login="thuky")
    answer = browser("office").post("/accounts", {"form": "account", "login": "thuky", "post": "P", "password": FIRST})
    assert "Tên đăng nhập: đã có người dùng" in answer.text


def test_a_forgotten_password_is_set_anew_and_ends_the_sessions(browser: Browsers, app: Any, credentials: Credentials) -> None:
    forgetful = Browser(app.test_client(), "thuky")
    assert browser("office").post("/accounts/a-1/password", {"password": FIRST}).status_code == 303
    credentials.check("thuky", "a-1", FIRST)
    assert forgetful.get("/").status_code == 303


def test_nobody_but_an_administrator_sets_anothers_password(browser: Browsers, network: FakeNetwork, client: FlaskClient) -> None:
    network.answers["registry", "accounts"] = NotAllowed("This needs the role administrator.", roles=["administrator"], scopes=[])
    assert browser("thuky").post("/accounts/a-2/password", {"password": FIRST}).status_code == 403
    client.delete_cookie("session")
    assert Browser(client, "office").get("/").status_code == 200, "the old password holds"


def test_ones_own_password_is_changed_with_the_current_one(browser: Browsers, credentials: Credentials) -> None:
    answer = browser("office").post("/accounts/a-2/password", {"password": FIRST})
    assert answer.headers["Location"] == "/password"
    credentials.check("office", "a-2", PASSWORD)


@pytest.mark.parametrize("role", Role)
def test_a_role_refused_in_its_scope_is_said_there_in_words(browser: Browsers, network: FakeNetwork, role: Role) -> None:
    meanings = MEANINGS[role]
    kind = next(kind for kind in [*ScopeKind, None] if kind not in meanings)
    held = ACCOUNT.fold([AccountOpened("a-1", "thuky", "P", None)])
    with pytest.raises(ScopeRefused) as refused:
        account(AccountGround(date(2025, 1, 1), kind)).decide(held, GrantRole("a-1", role, "x"))
    network.answers["registry", "grant_role"] = refused.value
    answer = browser("office").post("/accounts/a-1/roles", {"form": "grant-a-1", "role": str(role), "scope": "khoi", "document": "QĐ <1>"})
    assert answer.status_code == 409
    assert "Choose" not in answer.text, "a message is not translated"
    assert "Phạm vi: " in answer.text
    assert 'value="QĐ &lt;1&gt;"' in answer.text


def test_every_role_has_its_scopes_and_words(browser: Browsers) -> None:
    assert not [role for role in Role if not known(f"role.{role}") or not known(f"role_does.{role}")]
    assert "Thư ký đơn vị" in words(browser("office").get("/accounts").text)


def test_the_last_administrator_stays_in_words(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["registry", "revoke_role"] = LastAdministrator("The last administrator stays")
    answer = browser("office").post("/accounts/a-2/roles/revocation", {"form": "revoke-a-2-4", "role": "administrator", "scope": "*"})
    assert answer.status_code == 409
    assert "Quản trị duy nhất không thu hồi được" in answer.text


def test_one_lends_ones_own_roles_and_sees_whom(browser: Browsers, network: FakeNetwork) -> None:
    here = browser("thuky")
    page = here.get("/stand-ins").text
    assert "Đi công tác" in page
    assert '<option value="secretary btp">Thư ký đơn vị – Bộ Tư pháp</option>' in page
    assert ">Cơ quan thường trực – Ban TĐKT</option>" in page
    fields = {"held": "secretary btp", "to_account": "a-2", "from_on": "2024-12-01", "until_on": "2024-12-31", "reason": "Nghỉ phép"}
    assert here.post("/stand-ins", fields).status_code == 303
    (call,) = network.told("registry", "delegate_role")
    assert (call.actor, call.data) == (
        "a-1",
        {**{name: value for name, value in fields.items() if name != "held"}, "account": "a-1", "role": "secretary", "scope": "btp"},
    )
    network.answers["registry", "delegate_role"] = RoleNotHeld("not held", role="secretary", scope="btp")
    again = here.post("/stand-ins", {**fields, "form": "lend"})
    assert "vai trò được uỷ quyền không uỷ quyền tiếp" in again.text
    assert '<option value="secretary btp" selected>' in again.text
    assert 'value="Nghỉ phép"' in again.text


def test_an_administrator_sees_and_ends_what_anybody_lends(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["registry", "lent_roles"] = lambda data: [LENT] if data.get("account") in (None, "a-1") else []
    here = browser("office")
    page = here.get("/stand-ins").text
    assert "Bạn chưa uỷ quyền vai trò nào." in page
    assert "Uỷ quyền trong toàn mạng lưới" in page
    assert "Đi công tác" in page
    ending = {"form": "end-other-1", "account": "a-1", "role": "secretary", "scope": "btp", "to_account": "a-2", "reason": "Về sớm"}
    assert here.post("/stand-ins/end", ending).status_code == 303
    (call,) = network.told("registry", "end_delegation")
    assert (call.actor, call.data) == ("a-2", {name: value for name, value in ending.items() if name != "form"})
    assert "Uỷ quyền trong toàn mạng lưới" not in browser("thuky").get("/stand-ins").text


def test_the_table_of_permissions_is_shown_whole_and_in_words(browser: Browsers, network: FakeNetwork) -> None:
    page = browser("office").get("/permissions").text
    for permission in permissions.table().permissions:
        assert known(f"asked.{permission.method}"), permission
        assert f">{permission.method}</code>" in page
        assert not [name for names in permission.roles.values() for name in names if not known(f"place.{name}")], permission
        assert known(f"permissions_of.{permission.service.replace(' ', '_')}")
    assert all(known(f"apart.{separation.approves}") for separation in permissions.table().separations)
    network.answers["registry", "permissions"] = NotAllowed("This needs the role administrator.", roles=["administrator"], scopes=[])
    assert browser("thuky").get("/permissions").status_code == 403


def test_the_words_of_the_registrys_rules_are_there() -> None:
    refusals = (AlreadyThere, ClusterEnded, LastAdministrator, LeaderNotMember, MembershipConflict, NotDelegable, OwnWork, RoleDates)
    assert not [kind.code for kind in (*refusals, RoleNotHeld, ScopeRefused) if not known(f"problem.{kind.code}")]
    assert {str(rule) for rule in LeaderRule} == set(pages.RULES)
    assert {str(basis) for basis in Basis} == set(pages.BASES)
    assert {str(kind) for kind in Completeness} == set(pages.COMPLETENESS)
    assert not [rule for rule in pages.RULES if not known(f"rule.{rule}")]
    assert not [level for level in LEVELS if not known(f"level.{level}")]


# The rubric


def test_the_example_can_be_published_as_it_stands() -> None:
    rubrics.check(rubrics.load_yaml(EXAMPLE.read_text(encoding="utf-8")))


@pytest.mark.parametrize("how", ["typed", "uploaded"])
def test_a_rubric_is_published_from_text_or_file(browser: Browsers, network: FakeNetwork, how: str) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    sent = {"text": text.replace("\n", "\r\n")} if how == "typed" else {"file": (io.BytesIO(b"\xef\xbb\xbf" + text.encode()), "r.yaml")}
    here = browser("office")
    answer = here.post("/rubrics", {**sent, "command": "c-9"}, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"] == "/rubrics/thang-diem-2026"
    (call,) = network.told("campaigns", "publish_rubric")
    assert call.command == "c-9"
    assert call.data == {"rubric": rubrics.to_data(rubrics.load_yaml(text))}


def test_a_rubric_that_does_not_add_up_is_shown_again_with_every_difference(browser: Browsers, network: FakeNetwork) -> None:
    text = EXAMPLE.read_text(encoding="utf-8").replace("maximum: 35", "maximum: 36.5")
    upload = {"form": "publish", "file": (io.BytesIO(text.encode()), "r.yaml")}
    answer = browser("office").post("/rubrics", upload, content_type="multipart/form-data")
    assert answer.status_code == 409
    page = words(answer.text)
    assert "II. Công tác thi đua, khen thưởng: ghi 36,5 nhưng cộng lại được 35 (chênh -1,5)." in page
    assert "Thang điểm: ghi 100 nhưng cộng lại được 101,5" in page
    kept = re.search(r"<textarea[^>]*>(.*?)</textarea>", answer.text, re.DOTALL)
    assert kept is not None
    assert html.unescape(kept[1]) == text, "what was uploaded is lost"
    assert not network.told("campaigns", "publish_rubric")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"text": "key: [1"}, "line 1"),
        ({"text": "key: a\nfoo: 1\n"}, "foo: không có mục này"),
        ({"text": "  "}, "chưa điền."),
        ({"file": (b"\xff\xfe\x00", "r.yaml")}, "mã UTF-8"),
    ],
    ids=["yaml", "unknown", "empty", "binary"],
)
def test_what_cannot_be_read_is_said_with_its_place(browser: Browsers, network: FakeNetwork, sent: dict[str, Any], said: str) -> None:
    data = {name: (io.BytesIO(value[0]), value[1]) if name == "file" else value for name, value in sent.items()}
    answer = browser("office").post("/rubrics", {"form": "publish", **data}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert said in words(answer.text)
    assert not network.told("campaigns", "publish_rubric")


def test_a_campaigns_key_is_made_from_its_title(browser: Browsers, network: FakeNetwork) -> None:
    browser("office").post("/campaigns", {"title": "Phong trào năm 2025", "cluster": "khoi", "season": "2025"})
    assert network.told("campaigns", "launch_campaign")[0].data["campaign"] == "phong-trao-nam-2025"


# The vote between tied units


@pytest.fixture
def closed(network: FakeNetwork) -> FakeNetwork:
    """A campaign whose passes are all closed, with two units at the top, under a rubric that asks for a vote."""
    passes: list[dict[str, Any]] = [
        {"pass_key": key, "title": key, "state": "closed", "due_on": "2024-11-22", "assignments": []} for key in ("self", "cluster")
    ]
    phases = [phase(one["pass_key"], "closed", title=one["title"], is_pass=True, closed_on="2024-11-22") for one in passes]
    network.answers["campaigns", "campaign"] = {**CAMPAIGN, "units": UNITS, "passes": passes, "phases": phases}
    network.answers["campaigns", "rubric"] = {**RUBRIC, "tie_breaks": [{"by": "content"}, {"by": "vote"}]}
    return network


def test_a_vote_is_asked_for_when_candidates_are_tied(browser: Browsers, closed: FakeNetwork) -> None:
    here = browser("office")
    assert 'name="votes:btp"' in here.get("/campaigns/td-2024").text
    fields = {"votes:btp": "5", "votes:bca": "3", "held_on": "2024-11-19", "minutes": "BB 9", "command": "c-5"}
    assert here.post("/campaigns/td-2024/tie-vote", fields).status_code == 303
    (call,) = closed.told("campaigns", "record_tie_vote")
    assert call.command == "c-5"
    assert call.data == {
        "campaign": "td-2024",
        "counts": [{"unit": "btp", "votes": 5}, {"unit": "bca", "votes": 3}],
        "held_on": "2024-11-19",
        "minutes": "BB 9",
    }


def test_votes_that_are_no_numbers_are_said_at_the_unit_and_kept(browser: Browsers, closed: FakeNetwork) -> None:
    answer = browser("office").post("/campaigns/td-2024/tie-vote", {"form": "tie-vote", "votes:btp": "năm", "votes:bca": "3"})
    assert answer.status_code == 422
    assert "Bộ Tư pháp: hãy ghi một số nguyên." in answer.text
    assert 'value="năm"' in answer.text
    assert not closed.told("campaigns", "record_tie_vote")


def test_a_ballot_between_the_tied_units_is_offered_by_name_with_its_result(browser: Browsers, closed: FakeNetwork) -> None:
    results = [{"choice": unit, "subject": "unit", "in_favour": count} for unit, count in (("btp", 5), ("bca", 3))]
    here = browser("office")
    assert 'action="/campaigns/td-2024/tie-vote/ballot"' not in here.get("/campaigns/td-2024").text
    closed.answers["campaigns", "tie_ballots"] = [{"ballot": "b1", "title": "Vòng 2", "closed_on": "2024-11-19", "results": results}]
    assert '<option value="b1">Vòng 2 (19/11/2024): Bộ Tư pháp 5, Bộ Công an 3</option>' in here.get("/campaigns/td-2024").text
    assert here.post("/campaigns/td-2024/tie-vote/ballot", {"ballot": "b1", "minutes": "BB 9"}).status_code == 303
    (call,) = closed.told("campaigns", "take_tie_ballot")
    assert call.data == {"campaign": "td-2024", "ballot": "b1", "minutes": "BB 9"}


def test_a_result_is_waited_for_as_long_as_it_takes(browser: Browsers, closed: FakeNetwork) -> None:
    here = browser("office")
    for path in ("finalisation", "freeze", "units/btp/registration"):
        here.post(f"/campaigns/td-2024/{path}", {"reason": "Chờ"})
    waited = {call.method: call.seconds for call in closed.calls if call.method in ("finalise", "freeze", "register_unit")}
    assert waited == {"finalise": FREEZE_SECONDS_MAX, "freeze": FREEZE_SECONDS_MAX, "register_unit": RPC_SECONDS_MAX}


def test_a_result_that_is_not_sealed_in_time_is_said_with_what_to_do(browser: Browsers, closed: FakeNetwork) -> None:
    told = {"code": "campaigns.not_sealed", "message": "…", "status": 503, "details": {"waited": 120}}
    closed.answers["campaigns", "finalise"] = CommendationError.from_data(told)
    answer = browser("office").post("/campaigns/td-2024/finalisation", {"form": "finalise"})
    assert answer.status_code == 503
    assert "(chờ tối đa 120 giây). Chưa có gì thay đổi" in answer.text


def test_no_vote_is_offered_where_none_is_due(browser: Browsers, closed: FakeNetwork) -> None:
    assert "votes:" not in browser("thuky").get("/campaigns/td-2024").text
    closed.answers["campaigns", "rubric"] = RUBRIC
    page = browser("office").get("/campaigns/td-2024").text
    assert "votes:" not in page
    assert "không quy định bỏ phiếu" in page
    closed.answers["rankings", "board"] = lambda data: {**board(data), "candidates": ["btp"], "needs_vote": False}
    assert "không quy định bỏ phiếu" not in browser("office").get("/campaigns/td-2024").text


# The next step of an empty network


def emptied(network: FakeNetwork) -> None:
    network.answers |= {("registry", name): [] for name in ("organisations", "clusters")}
    network.answers |= {("campaigns", name): [] for name in ("campaigns", "rubrics")}


def next_step(page: str) -> str:
    found = re.search(r'<li class="next" aria-current="step">\s*<p>(.*?)<span', page, re.DOTALL)
    assert found is not None, "no next step"
    return words(found[1])


def test_home_leads_through_an_empty_network(browser: Browsers, network: FakeNetwork) -> None:
    cluster = network.answers["registry", "cluster"]
    assert isinstance(cluster, dict)
    organisations, clusters = network.answers["registry", "organisations"], network.answers["registry", "clusters"]
    campaigns, found = network.answers["campaigns", "rubrics"], network.answers["campaigns", "campaigns"]
    emptied(network)
    network.answers["registry", "cluster"] = {**cluster, "leaders": []}
    here, seen = browser("office"), []
    leader = {"season": 2024, "leader": "btp", "deputies": [], "basis": "elected", "document": "BB"}
    for service, name, answer in [
        ("registry", "organisations", organisations),
        ("registry", "clusters", clusters),
        ("registry", "cluster", {**cluster, "leaders": [leader]}),
        ("campaigns", "rubrics", campaigns),
        ("campaigns", "campaigns", found),
    ]:
        seen.append(next_step(here.get("/").text))
        network.answers[service, name] = answer
    assert seen == [
        "Đăng ký tổ chức",
        "Lập khối, cụm thi đua",
        "Kết nạp thành viên và ghi nhận khối trưởng",
        "Công bố thang điểm",
        "Phát động phong trào",
    ]
    assert "Thiết lập mạng lưới" not in here.get("/").text


def test_accounts_are_a_step_until_office_and_secretaries_have_theirs(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["campaigns", "campaigns"] = []
    leader = {"season": 2024, "leader": "btp", "deputies": [], "basis": "elected", "document": "BB"}
    network.answers["registry", "cluster"] = {**network.answers["registry", "cluster"], "leaders": [leader]}  # type: ignore[dict-item]
    network.answers["registry", "accounts"] = [
        {"account": "a-2", "login": "office", "post": "P", "organisation": None, "roles": [{"role": "administrator", "scope": "*"}]}
    ]
    assert next_step(browser("office").get("/").text) == "Mở tài khoản và gán vai trò"


def test_nobody_else_is_shown_the_steps(browser: Browsers, network: FakeNetwork) -> None:
    emptied(network)
    assert "Thiết lập mạng lưới" not in browser("thuky").get("/").text
