"""The pack for a cluster's conference: what the five documents say, and that they follow Decree 30/2020."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest

from services.gateway.documents import Conference, pack
from services.gateway.documents.page import Document, day_in_words
from tests.services.gateway import insights, world
from tests.services.gateway.conftest import Browser
from tests.services.gateway.world import FakeNetwork

UNITS = [f"đv-{n:02}" for n in range(1, 15)]
NAMES = {unit: f"Sở Nội vụ tỉnh số {unit[-2:]}" for unit in UNITS} | {"ban": "Ban Thi đua - Khen thưởng Trung ương"}
FILES = ["1-chuong-trinh", "2-danh-sach-dai-bieu", "3-bang-diem-xep-hang", "4-bien-ban-du-thao", "5-giao-uoc-thi-dua"]


def conference(**changed: Any) -> Conference:
    return replace(
        Conference(
            campaign={
                "title": "Phong trào thi đua năm 2024",
                "season": 2024,
                "illustrative": False,
                "state": "open",
                "legal_basis": "Kế hoạch số 12/KH-TĐKT",
                "units": [{"unit": unit, "covenant": {"signatory": "Giám đốc", "signed_on": "2024-04-10"}} for unit in UNITS[:-1]]
                + [{"unit": UNITS[-1], "covenant": None}],
            },
            cluster={
                "name": "Cụm thi đua số V",
                "organiser": "ban",
                "leaders": [{"season": 2024, "leader": UNITS[0], "deputies": [UNITS[1]], "basis": "elected", "document": "BB 1"}],
            },
            standings={
                "state": "open",
                "rows": [
                    {"rank": max(1, n), "name": NAMES[unit], "content": "940.25", "bonus": "10.00", "penalty": "0", "total": "950.25"}
                    for n, unit in enumerate(UNITS)
                ],
            },
            flag={
                "rows": [
                    {"rank": 1 + n, "name": NAMES[unit], "total": "950.25", "eligible": n != 3, "candidate": n < 2}
                    for n, unit in enumerate(UNITS)
                ]
            },
            leader={
                "next_season": 2025,
                "rows": [
                    {"name": NAMES[unit], "led": [2019, 2024][: n + 1], "deputised": [], "standing": 1} for n, unit in enumerate(UNITS)
                ],
            },
            checkpoint=None,
            name_of=lambda unit: NAMES.get(unit, unit),
            place="Ninh Bình",
            held_on=date(2025, 2, 5),
            begins_at="08 giờ 30 phút",
            made_on=date(2025, 1, 20),
        ),
        **changed,
    )


def opened(content: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {Path(name).stem: docx.Document(io.BytesIO(archive.read(name))) for name in archive.namelist()}


def words(document: Any) -> str:
    """Paragraphs, then the cells of each table."""
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_the_pack_holds_the_five_documents() -> None:
    assert list(opened(pack(conference()))) == FILES


def test_every_document_has_page_and_heading_of_the_decree() -> None:
    for name, document in opened(pack(conference())).items():
        section = document.sections[0]
        sides = sorted((section.page_width, section.page_height))
        assert [round(side.cm, 1) for side in sides] == [21.0, 29.7], name
        margins = [section.top_margin, section.bottom_margin, section.left_margin, section.right_margin]
        top, bottom, left, right = (round(margin.cm, 2) for margin in margins)
        assert 2.0 <= top <= 2.5, name
        assert 2.0 <= bottom <= 2.5, name
        assert 3.0 <= left <= 3.5, name
        assert 1.5 <= right <= 2.0, name
        assert section.different_first_page_header_footer, name
        assert "PAGE" in section.header._element.xml, name
        assert "PAGE" not in section.first_page_header._element.xml, name
        assert document.styles["Normal"].font.name == "Times New Roman", name
        heading = document.tables[0]
        assert heading.cell(0, 0).text.split("\n")[:2] == ["CỤM THI ĐUA SỐ V", "SỞ NỘI VỤ TỈNH SỐ 01"], name
        assert heading.cell(0, 1).text.split("\n")[:2] == ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"], name
        assert heading.cell(1, 1).text == "Ninh Bình, ngày 05 tháng 02 năm 2025", name
        sizes = {run.font.size.pt for row in heading.rows for cell in row.cells for p in cell.paragraphs for run in p.runs if run.text}
        assert sizes == {12, 13}, name


def test_boards_are_copied_as_they_stand() -> None:
    document = opened(pack(conference()))["3-bang-diem-xep-hang"]
    standings, flag, leader = document.tables[1:4]
    assert [cell.text for cell in standings.rows[2].cells] == ["1", NAMES[UNITS[0]], "940,25", "10", "0", "950,25", ""]
    assert [row.cells[0].text for row in standings.rows][2:5] == ["1", "1", "2"]  # a tie stays a tie
    assert [row.cells[3].text for row in flag.rows][2:6] == ["Có", "Có", "Có", "Không"]
    assert [row.cells[4].text for row in flag.rows].count("X") == 2
    assert leader.rows[3].cells[1].text == "2019, 2024"
    assert "Điểm tạm tính" in words(document)


def test_a_final_campaign_is_not_called_provisional() -> None:
    board = conference().standings
    document = opened(pack(conference(standings={**board, "state": "final"})))["3-bang-diem-xep-hang"]
    assert "tạm tính" not in words(document)


SEAL = {"boards": [{"board": "standings", "digest": "5a" * 32}, {"board": "flag", "digest": "f1" * 32}], "positions": []}


def test_a_final_result_is_printed_with_what_proves_it() -> None:
    final = {**conference().campaign, "state": "final", "seal": SEAL}
    found = opened(pack(conference(campaign=final, checkpoint=insights.CHECKPOINT)))
    for name in ("3-bang-diem-xep-hang", "4-bien-ban-du-thao"):
        (proof,) = [paragraph for paragraph in found[name].paragraphs if "SHA-256" in paragraph.text]
        for said in (
            "5a" * 32,
            "f1" * 32,
            "10:00 01/12/2024",
            insights.CHECKPOINT["digest"],
            "evaluations (vn) 14 sự kiện, gốc " + "a2" * 32,
        ):
            assert said in proof.text, name
        for command in ("commendation verify board", "commendation verify consistency"):
            assert command in proof.text, name
        assert {run.font.size.pt for run in proof.runs} == {11}
    others = [words(document) for name, document in found.items() if not name.startswith(("3", "4"))]
    assert not any("SHA-256" in said for said in others)


def test_what_proves_a_result_is_printed_as_far_as_it_is_there() -> None:
    final = {**conference().campaign, "state": "final", "seal": SEAL}
    awaited = words(opened(pack(conference(campaign=final)))["4-bien-ban-du-thao"])
    assert "5a" * 32 in awaited
    assert "Mốc nhật ký" not in awaited
    unsealed = words(opened(pack(conference(campaign={**final, "seal": None}, checkpoint=insights.CHECKPOINT)))["4-bien-ban-du-thao"])
    assert insights.CHECKPOINT["digest"] in unsealed
    assert "SHA-256" not in unsealed
    provisional = conference(campaign={**final, "state": "open"}, checkpoint=insights.CHECKPOINT)
    assert not any(insights.CHECKPOINT["digest"] in words(document) for document in opened(pack(provisional)).values())


def test_illustrative_figures_are_marked_in_every_document() -> None:
    campaign = {**conference().campaign, "illustrative": True}
    for name, document in opened(pack(conference(campaign=campaign))).items():
        assert "SỐ LIỆU MINH HOẠ" in words(document), name


def test_what_nobody_knows_yet_is_left_open() -> None:
    cluster = {**conference().cluster, "leaders": []}
    minutes = opened(pack(conference(cluster=cluster, place="", held_on=None, begins_at="")))["4-bien-ban-du-thao"]
    assert "ngày … tháng … năm …" in words(minutes)
    assert "Chủ trì: …………, ………… – Khối trưởng năm 2024." in words(minutes)


def test_who_has_not_signed_the_compact_is_said() -> None:
    table = opened(pack(conference()))["5-giao-uoc-thi-dua"].tables[-1]
    assert [row.cells[4].text for row in table.rows][-2:] == ["10/04/2024", "chưa"]


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (date(2025, 2, 5), "ngày 05 tháng 02 năm 2025"),
        (date(2025, 3, 10), "ngày 10 tháng 3 năm 2025"),
        (date(2025, 12, 1), "ngày 01 tháng 12 năm 2025"),
    ],
)
def test_a_day_is_written_as_offices_write_it(on: date, said: str) -> None:
    assert day_in_words(on) == said


def test_a_word_processor_shows_every_row_and_number(tmp_path: Path) -> None:
    """Opened in LibreOffice and printed: nothing of a table is lost where a page ends."""
    office, reader = shutil.which("soffice"), shutil.which("pdftotext")
    if office is None or reader is None:
        pytest.skip("no LibreOffice and pdftotext here: apt-get install libreoffice-writer-nogui poppler-utils")
    with zipfile.ZipFile(io.BytesIO(pack(conference()))) as archive:
        archive.extractall(tmp_path)
    command = [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, *map(str, sorted(tmp_path.glob("*.docx")))], check=True, capture_output=True, timeout=120)
    printed = {
        path.stem: subprocess.run([reader, "-layout", str(path), "-"], check=True, capture_output=True, text=True, timeout=30).stdout
        for path in tmp_path.glob("*.pdf")
    }
    assert sorted(printed) == FILES
    for name in ("2-danh-sach-dai-bieu", "5-giao-uoc-thi-dua"):
        assert [unit for unit in UNITS if NAMES[unit] not in printed[name]] == [], name
    boards = printed["3-bang-diem-xep-hang"]
    assert [boards.count(NAMES[unit]) for unit in UNITS[1:]] == [3] * 13  # the first is in the heading, too, in capitals
    assert boards.split("\f")[1].split()[0] == "2"  # the number stands at the top, from the second page on


@pytest.fixture
def office(network: FakeNetwork, browser: Callable[[str], Browser]) -> Browser:
    return browser("office")


def test_the_page_gives_the_pack(office: Browser) -> None:
    shown = office.get("/campaigns/td-2024/conference")
    assert shown.status_code == 200
    assert "Nghị định 30/2020/NĐ-CP" in shown.text
    answer = office.get("/campaigns/td-2024/conference/pack?held_on=2025-02-05&place=Hà Nội&begins_at=8 giờ")
    assert answer.mimetype == "application/zip"
    assert 'filename="hoi-nghi-td-2024.zip"' in answer.headers["Content-Disposition"]
    agenda = opened(answer.data)["1-chuong-trinh"]
    assert "Thời gian: 8 giờ, ngày 05 tháng 02 năm 2025." in words(agenda)


def test_the_pack_of_a_final_result_asks_for_its_checkpoint(office: Browser, network: FakeNetwork) -> None:
    office.get("/campaigns/td-2024/conference/pack")
    assert not network.told("audit", "result_checkpoint")
    run = {**world.CAMPAIGN, "units": world.UNITS, "passes": world.PASSES, "phases": world.PHASES}
    network.answers["campaigns", "campaign"] = {**run, "state": "final", "seal": SEAL}
    minutes = opened(office.get("/campaigns/td-2024/conference/pack").data)["4-bien-ban-du-thao"]
    assert insights.CHECKPOINT["digest"] in words(minutes)


def test_a_day_that_is_none_is_said_and_what_was_typed_stays(office: Browser) -> None:
    answer = office.get("/campaigns/td-2024/conference/pack?held_on=31/2/2025&place=Ninh Bình")
    assert answer.status_code == 422
    assert "không đọc được ngày" in answer.text
    assert 'value="Ninh Bình"' in answer.text


def test_the_api_gives_the_pack(client: Any, token: Callable[[str], dict[str, str]]) -> None:
    answer = client.get("/api/v1/campaigns/td-2024/conference-pack?held_on=2025-02-05", headers=token("office"))
    assert answer.status_code == 200
    assert list(opened(answer.data)) == FILES


def test_what_an_earlier_release_took_and_no_document_can_hold_is_a_blank() -> None:
    document = Document("Tiêu\x1fđề", made_on=date(2025, 1, 2))
    document.text("Biên\x0bbản")
    made = docx.Document(io.BytesIO(document.to_bytes()))
    assert (made.core_properties.title, made.paragraphs[-1].text) == ("Tiêu đề", "Biên bản")
