"""The web pages: Vietnamese first, English second; plain forms that work without scripts."""

from __future__ import annotations

from flask import Blueprint, Flask

from services.gateway.pages import common

CLOCK = common.CLOCK


def register(app: Flask) -> None:
    """Mount the pages and give the templates their words and formats."""
    from services.gateway.pages import audit, awards, boards, campaigns, home, registry, sheets, signing

    common.furnish(app)
    for module in (signing, home, sheets, boards, campaigns, awards, audit, registry):
        part: Blueprint = module.pages
        app.register_blueprint(part)
