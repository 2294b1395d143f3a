"""What the passes (lượt chấm) gave a unit, read from the sheets that count, from the last pass back and only as far as is asked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Context, Inexact

from services.rankings.domain.lines import Sheet

Turn = Mapping[str, Mapping[str, str]]
"""Of one pass: by scorer and item the score that stands, as text."""

EXACT = Context(prec=400, traps=[Inexact])
"""More digits than any sum of scores has; one that did not fit would be an error, not a rounded sum."""


def turns(sheets: Iterable[Sheet], passes: Sequence[str]) -> Iterator[tuple[str, Turn]]:
    """Those of the passes that have a sheet, the last first."""
    by_pass: dict[str, list[Sheet]] = {}
    for sheet in sheets:
        by_pass.setdefault(sheet.pass_key, []).append(sheet)
    for key in reversed(passes):
        if key in by_pass:
            yield key, {sheet.scorer: _given(sheet) for sheet in by_pass[key]}


def _given(sheet: Sheet) -> Mapping[str, str]:
    return {item: score for item, score in sheet.standing().items() if score is not None}
