"""The reorganisation of 1 July 2025, read from the official tables and from small tables with one error each."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import pytest

from services.console.reorganisation.command import PlanRefused, look_around
from services.console.reorganisation.notes import Share, understood
from services.console.reorganisation.plan import plan
from services.console.reorganisation.spelling import kind_of, same_name, with_kind
from services.console.reorganisation.tables import JANUARY, JULY, TableUnreadable, january, july
from services.console.reorganisation.understanding import Understanding, Weight, understand

OFFICIAL = Path(__file__).parents[4] / "shared" / "data" / "vietnam-2025-reorganisation"

JANUARY_HEAD = "Tỉnh Thành Phố,Mã TP,Quận Huyện,Mã QH,Phường Xã,Mã PX,Cấp,Tên Tiếng Anh"
JULY_HEAD = 'Sau,,,Trước,,,,,\n"Tỉnh, thành phố",Tên Xã mới,Mã Xã mới,Tên Xã cũ,Mã Xã cũ,Ghi chú,Quận/huyện,Tỉnh cũ,'


def old(name: str, code: str) -> str:
    return f"Tỉnh An,01,Huyện Đông,001,{name},{code},Xã,"


def pair(new: str, was: str, note: str = "Nhập toàn bộ", *, district: str = "Huyện Đông (001)", province: str = "Tỉnh An (01)") -> str:
    """new, was: name and code, "Xã A 00001"."""
    (new_name, new_code), (old_name, old_code) = new.rsplit(" ", 1), was.rsplit(" ", 1)
    return f'Tỉnh An (01),{new_name},{new_code},{old_name},{old_code},"{note}",{district},{province},'


def tables(folder: Path, before: list[str], after: list[str]) -> Understanding:
    (folder / JANUARY).write_text("\n".join([JANUARY_HEAD, *before]) + "\n", encoding="utf-8")
    (folder / JULY).write_text("\n".join([JULY_HEAD, "TỈNH AN,,,,,,,,", *after]) + "\n", encoding="utf-8")
    return understand(january(folder), july(folder))


def said(found: Understanding) -> list[tuple[str, str, int]]:
    return [(finding.weight.value, finding.file, finding.line) for finding in found.findings]


@pytest.fixture(scope="module")
def official() -> Understanding:
    if not OFFICIAL.exists():
        pytest.skip(f"the official tables are not at {OFFICIAL}")
    return understand(january(OFFICIAL), july(OFFICIAL))


# The official tables


def test_the_country_before_and_after(official: Understanding) -> None:
    assert (len(official.provinces), len(official.districts), len(official.communes)) == (63, 696, 10_051)
    assert (len(official.provinces_after), len(official.heirs)) == (34, 3_321)
    assert len(july(OFFICIAL)) == 10_571
    assert len(official.province_heirs) == 63


def test_the_published_counts_are_those_of_the_codes_as_typed(official: Understanding) -> None:
    """10,033 coded communes before; 442 "old communes" with several heirs count the lines without a code as one more."""
    heirs: dict[str, set[str]] = defaultdict(set)
    for row in july(OFFICIAL):
        heirs[row.old.code].add(row.commune.code)
    assert len(heirs.keys() - {""}) == 10_033
    assert sum(len(found) > 1 for found in heirs.values()) == 442


def test_every_commune_of_30_june_has_its_heirs_once_typing_errors_are_read_past(
    official: Understanding,
) -> None:
    heirs: dict[str, set[str]] = defaultdict(set)
    for found in official.pairs:
        if found.unit:
            heirs[found.unit].add(found.heir)
    assert heirs.keys() == official.standing.keys()
    assert len(heirs) == 10_035  # of the 10,033 codes three are typed for another commune, which makes two communes more and one code less
    assert sum(len(found) > 1 for found in heirs.values()) == 440
    assert Counter(found.heir for found in official.pairs).most_common(1) == [("00070", 14)]


def test_every_old_code_of_july_reaches_a_successor(official: Understanding) -> None:
    code_now = {unit.now.code: unit.told_by for unit in official.standing.values()}
    reached = {found.unit for found in official.pairs}
    assert [row.line for row in july(OFFICIAL) if row.old.code and code_now.get(row.old.code) not in reached] == []


def test_what_the_tables_leave_open_is_said_by_line(official: Understanding) -> None:
    """28 codes of January are gone by July: 8 units had another code then, 2 were mistyped, 18 ended; of one more the code passed on."""
    assert Counter(finding.weight for finding in official.findings) == {Weight.UNDERSTOOD: 229, Weight.OPEN: 23}
    codes = {unit.now.code for unit in official.standing.values()} | {unit.told_by for unit in official.standing.values()}
    typed = {row.old.code for row in july(OFFICIAL)}
    gone = official.communes.keys() - typed
    assert len(gone) == 28
    assert len(gone - codes) == 18
    assert official.ended.keys() == (gone - codes) | {"04075"}
    assert len([unit for unit in official.standing.values() if unit.was is None]) == 3
    assert all(finding.line > 1 and finding.file in (JANUARY, JULY) for finding in official.findings)


def test_the_plan_ends_what_was_and_gives_each_code_to_one(official: Understanding) -> None:
    changes = plan(official)
    count = Counter(change["change"] for change in changes)
    assert count["split"] == 440
    registered = [change["organisation"] for change in changes if change["change"] == "register"]
    assert len(registered) == len(set(registered))
    after = [change for change in changes if change["change"] == "register" and change["opened_on"] == "2025-07-01"]
    assert len([one for one in after if one["level"] == "Cấp tỉnh"]) == 23  # eleven provinces took in no other and go on
    ended = {change["organisation"] for change in changes if change["change"] in ("dissolve", "merge", "split")}
    assert {f"huyen-{code}" for code in official.districts} <= ended
    assert len(registered) - len(ended) == 34 + 3_321


# Small tables, an error each


def test_a_pair_is_read(tmp_path: Path) -> None:
    found = tables(
        tmp_path, [old("Xã A", "00001"), old("Xã B", "00002")], [pair("Xã C 00001", "Xã A 00001"), pair("Xã C 00001", "Xã B 00002")]
    )
    assert found.findings == []
    merged = [change for change in plan(found) if change["change"] == "merge"]
    assert [(change["organisation"], change["into"]) for change in merged] == [("xa-00001", "xa-00001-2025"), ("xa-00002", "xa-00001-2025")]


def test_a_unit_that_is_kept_goes_on_under_its_province(tmp_path: Path) -> None:
    found = tables(tmp_path, [old("Xã A", "00001")], [pair("Phường A 00001", "Xã A 00001", "Đổi loại hình")])
    changes = [change for change in plan(found) if change["organisation"] == "xa-00001" and change["change"] != "register"]
    assert [change["change"] for change in changes] == ["move", "rename", "retype"]
    assert changes[0]["parent"] == "tinh-01"


def test_a_mistyped_code_is_told_by_name_and_district(tmp_path: Path) -> None:
    before = [old("Xã A", "00001"), old("Xã B", "00002")]
    found = tables(tmp_path, before, [pair("Xã C 00009", "Xã A 00001"), pair("Xã C 00009", "Xã B 00001")])
    assert said(found) == [("understood", JULY, 5)]
    assert {one.unit for one in found.pairs} == {"00001", "00002"}
    assert "Read as 00002" in found.findings[0].words


def test_a_code_that_january_does_not_know_is_a_new_code_of_the_same_name(tmp_path: Path) -> None:
    found = tables(tmp_path, [old("Xã A", "00001")], [pair("Xã C 00009", "Xã A 00007")])
    assert said(found) == [("understood", JULY, 4)]
    assert next(change["code"] for change in plan(found) if change["change"] == "recode") == "00007"


def test_without_a_name_either_it_is_left_open(tmp_path: Path) -> None:
    found = tables(tmp_path, [old("Xã A", "00001")], [pair("Xã C 00009", "Xã A 00001"), pair("Xã C 00009", "Xã B 00007")])
    assert said(found) == [("open", JULY, 5)]
    (opened,) = [change for change in plan(found) if change["change"] == "register" and change["organisation"] == "xa-00007"]
    assert opened["opened_on"] == "2025-06-30"


def test_a_commune_that_july_does_not_mention_ended_and_nobody_says_into_what(tmp_path: Path) -> None:
    found = tables(tmp_path, [old("Xã A", "00001"), old("Xã B", "00002")], [pair("Xã C 00009", "Xã A 00001")])
    assert said(found) == [("open", JANUARY, 3)]
    ended = [change for change in plan(found) if change["change"] == "dissolve" and change["organisation"] == "xa-00002"]
    assert [change["effective_on"] for change in ended] == ["2025-06-30"]


def test_a_note_with_a_typing_error_is_read_and_said(tmp_path: Path) -> None:
    found = tables(tmp_path, [old("Xã A", "00001")], [pair("Xã C 00009", "Xã A 00001", "Nhâp  toàn bộ")])
    assert said(found) == [("understood", JULY, 4)]


def test_a_note_that_says_nothing_known_is_not_guessed(tmp_path: Path) -> None:
    found = tables(tmp_path, [old("Xã A", "00001")], [pair("Xã C 00009", "Xã A 00001", "Xem công văn")])
    assert ("unreadable", JULY, 4) in said(found)
    assert found.pairs == []


def test_parts_and_wholes_that_contradict_are_said(tmp_path: Path) -> None:
    before = [old("Xã A", "00001"), old("Xã B", "00002")]
    after = [
        pair("Xã C 00009", "Xã A 00001", "Nhập một phần"),
        pair("Xã D 00008", "Xã A 00001", "Nhập toàn bộ"),
        pair("Xã D 00008", "Xã B 00002", "Nhập một phần"),
    ]
    assert said(tables(tmp_path, before, after)) == [("open", JULY, 4), ("open", JULY, 6)]


def test_a_province_that_does_not_fit_the_district_is_read_by_the_district(tmp_path: Path) -> None:
    found = tables(tmp_path, [old("Xã A", "00001")], [pair("Xã C 00009", "Xã A 00001", province="Tỉnh Bình (02)")])
    assert said(found) == [("understood", JULY, 4)]
    assert found.province_heirs == {"01": "01"}


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (["Tỉnh An,,Huyện Đông,001,Xã A,00001,Xã,"], [], "line 2: province 'Tỉnh An' has no code"),
        ([old("Xã A", "001")], [], "line 2: commune 'Xã A' has the code '001'; give five digits"),
        ([old("Xã A", "00001")], [pair("Xã C 9", "Xã A 00001")], "line 4: commune 'Xã C' has the code '9'"),
        ([old("Xã A", "00001")], [pair("Xã C 00009", "Xã A 00001", district="Huyện Đông")], "cell G4: 'Huyện Đông' is not a name"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, before: list[str], after: list[str], words: str) -> None:
    with pytest.raises(TableUnreadable) as refused:
        tables(tmp_path, before, after)
    assert words in refused.value.message


def test_a_folder_without_the_tables_is_said(tmp_path: Path) -> None:
    with pytest.raises(TableUnreadable, match="the folder must hold"):
        january(tmp_path)


def test_what_the_network_holds_already_is_looked_at_before_anything_is_sent(tmp_path: Path) -> None:
    changes = plan(tables(tmp_path, [old("Xã A", "00001")], [pair("Xã C 00009", "Xã A 00001")]))
    own = {"organisation": "xa-00001", "name": "Xã A", "statistics_code": "00001"}
    other = {"organisation": "btp", "name": "Bộ Tư pháp", "statistics_code": None}
    look_around(changes, [own, other])
    for wrong in ({**other, "statistics_code": "00009"}, {**own, "name": "Xã Khác"}):
        with pytest.raises(PlanRefused, match="nothing was recorded"):
            look_around(changes, [own, wrong])


# Words


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Xã  Hoà Bình", "xã Hòa Bình", True),
        ("Phường Thuỷ Xuân", "Phường Thủy Xuân", True),
        ("Xã Quý Lộc", "Xã Quí Lộc", False),
        ("Xã Phong Nậm", "Xã Phong Nặm", False),
        ("Xã Đoàn Kết", "Xã Đoan Kết", False),
        ("Xã Tân Hợp", "Xã Tân Hộp", False),
    ],
)
def test_when_two_names_are_one(one: str, other: str, same: bool) -> None:
    assert (same_name(one) == same_name(other)) is same


def test_kinds_that_names_begin_with() -> None:
    assert [kind_of(name) for name in ("Xa Ea Kly", "Thị trấn Thanh An", "Thi trấn Ngan Dừa", "Xuân Phước", "Thị xã Kinh Môn")] == [
        "Xã",
        "Thị trấn",
        "Thị trấn",
        None,
        "Thị xã",
    ]
    assert with_kind("Xuân Phước", "Xã") == "Xã Xuân Phước"


@pytest.mark.parametrize(
    ("note", "share"),
    [
        ("Nhập toàn bộ", Share.WHOLE),
        ("Nhập toàn bộ diện tích", Share.PART),
        ("Nhập một phần diện tích, toàn bộ dân số", Share.PART),
        ("Giữ nguyên", Share.SAME),
        ("Sắp xếp toàn bộ huyện Cồn Cỏ thành đặc khu Cồn Cỏ", Share.WHOLE),
        ("Phần còn lại sau khi tách một phần vào xã Canh Vinh", Share.PART),
    ],
)
def test_what_notes_mean(note: str, share: Share) -> None:
    found = understood(note)
    assert found is not None
    assert found.share is share
