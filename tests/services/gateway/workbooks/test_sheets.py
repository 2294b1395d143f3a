"""Score sheets as a workbook: what one can type into, what comes back, and two people's changes merged row by row."""

from __future__ import annotations

import io
import shutil
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from services.gateway.workbooks import sheets as workbook
from services.gateway.workbooks.opening import WorkbookUnreadable
from services.gateway.workbooks.sheets import Plan, Subject
from tests.services.gateway.world import item, sheet

SUBJECT = Subject("td-2024", "cluster", "bca")
NAMES = {"btp": "Bộ Tư pháp: [thử]", "ktnn": "Kiểm toán Nhà nước"}
TAB = "Bộ Tư pháp   thử"
PREVIOUS = [{"pass_key": "self", "scorer": "btp", "score": "18.5", "reason": None}]


def of(unit: str = "btp", **more: Any) -> dict[str, Any]:
    """A sheet of the cluster's pass: I.1 scored, I.2 not yet, a deduction, and an item that counts two and a half times."""
    found = sheet(unit=unit, pass_key="cluster", scorer="bca", **more)
    found["groups"][0]["items"] = [
        item("I.1", score="7.50", reason="có", previous=PREVIOUS, baseline="18.5"),
        item("I.2"),
        item("I.3", "penalty", score="1"),
        item("I.10", weight="2.5", score="4"),
    ]
    return found


def scored(found: dict[str, Any], **scores: tuple[str | None, str | None]) -> dict[str, Any]:
    """The sheet as it is after somebody else saved these rows."""
    for row in found["groups"][0]["items"]:
        if (name := row["key"].replace(".", "_")) in scores:
            row["score"], row["reason"] = scores[name]
    return {**found, "version": found["version"] + 1}


def made(*sheets: dict[str, Any]) -> bytes:
    return workbook.write(sheets or [of()], lambda key: NAMES.get(key, key))


def edited(content: bytes, *, tab: str = TAB, **cells: Any) -> bytes:
    """The workbook with some cells typed anew; "I_2" is the score of that item, "why_I_2" its reason."""
    book = load_workbook(io.BytesIO(content))
    for name, value in cells.items():
        at = place(book[tab], name.removeprefix("why_").replace("_", "."))
        book[tab].cell(at, 6 if name.startswith("why_") else 5).value = value
    return saved(book)


def saved(book: Any) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def place(tab: Any, key: str) -> int:
    """The row of an item, by what one sees."""
    return next(row[0].row for row in tab.iter_rows(min_row=6) if row[0].value == key)


def planned(content: bytes, *now: dict[str, Any]) -> Plan:
    return workbook.plan(workbook.read(content, SUBJECT), {one["unit"]: one for one in now or [of()]})


def said(plan: Plan) -> list[tuple[str, str, str]]:
    return [(one.line.item, one.after.score, one.after.reason) for one in plan.changes]


def test_one_sees_the_paper_form_and_can_type_only_into_scores_and_reasons() -> None:
    book = load_workbook(io.BytesIO(made()))
    assert [(name, book[name].sheet_state) for name in book.sheetnames] == [
        (TAB, "visible"),
        ("Hướng dẫn", "visible"),
        ("base", "hidden"),
        ("about", "hidden"),
    ]
    assert book.security.lockStructure
    tab = book[TAB]
    assert [cell.value for cell in tab[5]][:6] == ["STT", "Nội dung, tiêu chí", "Điểm chuẩn", "Tự chấm", "Khối chấm", "Lý do, minh chứng"]
    assert [tab.column_dimensions[letter].hidden for letter in "FGHI"] == [False, True, True, True]
    assert tab.protection.sheet
    unlocked = {cell.coordinate for row in tab.iter_rows() for cell in row if not cell.protection.locked}
    assert unlocked == {f"{column}{number}" for column in "EF" for number in (7, 8, 9, 10)}
    assert (tab["D7"].value, tab["E7"].value, tab["F7"].value) == (18.5, 7.5, "có")
    assert (tab["A10"].value, tab["A10"].data_type) == ("I.10", "s")
    rules = {str(rule.sqref): rule for rule in tab.data_validations.dataValidation}
    assert rules["E7"].formula1 == "AND(ISNUMBER(E7),E7>=0,E7<=20,ROUND(E7,2)=E7)"
    assert rules["E7"].error == "Điểm từ 0 đến 20, nhiều nhất 2 chữ số thập phân."


def test_rows_that_are_not_filled_here_are_locked() -> None:
    tab = load_workbook(io.BytesIO(made(of(returned={"reason": "…", "items": ["I.2"]}))))[TAB]
    unlocked = {cell.coordinate for row in tab.iter_rows() for cell in row if not cell.protection.locked}
    assert unlocked == {"E8", "F8"}


TEXT = st.text(max_size=30)
SCORE = st.none() | st.decimals(0, 20, places=2, allow_nan=False, allow_infinity=False).map(str)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(SCORE, st.none() | TEXT), min_size=4, max_size=4), TEXT)
def test_what_was_not_edited_changes_nothing(rows: list[tuple[str | None, str | None]], title: str) -> None:
    now = of()
    for row, (score, reason) in zip(now["groups"][0]["items"], rows, strict=True):
        row.update(score=score, reason=reason, title=title)
    plan = planned(saved(load_workbook(io.BytesIO(made(now)))), now)
    assert (plan.changes, plan.contested, plan.kept, plan.faults) == ([], [], 0, [])


@settings(max_examples=10, deadline=None)
@given(st.sampled_from([None, Decimal("0"), Decimal("12.5"), "12,5", "12.5", 20]), TEXT.filter(lambda text: text.isprintable()))
def test_what_was_typed_comes_back(typed: Any, reason: str) -> None:
    plan = planned(edited(made(), I_2=typed, why_I_2=f"x{reason}"))
    (change,) = plan.changes
    number = None if typed is None else Decimal(str(typed).replace(",", "."))
    assert change.score == {"item": "I.2", "score": number, "reason": f"x{reason}".strip()}


def test_an_emptied_cell_takes_the_score_back() -> None:
    (change,) = planned(edited(made(), I_1=None)).changes
    assert change.score == {"item": "I.1", "score": None, "reason": "có"}
    assert (change.line.score_cell, change.line.reason_cell, change.before.score) == ("E7", "F7", "7,5")


def test_a_float_is_read_as_the_spreadsheet_shows_it() -> None:
    assert said(planned(edited(made(), I_2=0.1 + 0.2))) == [("I.2", "0,3", "")]


@pytest.mark.parametrize(
    ("typed", "words", "code"),
    [
        ("mười", "Không đọc được số này", "number_unclear"),
        ("1.000", "Không đọc được số này", "number_unclear"),
        (True, "Không đọc được số này", "number_unclear"),
        (10**12, "Không đọc được số này", "number_unclear"),
        (date(2025, 5, 12), "Excel đã đổi số này thành ngày", "became_date"),
        ("=1+1", "chưa được tính", "not_reckoned"),
        ("#N/A", "Không đọc được số này", "number_unclear"),
    ],
)
def test_what_is_no_score_is_named_by_its_cell(typed: Any, words: str, code: str) -> None:
    plan = planned(edited(made(), I_2=typed, I_1=8))
    (fault,) = plan.faults
    assert (fault.tab, fault.cell, fault.code) == (TAB, "E8", code)
    assert words in fault.words
    assert said(plan) == [("I.1", "8", "có")]  # what is right is still shown


def test_changes_of_two_people_are_merged_row_by_row() -> None:
    content = edited(made(), I_1=9, I_2=3, I_3=2)
    now = scored(of(), I_1=("9", "có"), I_3=("1.5", None), I_10=("5", None))
    plan = planned(content, now)
    assert said(plan) == [("I.2", "3", "")]  # I.1 is the same by now, I.10 only theirs
    assert plan.kept == 1
    (both,) = plan.contested
    assert (both.line.item, both.before.score, both.after.score) == ("I.3", "1,5", "2")
    assert plan.sheets() == [{"unit": "btp", "version": 4, "scores": [{"item": "I.2", "score": Decimal(3), "reason": None}]}]


@pytest.mark.parametrize(
    ("choice", "changes", "kept", "waiting"), [("mine", ["I.3"], 0, 0), ("theirs", [], 1, 0), ("", [], 0, 1), ("?", [], 0, 1)]
)
def test_of_two_changes_of_a_row_somebody_chooses(choice: str, changes: list[str], kept: int, waiting: int) -> None:
    plan = planned(edited(made(), I_3=2), scored(of(), I_3=("1.5", None)))
    chosen = plan.chosen(lambda _: choice)
    assert ([one.line.item for one in chosen.changes], chosen.kept, len(chosen.contested)) == (changes, kept, waiting)


def test_the_digest_is_of_what_is_shown() -> None:
    content = edited(made(), I_3=2)
    shown = planned(content)
    assert shown.digest == planned(content).digest
    assert planned(content, scored(of(), I_3=("1.5", None))).digest != shown.digest
    assert planned(edited(made(), I_3=3)).digest != shown.digest


def test_several_sheets_stand_in_tabs_of_their_own() -> None:
    both = [of(), of("ktnn", version=7)]
    content = edited(edited(made(*both), tab="Kiểm toán Nhà nước", I_2=5), I_2=6)
    assert planned(content, *both).sheets() == [
        {"unit": "btp", "version": 3, "scores": [{"item": "I.2", "score": Decimal(6), "reason": None}]},
        {"unit": "ktnn", "version": 7, "scores": [{"item": "I.2", "score": Decimal(5), "reason": None}]},
    ]


def test_tabs_have_titles_that_excel_takes_each_its_own() -> None:
    names = {"a": "Sở " * 20, "b": "SỞ " * 20, "c": "Hướng dẫn", "d": "'*?'"}
    titles = load_workbook(io.BytesIO(workbook.write([of(key) for key in names], lambda key: names.get(key, key)))).sheetnames
    assert len({title.casefold() for title in titles}) == len(names) + 3
    assert max(map(len, titles)) <= 31


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        (Subject("td-2023", "cluster", "bca"), "phiếu của phong trào td-2024, không phải td-2023"),
        (Subject("td-2024", "self", "bca"), "phiếu của lượt chấm cluster, không phải self"),
        (Subject("td-2024", "cluster", "btp"), "phiếu do bca chấm, không phải btp"),
    ],
)
def test_a_workbook_of_something_else_is_refused_with_what_it_is(subject: Subject, words: str) -> None:
    with pytest.raises(WorkbookUnreadable, match=words):
        workbook.read(made(), subject)


def test_a_workbook_of_another_unit_is_refused_from_that_units_sheet() -> None:
    with pytest.raises(WorkbookUnreadable, match="Tệp này là phiếu chấm btp, không phải ktnn"):
        workbook.read(made(), SUBJECT, "ktnn")
    assert workbook.read(made(of(), of("ktnn")), SUBJECT, "ktnn").tabs


def tampered(tab: str, cell: str, value: Any) -> bytes:
    book = load_workbook(io.BytesIO(made()))
    book[tab][cell].value = value
    return saved(book)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (lambda: tampered(TAB, "G8", "I.1"), "ô ẩn G8"),
        (lambda: tampered(TAB, "G8", "I.4"), "ô ẩn G8"),
        (lambda: tampered(TAB, "G8", None), "thiếu các dòng I.2"),
        (lambda: tampered(TAB, "G5", "_unit:ktnn"), "ô ẩn G5"),
        (lambda: tampered(TAB, "G5", "?"), "thiếu tờ của btp"),
        (lambda: tampered("base", "C1", "19"), "Phần ẩn của tệp"),
        (lambda: tampered("base", "B1", "I.2"), "Phần ẩn của tệp"),
        (lambda: tampered("about", "C5", "9"), "Phần ẩn của tệp"),
        (lambda: tampered("about", "B4", "btp"), "Phần ẩn của tệp"),
        (lambda: tampered("about", "B1", "other"), "không phải phiếu chấm điểm của hệ thống"),
        (lambda: b"PK\x03\x04rubbish", "không mở được"),
        (lambda: b"STT;x", "không mở được"),
    ],
)
def test_what_was_tampered_with_is_refused_with_the_place(content: Any, words: str) -> None:
    with pytest.raises(WorkbookUnreadable, match=words):
        workbook.read(content(), SUBJECT)


def test_a_copied_tab_is_refused() -> None:
    book = load_workbook(io.BytesIO(made()))
    book.copy_worksheet(book[TAB])
    with pytest.raises(WorkbookUnreadable, match="hai tờ"):
        workbook.read(saved(book), SUBJECT)


def test_rows_that_were_moved_keep_their_items() -> None:
    book = load_workbook(io.BytesIO(made()))
    book[TAB]["E8"].value = 3
    book[TAB].move_range("A8:I8", rows=30)
    (change,) = planned(saved(book)).changes
    assert (change.line.item, change.line.score_cell, change.after.score) == ("I.2", "E38", "3")


def test_what_the_service_refuses_is_named_by_the_cell_that_asked_for_it() -> None:
    plan = planned(edited(made(), I_1=8, I_2=21))
    words = {"I.1": "Thiếu lý do.", "I.2": "Điểm phải từ 0 đến 20.", "I.9": "?"}
    codes = {"": "evaluations.scores_refused", "I.2": "rubric.above_maximum"}
    assert workbook.refused(plan, "btp", words, "phiếu đã nộp", codes) == [
        workbook.Fault(TAB, "E7", "Thiếu lý do.", "evaluations.scores_refused"),
        workbook.Fault(TAB, "E8", "Điểm phải từ 0 đến 20.", "rubric.above_maximum"),
    ]
    closed = {"": "evaluations.sheet_closed"}
    assert workbook.refused(plan, "btp", {}, "phiếu đã nộp", closed) == [
        workbook.Fault(TAB, "", "phiếu đã nộp", "evaluations.sheet_closed")
    ]


def faulty(content: bytes, *now: dict[str, Any], refused: dict[str, str] | None = None) -> bytes:
    """The workbook that is given back, with these words of the service about items of the first unit."""
    sheets = {one["unit"]: one for one in now or [of()]}
    brought = workbook.read(content, SUBJECT)
    plan = workbook.plan(brought, sheets)
    faults = [*plan.faults, *(workbook.refused(plan, "btp", refused, "", {"": "?"}) if refused else [])]
    return workbook.write_faulty(brought, faults, sheets, lambda key: NAMES.get(key, key))


def test_of_a_faulty_workbook_one_sees_the_faulty_rows_with_what_is_wrong() -> None:
    book = load_workbook(
        io.BytesIO(faulty(edited(made(), I_1=9, I_2="mười", why_I_2="vì", I_3=99), refused={"I.3": "Điểm phải từ 0 đến 20."}))
    )
    tab = book[TAB]
    assert [tab.row_dimensions[number].hidden for number in (6, 7, 8, 9, 10)] == [False, True, False, False, True]
    assert (tab["E8"].value, tab["F8"].value, tab["E9"].value) == ("mười", "vì", 99)
    assert tab["J5"].value == "Lỗi cần sửa"
    assert tab["J8"].value == tab["E8"].comment.text
    assert tab["J8"].value.startswith("Không đọc được số này")
    assert (tab["J9"].value, tab["F9"].comment, tab["J7"].value or "") == ("Điểm phải từ 0 đến 20.", None, "")
    assert "chỉ hiện các dòng có lỗi" in book["Hướng dẫn"]["A1"].value


@pytest.mark.parametrize("typed", ["=1+1", "7.500", "x" * 40, date(2024, 7, 5), True])
def test_what_cannot_be_read_is_given_back_as_text(typed: Any) -> None:
    tab = load_workbook(io.BytesIO(faulty(edited(made(), I_2=typed))))[TAB]
    expected = "05/07/2024" if isinstance(typed, date) else str(typed)
    assert (tab["E8"].value, tab["E8"].data_type) == (expected, "s")


def test_put_right_it_brings_back_all_that_was_typed_beside_what_it_was_made_of() -> None:
    """The rows that were sound come back with those put right, and somebody else's change since the first download is still seen."""
    again = faulty(edited(made(), I_1=9, why_I_1="của tôi", I_2="mười"), scored(of(), I_1=("8", "của họ"), I_10=("5", None)))
    now = scored(of(), I_1=("8", "của họ"), I_10=("5", None))
    plan = planned(edited(again, I_2=10), now)
    assert said(plan) == [("I.2", "10", "")]
    assert [(one.line.item, one.after.score, one.before.score) for one in plan.contested] == [("I.1", "9", "8")]
    assert (plan.kept, plan.faults) == (1, [])


def test_tabs_without_mistakes_are_hidden_and_one_refused_as_a_whole_is_seen_whole() -> None:
    content = edited(made(of(), of("ktnn")), I_1=9)
    sheets = {"btp": of(), "ktnn": of("ktnn")}
    brought = workbook.read(content, SUBJECT)
    whole = workbook.refused(workbook.plan(brought, sheets), "btp", {}, "Phiếu đã nộp.", {"": "evaluations.sheet_closed"})
    book = load_workbook(io.BytesIO(workbook.write_faulty(brought, whole, sheets, lambda key: NAMES.get(key, key))))
    assert [(name, book[name].sheet_state) for name in book.sheetnames[:2]] == [(TAB, "visible"), ("Kiểm toán Nhà nước", "hidden")]
    assert book.active is book[TAB]
    assert book[TAB]["J4"].value == "Phiếu đã nộp."
    assert not any(book[TAB].row_dimensions[number].hidden for number in range(6, 11))
    assert said(planned(saved(book), of(), of("ktnn"))) == [("I.1", "9", "có")]


def test_libreoffice_reckons_the_sums_and_gives_back_what_was_typed(tmp_path: Path) -> None:
    """Opened and saved by another program than ours: sums right, ids, base and checksum still there, what was typed read."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("no LibreOffice here: apt-get install libreoffice-calc-nogui")
    (tmp_path / "phieu.xlsx").write_bytes(edited(made(of(), of("ktnn")), I_2=12.25, why_I_2="dòng một\ndòng hai", I_1="9,5"))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [office, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "out")]
    done = subprocess.run([*command, str(tmp_path / "phieu.xlsx")], check=False, capture_output=True, text=True, timeout=120)
    if not (tmp_path / "out" / "phieu.xlsx").exists():
        pytest.skip(f"LibreOffice has no Calc here: apt-get install libreoffice-calc-nogui ({done.stderr.strip()[:200]})")
    content = (tmp_path / "out" / "phieu.xlsx").read_bytes()
    plan = planned(content, of(), of("ktnn"))
    assert said(plan) == [("I.1", "9,5", "có"), ("I.2", "12,25", "dòng một\ndòng hai")]
    assert (plan.contested, plan.faults) == ([], [])
    tab = load_workbook(io.BytesIO(content), data_only=True)["Kiểm toán Nhà nước"]
    assert [tab.cell(number, 5).value for number in (6, 11, 12, 13, 14)] == [
        16.5,
        17.5,
        0,
        -1,
        16.5,
    ]  # group, content, bonus, penalty, total
