"""The web pages: Vietnamese first, English second; plain forms that work without scripts."""

from __future__ import annotations

from flask import Blueprint, Flask

from services.gateway.pages import common

CLOCK = common.CLOCK


def register(app: Flask) -> None:
    """Mount the pages and give the templates their words and formats."""
    from services.gateway.pages import (
        audit,
        awards,
        boards,
        campaigns,
        conference,
        councils,
        home,
        inspections,
        organisations,
        pairing,
        people,
        registry,
        rubrics,
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
        boards,
        campaigns,
        year,
        pairing,
        inspections,
        urging,
        conference,
        rubrics,
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
