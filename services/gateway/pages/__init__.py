"""The web pages: Vietnamese first, English second; plain forms that work without scripts."""

from __future__ import annotations

from flask import Blueprint, Flask

from services.gateway.pages import common

CLOCK = common.CLOCK


def register(app: Flask) -> None:
    """Mount the pages and give the templates their words and formats."""
    from services.gateway.pages import (
        adjustments,
        appeals,
        audit,
        awards,
        ballots,
        boards,
        campaigns,
        ceremony,
        conference,
        conflicts,
        councils,
        evidence,
        exports,
        home,
        initiatives,
        insights,
        inspections,
        organisations,
        pairing,
        people,
        ratings,
        registry,
        rubrics,
        sheet_workbook,
        sheets,
        signing,
        urging,
        workbooks,
        year,
    )

    common.furnish(app)
    for module in (
        signing,
        home,
        sheets,
        sheet_workbook,
        evidence,
        conflicts,
        adjustments,
        appeals,
        boards,
        insights,
        exports,
        ceremony,
        campaigns,
        year,
        pairing,
        inspections,
        urging,
        conference,
        ratings,
        initiatives,
        rubrics,
        ballots,
        awards,
        audit,
        organisations,
        workbooks,
        registry,
        people,
        councils,
    ):
        part: Blueprint = module.pages
        app.register_blueprint(part)
