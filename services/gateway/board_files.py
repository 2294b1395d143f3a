"""The files that a campaign's boards are taken along in, the same from a page and over the API. at: {} or {as_of}, as boards are asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from services.gateway import board_lines, exports
from services.gateway.downloads import attachment
from services.gateway.offload import beside
from services.gateway.pages import common
from services.gateway.workbooks.boards import flag_workbook, leader_workbook, workbook


def standings_excel(campaign: str, at: Mapping[str, Any]) -> Response:
    """The standings, every score, and the summary sheet of each unit."""
    return attachment(beside(workbook, exports.gathered(campaign, at, common.now())), f"bang-diem-{campaign}.xlsx")


def scores_csv(campaign: str, at: Mapping[str, Any]) -> Response:
    """Every score record."""
    return attachment(beside(exports.as_csv, exports.gathered(campaign, at, common.now())), f"diem-{campaign}.csv", exports.CSV)


def flag_excel(campaign: str, at: Mapping[str, Any]) -> Response:
    return attachment(beside(flag_workbook, board_lines.flag_board(campaign, at, common.now())), f"co-thi-dua-{campaign}.xlsx")


def flag_csv(campaign: str, at: Mapping[str, Any]) -> Response:
    board = board_lines.flag_board(campaign, at, common.now())
    return attachment(beside(board_lines.flag_csv, board), f"co-thi-dua-{campaign}.csv", exports.CSV)


def leader_excel(campaign: str, at: Mapping[str, Any]) -> Response:
    return attachment(beside(leader_workbook, board_lines.leader_board(campaign, at, common.now())), f"khoi-truong-{campaign}.xlsx")


def leader_csv(campaign: str, at: Mapping[str, Any]) -> Response:
    board = board_lines.leader_board(campaign, at, common.now())
    return attachment(beside(board_lines.leader_csv, board), f"khoi-truong-{campaign}.csv", exports.CSV)
