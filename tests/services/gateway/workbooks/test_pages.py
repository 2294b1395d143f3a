"""Organisations by workbook on the pages: download, look, record all or nothing, and the faulty rows back."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook

from services.registry.domain import AlreadyThere
from tests.services.gateway.conftest import Browser
from tests.services.gateway.world import FakeNetwork, recorded

ROWS: list[dict[str, Any]] = [
    {"organisation": "nb", "name": "Tỉnh Ninh Bình", "kind": "Tỉnh", "level": "Cấp tỉnh", "code": None, "statistics_code": "37"},
    {"organisation": "x1", "name": "Xã Tân Lập", "kind": "Xã", "level": "Cấp xã", "statistics_code": "00001", "parent": "nb"},
]
SHEET = "Tổ chức"


@pytest.fixture
def office(network: FakeNetwork, browser: Callable[[str], Browser]) -> Browser:
    network.answers["registry", "organisations"] = ROWS
    network.answers["registry", "rehearse_organisations"] = {"refused": []}
    network.answers["registry", "record_organisations"] = {**recorded(), "events": 1}
    return browser("office")


def downloaded(office: Browser) -> bytes:
    answer = office.get("/organisations/workbook.xlsx")
    assert answer.status_code == 200
    return answer.data


def edited(content: bytes, **cells: Any) -> bytes:
    opened = load_workbook(io.BytesIO(content))
    for cell, value in cells.items():
        opened[SHEET][cell] = value
    target = io.BytesIO()
    opened.save(target)
    return target.getvalue()


def upload(office: Browser, content: bytes, name: str = "to-chuc.xlsx") -> Any:
    return office.post("/organisations/workbook", {"file": (io.BytesIO(content), name)}, content_type="multipart/form-data")


def hidden(page: str, field: str) -> str:
    found = re.search(rf'name="{field}" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def test_nothing_edited_says_nothing_changed(office: Browser) -> None:
    answer = upload(office, downloaded(office))
    assert answer.status_code == 200
    assert "2 dòng, 0 thay đổi, 0 lỗi" in answer.text
    assert "Không có gì thay đổi" in answer.text
    assert "Ghi 0" not in answer.text


def test_a_change_is_shown_and_then_recorded(office: Browser, network: FakeNetwork) -> None:
    content = edited(downloaded(office), A3="Phường Tân Lập", I3="1/1/2026", J3="QĐ 5")
    shown = upload(office, content)
    assert shown.status_code == 200
    assert "<del>Xã Tân Lập</del> → <ins>Phường Tân Lập</ins>" in shown.text
    assert network.told("registry", "record_organisations") == []
    done = office.post(
        "/organisations/workbook/changes",
        {"content": hidden(shown.text, "content"), "digest": hidden(shown.text, "digest"), "command": "c-1"},
    )
    assert done.status_code == 303
    (told,) = network.told("registry", "record_organisations")
    assert told.command == "c-1"
    assert told.data["changes"] == [
        {"change": "rename", "organisation": "x1", "name": "Phường Tân Lập", "effective_on": "2026-01-01", "document": "QĐ 5"}
    ]


def test_mistakes_are_named_by_cell_and_nothing_can_be_recorded(office: Browser, network: FakeNetwork) -> None:
    content = edited(downloaded(office), A3="Phường Tân Lập", F3="Tỉnh Lạ", A5="Xã Mới", C5="Cấp xã")
    shown = upload(office, content)
    assert shown.status_code == 422
    assert "Ô F3 (Trực thuộc): “Tỉnh Lạ” không có trong danh sách" in shown.text
    assert "organisations/workbook/changes" not in shown.text
    forced = office.post("/organisations/workbook/changes", {"content": hidden(shown.text, "content"), "digest": "x"})
    assert forced.status_code == 409
    assert network.told("registry", "record_organisations") == []


def test_the_faulty_rows_are_given_back(office: Browser) -> None:
    shown = upload(office, edited(downloaded(office), A3="Phường Tân Lập", A5="Xã Mới", C5="Cấp xã"))
    answer = office.post("/organisations/workbook/faults.xlsx", {"content": hidden(shown.text, "content")})
    sheet = load_workbook(io.BytesIO(answer.data))[SHEET]
    assert [row[0].value for row in sheet.iter_rows(min_row=2, max_row=3)] == ["Phường Tân Lập", None]
    assert "thay đổi cần ngày có hiệu lực và văn bản căn cứ" in sheet["I2"].comment.text


def test_what_the_registry_would_refuse_is_said_at_its_cell(office: Browser, network: FakeNetwork) -> None:
    refusal = AlreadyThere("x1 is there already.", organisation="x1")
    network.answers["registry", "rehearse_organisations"] = {"refused": [{"change": 0, "error": refusal.to_data()}]}
    shown = upload(office, edited(downloaded(office), A3="Phường Tân Lập", I3="1/1/2026", J3="QĐ 5"))
    assert shown.status_code == 422
    assert "Ô A3 (Tên):" in shown.text


def test_if_the_world_moved_on_meanwhile_it_is_shown_anew_and_nothing_recorded(office: Browser, network: FakeNetwork) -> None:
    shown = upload(office, edited(downloaded(office), A3="Phường Tân Lập", I3="1/1/2026", J3="QĐ 5"))
    network.answers["registry", "organisations"] = [ROWS[0], {**ROWS[1], "name": "Phường Tân Lập"}]
    again = office.post(
        "/organisations/workbook/changes", {"content": hidden(shown.text, "content"), "digest": hidden(shown.text, "digest")}
    )
    assert again.status_code == 409
    assert "Trong khi bạn xem, dữ liệu đã thay đổi" in again.text
    assert network.told("registry", "record_organisations") == []


def test_a_file_that_is_none_is_refused_with_what_to_do(office: Browser) -> None:
    assert "không mở được" in upload(office, b"PK rubbish").text
    assert upload(office, b"PK rubbish").status_code == 422
    assert office.post("/organisations/workbook", {}).status_code == 422
    assert "hãy chọn một tệp" in office.post("/organisations/workbook", {}).text


def _sent(content: bytes, path: str, client: Any, headers: dict[str, str]) -> Any:
    return client.post(f"/api/v1/organisations/{path}", data={"file": (io.BytesIO(content), "to-chuc.xlsx")}, headers=headers)


def test_the_api_gives_and_takes_the_same_workbook(
    office: Browser, client: Any, token: Callable[[str], dict[str, str]], network: FakeNetwork
) -> None:
    headers = token("office")
    content = client.get("/api/v1/organisations/workbook", headers=headers).data
    shown = _sent(content, "workbook/preview", client, headers).get_json()
    assert (shown["rows"], shown["changes"], shown["faults"]) == (2, [], [])
    content = edited(content, A3="Phường Tân Lập", I3="1/1/2026", J3="QĐ 5")
    shown = _sent(content, "workbook/preview", client, headers).get_json()
    assert [(change["row"], change["change"], change["name"]) for change in shown["changes"]] == [(3, "rename", "Phường Tân Lập")]
    assert network.told("registry", "record_organisations") == []
    assert _sent(content, "workbook?digest=0", client, headers).status_code == 409
    assert network.told("registry", "record_organisations") == []
    assert _sent(content, f"workbook?digest={shown['digest']}", client, headers).status_code == 201
    (told,) = network.told("registry", "record_organisations")
    assert [change["change"] for change in told.data["changes"]] == ["rename"]


def test_the_api_names_the_cell_and_records_nothing(
    office: Browser, client: Any, token: Callable[[str], dict[str, str]], network: FakeNetwork
) -> None:
    headers = token("office")
    content = edited(downloaded(office), A3="Phường Tân Lập")
    (fault,) = _sent(content, "workbook/preview", client, headers).get_json()["faults"]
    assert fault["at"] == "I3"
    refused = _sent(content, "workbook", client, headers)
    assert refused.status_code == 422
    assert [error["at"] for error in refused.get_json()["errors"]] == ["I3"]
    assert network.told("registry", "record_organisations") == []
    assert client.post("/api/v1/organisations/workbook", headers=headers).status_code == 422
