"""Registry and campaigns over the API of a running network: days and what was known on them, a reorganisation, a campaign's year."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import resources
from pathlib import Path

import pytest

from services.console.reorganisation.tables import JANUARY, JULY
from services.console.sample.season import sample_password
from shared.calendar import legal_date, utc_now
from shared.rubric import load_yaml, to_data
from tests.support.network import Api, RunningNetwork

CLUSTER, CAMPAIGN = "cum-thu", "cum-thu-2024"
UNITS = ("cum-thu-a", "cum-thu-b", "cum-thu-c", "cum-thu-d")
AT = f"/campaigns/{CAMPAIGN}"


def in_days(days: int) -> date:
    """So many days from now, in Viet Nam."""
    return legal_date(utc_now()) + timedelta(days=days)


def test_an_organisation_is_told_as_of_any_day_and_as_known_on_any_day(network: RunningNetwork) -> None:
    api = network.api("thuongtruc")
    for key, name in (("ngay-a", "Cục Ngày A"), ("ngay-b", "Cục Ngày B"), ("ngay-c", "Cục Ngày C")):
        api.post("/organisations", {"organisation": key, "name": name, "level": "Cục", "opened_on": "2018-01-01"})
    api.post("/organisations/ngay-a/name", {"name": "Chi cục Ngày A", "effective_on": "2021-06-01", "document": "QĐ 1"})
    api.post("/organisations/ngay-a/merger", {"into": "ngay-b", "effective_on": "2023-01-01", "document": "QĐ 2"})
    heirs = [{"organisation": "ngay-c", "share": "0.4"}, {"organisation": "ngay-b", "share": "0.6"}]
    api.post("/organisations/ngay-b/split", {"heirs": heirs, "effective_on": "2025-07-01", "document": "QĐ 3"})
    late = api.post("/organisations/ngay-a/name", {"name": "X", "effective_on": "2024-01-01", "document": "QĐ 4"}, status=409)
    assert late["code"] == "registry.organisation_ended"
    assert (late["details"]["ended_on"], late["details"]["heirs"]) == ("2023-01-01", ["ngay-b"])
    wrong = {"attribute": "name", "held_from": "2021-06-01", "value": "Chi cục Ngày Anh", "reason": "gõ nhầm"}
    api.post("/organisations/ngay-a/corrections", wrong)
    network.settle()

    days = ("2017-12-31", "2021-05-31", "2021-06-01", "2022-12-31", "2023-01-01")
    told = [api.get(f"/organisations/ngay-a?on={day}") for day in days]
    assert [(one["name"], one["open"]) for one in told] == [
        ("Cục Ngày A", False),
        ("Cục Ngày A", True),
        ("Chi cục Ngày Anh", True),
        ("Chi cục Ngày Anh", True),
        ("Chi cục Ngày Anh", False),
    ]
    lineage = api.get("/organisations/ngay-a/lineage")
    assert [(step["organisation"], step["on"], step["share"]) for step in lineage["heirs"]] == [
        ("ngay-b", "2023-01-01", None),
        ("ngay-c", "2025-07-01", "0.4"),
    ]
    back = api.get("/organisations/ngay-c/lineage")["ancestors"]
    assert [(step["organisation"], step["depth"]) for step in back] == [("ngay-b", 1), ("ngay-a", 2)]
    api.get(f"/organisations/ngay-a?known_on={in_days(-1)}", status=404)
    assert api.get(f"/organisations/ngay-a?known_on={in_days(0)}&on=2022-01-01")["name"] == "Chi cục Ngày Anh"


def test_the_reorganisation_is_recorded_by_the_console_and_a_second_run_changes_nothing(network: RunningNetwork, tmp_path: Path) -> None:
    _write_tables(tmp_path)
    run = ("reorganisation", str(tmp_path), "--url", network.url, "--login", "thuongtruc")
    api = network.api("thuongtruc")
    first = network.cli(*run, COMMENDATION_PASSWORD=sample_password())
    assert first.returncode == 0, first.stderr
    assert "facts recorded." in first.stdout
    network.settle()
    administrator = network.api("quantri")
    recorded = administrator.get("/ready")["services"]["registry"]["head"]
    again = network.cli(*run, COMMENDATION_PASSWORD=sample_password())
    assert (again.returncode, "Nothing changed" in again.stdout) == (0, True), again.stderr
    assert administrator.get("/ready")["services"]["registry"]["head"] == recorded

    heirs = {key: [step["organisation"] for step in api.get(f"/organisations/{key}/lineage")["heirs"]] for key in ("xa-97001", "xa-97002")}
    assert heirs == {"xa-97001": ["xa-97001-2025"], "xa-97002": ["xa-97001-2025", "xa-97003-2025"]}
    for day, held in (("2025-06-30", "xa-97001"), ("2025-07-01", "xa-97001-2025")):
        assert api.get(f"/organisation-codes/97001?on={day}")["organisation"] == held
    assert api.get("/organisations/huyen-971?on=2025-06-30")["open"] is True
    assert api.get("/organisations/huyen-971?on=2025-07-01")["open"] is False
    under = {row["organisation"] for row in api.get("/organisations?parent=tinh-97&on=2025-07-01")}
    assert under == {"xa-97001-2025", "xa-97003-2025"}


def _write_tables(folder: Path) -> None:
    """Two official tables of one province: two communes become two others, one of them in parts."""
    before = ["Tỉnh Thành Phố,Mã TP,Quận Huyện,Mã QH,Phường Xã,Mã PX,Cấp,Tên Tiếng Anh"]
    before += [f"Tỉnh Thử,97,Huyện Thử,971,{name},{code},Xã," for name, code in (("Xã Một", "97001"), ("Xã Hai", "97002"))]
    after = [
        "Sau,,,Trước,,,,,",
        '"Tỉnh, thành phố",Tên Xã mới,Mã Xã mới,Tên Xã cũ,Mã Xã cũ,Ghi chú,Quận/huyện,Tỉnh cũ,',
        "TỈNH THỬ,,,,,,,,",
    ]
    for new, old, note in (
        ("Xã Nhất,97001", "Xã Một,97001", "Nhập toàn bộ"),
        ("Xã Nhất,97001", "Xã Hai,97002", "Nhập một phần"),
        ("Xã Nhì,97003", "Xã Hai,97002", "Nhập một phần"),
    ):
        after.append(f"Tỉnh Thử (97),{new},{old},{note},Huyện Thử (971),Tỉnh Thử (97),")
    (folder / JANUARY).write_text("\n".join(before) + "\n", encoding="utf-8")
    (folder / JULY).write_text("\n".join(after) + "\n", encoding="utf-8")


@pytest.fixture
def office(network: RunningNetwork) -> Api:
    """The standing office, with a campaign of two passes for a cluster of its own, and the year planned."""
    api = network.api("thuongtruc")
    registered = [{"change": "register", "organisation": key, "name": key, "level": "Sở"} for key in UNITS]
    api.post("/organisations/changes", {"changes": registered})
    api.post("/clusters", {"cluster": CLUSTER, "name": "Cụm thử", "organiser": "btdkttw", "formed_on": "2024-01-01"})
    for unit in UNITS:
        api.post(f"/clusters/{CLUSTER}/members", {"unit": unit, "from_on": "2024-01-01"})
    rubric = to_data(load_yaml(resources.files("services.console.sample").joinpath("rubric.yaml").read_text(encoding="utf-8")))
    api.post("/rubrics", {**rubric, "key": CLUSTER, "season": 2024, "passes": rubric["passes"][:2]})
    network.settle()
    days = {"starts_on": "2024-02-01", "registration_due_on": "2024-03-01", "ends_on": "2024-12-31"}
    basis = {"rubric": CLUSTER, "legal_basis": "HD 1", "illustrative": True}
    api.post("/campaigns", {"campaign": CAMPAIGN, "title": "Cụm thử", "cluster": CLUSTER, "season": 2024, **days, **basis})
    planned = {"key": "midyear_review", "title": "Sơ kết", "from_on": "2024-06-01", "due_on": "2024-07-31"}
    api.call("PUT", f"{AT}/phases", {"phases": [planned]})
    for unit in UNITS:
        api.call("PUT", f"{AT}/units/{unit}/paper-registration", {"registered_on": "2024-02-15"})
    return api


def test_a_campaign_goes_through_its_year_to_its_final_result(network: RunningNetwork, office: Api) -> None:
    office.post(f"{AT}/phases/registration/closing", {"on": "2024-03-01"})
    office.post(f"{AT}/phases/midyear_review/opening", {"on": "2024-06-01"})
    early = office.post(f"{AT}/phases/midyear_review/closing", {"on": "2024-07-10"}, status=409)
    assert early["code"] == "campaigns.reason_missing"
    office.post(f"{AT}/phases/midyear_review/closing", {"on": "2024-07-10", "reason": "đã họp xong"})
    drawn = _drawn_and_drawn_again(office)
    office.post(f"{AT}/passes/self/opening", {"due_on": f"{in_days(10)}"})
    office.post(f"{AT}/phases/self/extension", {"due_on": f"{in_days(20)}", "reason": "bão"})
    network.settle()
    assert [(one["phase"], one["state"], one["due_on"]) for one in office.get(AT)["phases"]] == [
        ("registration", "closed", "2024-03-01"),
        ("midyear_review", "closed", "2024-07-31"),
        ("self", "open", f"{in_days(20)}"),
        ("cross_check", "waiting", None),
    ]
    unclosed = office.post(f"{AT}/finalisation", status=409)["details"]["matters"]
    assert [(one["kind"], one["at"], one["count"]) for one in unclosed] == [("open", "self", 4), ("unopened", "cross_check", 4)]

    for unit in UNITS[1:]:
        _hand_in(office, "self", unit, unit)
    network.settle()
    office.post(f"{AT}/freeze", {"reason": "chờ hội nghị"})
    _hand_in(office, "self", UNITS[0], UNITS[0])
    office.post(f"{AT}/passes/self/closing", {"reason": "đủ phiếu"})
    network.settle()
    assert office.post(f"{AT}/passes/cross_check/opening", {"due_on": f"{in_days(10)}"}, status=409)["code"] == "campaigns.frozen"
    assert network.board(CAMPAIGN, "standings")["frozen"]["reason"] == "chờ hội nghị"
    assert _totals(network) == {UNITS[0]: None, **dict.fromkeys(UNITS[1:], "950.00")}
    office.post(f"{AT}/thaw", {"reason": "đã họp"})
    network.settle()
    assert _totals(network) == dict.fromkeys(UNITS, "950.00")

    office.post(f"{AT}/passes/cross_check/opening", {"due_on": f"{in_days(10)}"})
    network.settle()
    assert {one["unit"]: one["scorers"] for one in office.get(AT)["passes"][1]["assignments"]} == drawn
    office.post(f"{AT}/freeze", {"reason": "chờ bình xét"})
    _hand_in(office, "cross_check", UNITS[0], drawn[UNITS[0]][0])
    office.post(f"{AT}/passes/cross_check/closing", {"reason": "chấm xong"})
    network.settle()
    refused = office.post(f"{AT}/finalisation", status=409)
    assert refused["code"] == "campaigns.matters_open"
    assert refused["details"]["matters"] == [{"kind": "pending", "at": CAMPAIGN, "count": 1}]
    office.post(f"{AT}/thaw", {"reason": "đã bình xét"})
    network.settle()
    office.post(f"{AT}/finalisation")
    network.settle()
    final = office.get(AT)
    assert (final["state"], final["finalised_on"]) == ("final", f"{in_days(0)}")
    sealed = {one["board"]: one["digest"] for one in final["seal"]["boards"]}
    assert {name: network.board(CAMPAIGN, name)["seal"] for name in ("standings", "flag")} == sealed
    assert office.post(f"{AT}/freeze", {"reason": "nữa"}, status=409)["code"] == "campaigns.final"


def _drawn_and_drawn_again(office: Api) -> dict[str, list[str]]:
    """Who checks whom in the end, by unit."""
    draw = f"{AT}/passes/cross_check/pairing"
    office.post(draw, {"checks_each": 1})
    assert office.post(draw, {"checks_each": 2}, status=409)["code"] == "campaigns.pairing_stands"
    office.post(draw, {"checks_each": 2, "reason": "mỗi nơi chấm hai"})
    (pairing,) = office.get(f"{AT}/pairings")
    assert (pairing["reproduced"], pairing["drawn"]["reason"], pairing["drawn"]["checks_each"]) == (True, "mỗi nơi chấm hai", 2)
    drawn: dict[str, list[str]] = {pair["unit"]: pair["by"] for pair in pairing["pairs"]}
    assert drawn.keys() == set(UNITS)
    assert all(unit not in by and len(set(by)) == 2 for unit, by in drawn.items())
    assert sorted(checker for by in drawn.values() for checker in by) == sorted([*UNITS, *UNITS])
    return drawn


def _hand_in(office: Api, pass_key: str, unit: str, scorer: str) -> None:
    """A sheet that came on paper, full marks for every item of content."""
    sheet = office.get(f"{AT}/sheets/{unit}/{pass_key}/{scorer}")
    items = [item for group in sheet["groups"] for item in group["items"] if item["kind"] == "content"]
    scores = [{"item": item["key"], "score": item["maximum"]} for item in items]
    office.post(f"{AT}/sheet-imports", {"pass_key": pass_key, "sheets": [{"unit": unit, "scorer": scorer, "scores": scores}]})


def _totals(network: RunningNetwork) -> dict[str, str | None]:
    return {row["unit"]: row["total"] for row in network.board(CAMPAIGN, "standings")["rows"]}
