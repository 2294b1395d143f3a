"""The pages of organisations: the list of any day, one with its history and lineage, and the forms that change it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest

from services.gateway.i18n import known
from services.gateway.pages import choosing
from services.gateway.pages import organisations as pages
from services.registry import domain
from services.registry.schemas import CHANGES
from tests.services.gateway.conftest import Browser
from tests.services.gateway.test_pages import Reader
from tests.services.gateway.world import FakeNetwork, organisation_of

Browsers = Callable[[str], Browser]
PAPER = {"effective_on": "2025-07-01", "document": "NQ 1"}


def words(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


def step(key: str, *path: str, **more: Any) -> dict[str, Any]:
    said = {"change": "merged", "on": "2025-07-01", "share": None, "note": None}
    return {"organisation": key, "next_to": path[-1], "depth": len(path), "path": [*path, key], **said, **more}


@pytest.fixture
def storied(network: FakeNetwork) -> FakeNetwork:
    """Bộ Tư pháp with everything that can have happened to an organisation."""
    data = {"organisation": "btp", **PAPER}
    heirs = [{"organisation": "btp", "share": None, "note": None}, {"organisation": "bca", "share": "0.40", "note": "3 cục"}]
    facts = [
        ("renamed", {**data, "name": "Bộ Tư pháp"}),
        ("recoded", {**data, "code": "G15"}),
        ("retyped", {**data, "kind": None, "level": "Bộ"}),
        ("moved", {**data, "parent": "ban", "sector_parent": "ktnn"}),
        ("split", {**data, "heirs": heirs}),
        ("corrected", {"attribute": "parent", "held_from": None, "value": "ban", "reason": "ghi nhầm"}),
        ("corrected", {"attribute": "succession", "held_from": "2025-07-01", "value": None, "reason": "chưa có"}),
        ("merged", {**data, "into": "ttcp"}),
        ("dissolved", data),
    ]

    def one(asked: dict[str, Any]) -> dict[str, Any]:
        found = organisation_of(network.answers["registry", "organisations"], asked["organisation"])
        if asked["organisation"] != "btp":
            return {**found, "open": asked["organisation"] != "ban", "ended_on": "2024-01-01"}
        told = [{"change": change, "data": said, "known_on": "2025-03-01", "recorded_at": "", "event": "e"} for change, said in facts]
        names = [
            {"value": "Bộ cũ", "from_on": None, "until_on": "2025-06-30"},
            {"value": "Bộ Tư pháp", "from_on": "2025-07-01", "until_on": None},
        ]
        return {
            **found,
            "parent": "ban",
            "sector_parent": "ktnn",
            "kind": "bộ",
            "code": "G15",
            "names": names,
            "facts": found["facts"] + told,
        }

    network.answers["registry", "organisation"] = one
    network.answers["registry", "lineage"] = {
        "ancestors": [step("bca", "btp"), step("ktnn", "btp", "bca", change="split", share="0.25", note="2 cục")],
        "heirs": [step("ttcp", "btp")],
        "complete": False,
    }
    return network


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("login", ["thuky", "office"])
@pytest.mark.parametrize("path", ["/organisations", "/organisations/btp"])
@pytest.mark.usefixtures("storied")
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
    offered = set(re.findall(r'<form[^>]*method="post"[^>]*action="([^"]*)"', answer.text)) - {"/sign-out"}
    assert bool(offered) == (login == "office")


@pytest.mark.usefixtures("storied")
def test_one_organisation_tells_its_history_its_lineage_and_a_parent_that_is_gone(browser: Browsers) -> None:
    page = words(browser("office").get("/organisations/btp").text)
    assert "Ban TĐKT, cấp trên đang ghi, không hoạt động vào ngày này" in page
    assert "Bộ cũ – 30/06/2025" in page
    assert "Bộ Công an nhập toàn bộ, 01/07/2025 Kiểm toán chia, tách, 01/07/2025, phần 0,25, 2 cục" in page
    assert "Chỉ vẽ những bước đầu" in page
    assert "Chia, tách đơn vị này (phần còn lại); Bộ Công an (0,40) 3 cục NQ 1" in page
    assert "Đính chính Sáp nhập, chia tách, giải thể: không có chưa có" in page


def test_the_days_asked_for_reach_the_registry_and_stay_in_the_page(browser: Browsers, network: FakeNetwork) -> None:
    days = {"on": "2025-06-30", "known_on": "2025-07-15"}
    here = browser("thuky")
    page = here.get("/organisations/btp", query_string=days).text
    (asked,) = network.told("registry", "organisation")[:1]
    assert {**days, "organisation": "btp"} == asked.data
    assert all(f'value="{day}"' in page for day in ("30/06/2025", "15/07/2025"))
    page = here.get("/organisations", query_string={**days, "q": "tu phap", "page": "2"}).text
    assert {**days, "q": "tu phap", "page": 2} in [call.data for call in network.told("registry", "organisations")]
    assert 'href="/organisations/btp?on=2025-06-30&amp;known_on=2025-07-15"' in page
    refused = here.get("/organisations", query_string={"on": "31/06/2025"}).text
    assert "không đọc được ngày" in refused
    assert 'value="31/06/2025"' in refused


def test_the_list_is_paged(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["registry", "count_organisations"] = 13_000
    page = browser("thuky").get("/organisations", query_string={"page": "3", "q": "xã"}).text
    assert "Trang 3 / 260" in page
    assert 'rel="next" href="/organisations?page=4&amp;q=x%C3%A3"' in page
    assert 'rel="prev" href="/organisations?page=2&amp;q=x%C3%A3"' in page


FORMS: list[tuple[str, dict[str, str], dict[str, Any]]] = [
    ("rename", {"name": "Bộ mới", **PAPER}, {"name": "Bộ mới"}),
    ("recode", {"code": "G15", **PAPER}, {"code": "G15"}),
    ("retype", {"kind": "", "level": "Bộ", **PAPER}, {"kind": None, "level": "Bộ"}),
    ("move", {"parent": "", "sector_parent": "ban", **PAPER}, {"parent": None, "sector_parent": "ban"}),
    ("merge", {"into": "bca", **PAPER}, {"into": "bca"}),
    (
        "split",
        {"heir-0": "bca", "share-0": "0,4", "heir-2": "btp", "note-2": " phần còn lại ", **PAPER},
        {"heirs": [{"organisation": "bca", "share": "0.4", "note": None}, {"organisation": "btp", "share": None, "note": "phần còn lại"}]},
    ),
    ("dissolve", PAPER, {}),
    (
        "correct",
        {"attribute": "name", "held_from": "", "value": "Bộ", "reason": "nhầm"},
        {"attribute": "name", "held_from": None, "value": "Bộ", "reason": "nhầm"},
    ),
]


@pytest.mark.parametrize(("change", "fields", "said"), FORMS, ids=[form[0] for form in FORMS])
def test_a_form_gives_its_command(
    browser: Browsers, network: FakeNetwork, change: str, fields: dict[str, str], said: dict[str, Any]
) -> None:
    here = browser("office")
    answer = here.post(f"/organisations/btp/{change}", {**fields, "form": change, "command": "c-1"})
    assert (answer.status_code, answer.headers.get("Location")) == (303, "/organisations/btp"), answer.text
    (call,) = network.told("registry", f"{change}_organisation")
    assert call.command == "c-1"
    assert call.data == {"organisation": "btp", **said, **(PAPER if change != "correct" else {})}
    assert 'class="notice done"' in here.get("/organisations/btp").text


def test_nothing_typed_is_lost_when_the_registry_refuses_and_names_stand_for_keys(browser: Browsers, network: FakeNetwork) -> None:
    places = {"errors": [{"at": "into", "message": "Ended by that day."}]}
    network.answers["registry", "merge_organisation"] = domain.OrganisationEnded(
        "no", organisation="btp", ended_on="2025-07-01", heirs=["bca", "ktnn"], **places
    )
    fields = {"form": "merge", "into": "bca", "effective_on": "2025-07-02", "document": "NQ <2>"}
    answer = browser("office").post("/organisations/btp/merge", fields)
    assert answer.status_code == 409
    assert "Bộ Tư pháp đã chấm dứt từ ngày 01/07/2025" in answer.text
    assert "kế thừa: Bộ Công an, Kiểm toán" in answer.text
    assert "Nhập vào: ngày đó đã chấm dứt." in answer.text
    assert 'value="NQ &lt;2&gt;"' in answer.text
    assert '<option value="bca" selected>' in answer.text
    assert re.search(r'<details class="card" open><summary>Sáp nhập<', answer.text)


def test_rows_for_heirs_are_added_with_what_was_typed_and_a_share_that_is_no_number_is_said(
    browser: Browsers, network: FakeNetwork
) -> None:
    here = browser("office")
    typed = {f"heir-{row}": "bca" if row == 3 else "" for row in range(4)} | {"note-3": "3 thôn", "form": "split"}
    page = here.post("/organisations/btp/split", {**typed, "more": "1"}).text
    assert 'name="heir-7"' in page
    assert 'name="heir-8"' not in page
    assert 'value="3 thôn"' in page
    refused = here.post("/organisations/btp/split", {**typed, "share-3": "một nửa", **PAPER})
    assert refused.status_code == 422
    assert 'value="một nửa"' in refused.text
    assert not network.told("registry", "split_organisation")


def test_what_never_happens_to_an_organisation_is_no_page(browser: Browsers) -> None:
    assert browser("office").post("/organisations/btp/burn", {}).status_code == 404


# Of many organisations one is typed, not chosen from a list


@pytest.fixture
def many(network: FakeNetwork) -> FakeNetwork:
    network.answers["registry", "count_organisations"] = 13_000
    return network


def test_of_many_one_types_name_code_or_key(browser: Browsers, many: FakeNetwork) -> None:
    here = browser("office")
    page = here.get("/organisations/btp").text
    assert 'data-search="/organisations/search"' in page
    assert '<option value="bca">' not in page
    many.answers["registry", "organisation_by_code"] = {"code": "G01", "organisation": "bca", "held": []}
    for typed in ("bca", " bộ  CÔNG AN", "G01"):
        here.post("/organisations/btp/merge", {"by_name": "into", "into": typed, "form": "merge", **PAPER})
    assert [call.data["into"] for call in many.told("registry", "merge_organisation")] == ["bca"] * 3


def test_what_is_typed_and_not_found_comes_back_with_what_is_like_it(browser: Browsers, many: FakeNetwork) -> None:
    places = {"errors": [{"at": "into", "message": "There is none of this name."}]}
    many.answers["registry", "merge_organisation"] = domain.NotOpen("no", organisation="bộ", on="2025-07-01", **places)
    page = browser("office").post("/organisations/btp/merge", {"by_name": "into", "into": "bộ", "form": "merge", **PAPER}).text
    assert 'value="bộ"' in page
    assert '<option value="bca">Bộ Công an</option>' in page
    assert "Nhập vào: không có tổ chức nào như vậy." in page
    assert {"q": "bộ", "page": 1} in [call.data for call in many.told("registry", "organisations")]


def test_of_many_several_are_typed_one_to_a_line(browser: Browsers, many: FakeNetwork) -> None:
    here = browser("office")
    page = here.get("/clusters/khoi").text
    assert '<textarea id="admit-units"' in page
    assert 'name="unit"' not in page
    many.answers["registry", "organisation_by_code"] = {"code": "G01", "organisation": "ttcp", "held": []}
    lines = "bca\r\n  kiểm toán \r\n\r\nG01\r\nBộ Công an"
    assert here.post("/clusters/khoi/members", {"units": lines, "from_on": "2024-01-01"}).status_code == 303
    assert many.told("registry", "admit_members")[0].data["units"] == ["bca", "ktnn", "ttcp"]
    here.post("/campaigns", {"title": "Đợt ngắn", "units": "Kiểm toán"})
    assert many.told("campaigns", "launch_campaign")[0].data["units"] == ["ktnn"]


@pytest.mark.parametrize(("path", "form"), [("/clusters/khoi/members", "admit"), ("/campaigns", "launch")])
def test_a_line_that_names_none_comes_back_with_what_is_like_it(browser: Browsers, many: FakeNetwork, path: str, form: str) -> None:
    answer = browser("office").post(path, {"form": form, "units": "Kiểm toán\nbộ <x>", "title": "Đợt", "from_on": "2024-02-03"})
    assert answer.status_code == 422
    assert "bộ &lt;x&gt;: không có tổ chức nào như vậy." in answer.text
    assert "<code>bca</code> Bộ Công an" in answer.text
    assert "Kiểm toán\nbộ &lt;x&gt;</textarea>" in answer.text
    assert not many.told("registry", "admit_members") + many.told("campaigns", "launch_campaign")


@pytest.mark.parametrize("path", ["/clusters", "/clusters/khoi", "/accounts", "/councils", "/people", "/campaigns"])
def test_no_page_with_a_choice_lists_the_many(browser: Browsers, many: FakeNetwork, path: str) -> None:
    many.answers["registry", "councils"] = []
    answer = browser("office").get(path)
    assert answer.status_code == 200
    assert '<option value="ttcp">' not in answer.text
    assert not [call.data for call in many.told("registry", "organisations") if "page" not in call.data]


def test_of_many_a_role_goes_with_the_organisation_that_was_typed(browser: Browsers, many: FakeNetwork) -> None:
    here = browser("office")
    fields = {"role": "secretary", "by_name": "organisation", "organisation": "Kiểm toán", "form": "grant-a-1"}
    assert here.post("/accounts/a-1/roles", fields).status_code == 303
    assert many.told("registry", "grant_role")[0].data["scope"] == "ktnn"
    answer = here.post("/accounts/a-1/roles", {**fields, "scope": "*"})
    assert answer.status_code == 422
    assert "chọn từ danh sách hoặc ghi một tổ chức" in answer.text
    assert 'value="Kiểm toán"' in answer.text


def test_what_is_offered_while_one_types_says_whom_each_is_under(browser: Browsers, network: FakeNetwork) -> None:
    rows = network.answers["registry", "organisations"]
    assert isinstance(rows, list)
    rows[0] = {**rows[0], "parent": "ban"}
    offered = browser("thuky").get("/organisations/search", query_string={"q": "tu"}).json
    assert offered is not None
    assert offered[:2] == [["btp", "Bộ Tư pháp – Ban TĐKT"], ["bca", "Bộ Công an"]]
    assert browser("thuky").get("/organisations/search").json == []


def test_names_are_asked_for_once_and_then_what_is_new(browser: Browsers, network: FakeNetwork) -> None:
    log = [(1, "btp", "Bộ Tư pháp"), (2, "bca", "Bộ Công an")]

    def names(data: dict[str, Any]) -> dict[str, Any]:
        return {"position": log[-1][0], "names": {key: name for at, key, name in log if at > data["after"]}}

    network.answers["registry", "organisation_names"] = names
    here = browser("thuky")
    here.get("/clusters/khoi")
    log.append((3, "btp", "Bộ mới"))
    assert "Bộ mới" in here.get("/clusters/khoi").text
    log[:] = [(1, "btp", "Bộ khác")]  # a network set up anew
    assert "Bộ khác" in here.get("/clusters/khoi").text
    asked = [call.data["after"] for call in network.told("registry", "organisation_names")]
    assert asked[0] == 0
    assert asked[-3:] == [2, 3, 0] or asked[-2:] == [3, 0]


def test_the_words_of_what_the_registry_refuses_are_there() -> None:
    refusals = (domain.OrganisationEnded, domain.NotOpen, domain.ParentCycle, domain.CodeTaken, domain.CodeMalformed)
    refusals += (domain.BeforeOpening, domain.HeirsConflict, domain.CorrectionConflict)  # type: ignore[assignment]
    assert not [kind.code for kind in refusals if not known(f"problem.{kind.code}")]
    assert {str(attribute) for attribute in domain.Attribute} == set(pages.ATTRIBUTES)
    assert set(pages.CHANGES) == set(CHANGES) - {"register"}
    assert not [change for change in CHANGES if not known(f"organisation.{change if change != 'register' else 'registered'}")]
    assert not [level for level in pages.LEVELS if not known(f"level.{level}")]
    assert choosing.FOUND_MAX < choosing.FEW
