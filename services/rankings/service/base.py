"""What the parts of the rankings service share."""

from __future__ import annotations

from datetime import datetime

from services.rankings import boards, parts, views
from shared.bounds import BOARD_ROWS_PAGE, BOARD_ROWS_PAGE_MAX, YEARS
from shared.errors import ValidationFailed
from shared.rpc import Request
from shared.schema import Catalogue
from shared.service import FactsProvider, Service, ViewsProvider


class Part(Service):
    """Base of the parts. Rankings own no facts; their read model follows the feeds of the others."""

    name = "rankings"
    model = views.MODEL
    facts = FactsProvider(Catalogue("rankings"))
    views = ViewsProvider(views.MODEL)


def board_of(request: Request) -> boards.BoardName:
    name = str(request.data["board"])
    if name not in list(boards.BoardName):
        raise ValidationFailed(f"There is no board {name!r}; ask for {', '.join(boards.BoardName)}.")
    return boards.BoardName(name)


def as_of(request: Request) -> datetime | None:
    text = request.data.get("as_of")
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(str(text))
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None or instant.year not in YEARS:
        raise ValidationFailed(f"as_of is {text!r}; give an instant of our time with its zone, such as 2024-04-10T09:00:00+07:00.")
    return instant


def part_of(request: Request) -> parts.Part | None:
    """The part of a board that is asked for, None where none is. Raises ValidationFailed."""
    asked = {name: request.data[name] for name in ("limit", "after", "search") if request.data.get(name) is not None}
    if not asked:
        return None
    limit, after = asked.get("limit", BOARD_ROWS_PAGE), asked.get("after", 0)
    if type(limit) is not int or not 1 <= limit <= BOARD_ROWS_PAGE_MAX:
        raise ValidationFailed(f"limit is {limit!r}; ask for 1 to {BOARD_ROWS_PAGE_MAX} rows.")
    if type(after) is not int or after < 0:
        raise ValidationFailed(f"after is {after!r}; give the number of rows to pass over, 0 or more.")
    return parts.Part(limit, after, str(asked.get("search", "")))
