"""The canonical text (RFC 8785) of a board, row by row: of ten thousand units no process has room for every score as data.

A row of the standings says of each item where all its points came from. Nearly all items have at most one score in each pass: their text is
put together from the score's own, with what it is worth looked up from the engine once for each mark. The others go through the engine
score by score. A property of the tests compares both with the board that the engine makes whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from services.rankings import domain
from services.rankings.views import HandIn, scores_of
from shared.plain import plain
from shared.rubric import Rubric
from shared.store.canonical import canonical_text

ROWS = "rows"
_ITEMS = "items"


class Digest:
    """SHA-256 over the canonical text of a board whose rows come one after the other."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        """content: what the board says beside its rows; some of its names come before `rows`, some after."""
        head, self._tail = _around(ROWS, content)
        self._hash = hashlib.sha256(head.encode())
        self._begun = False

    def add(self, row: str) -> None:
        self._hash.update((f",{row}" if self._begun else row).encode())
        self._begun = True

    def hexdigest(self) -> str:
        """Of the rows so far, as if there were no more."""
        whole = self._hash.copy()
        whole.update(self._tail.encode())
        return whole.hexdigest()


def _around(name: str, content: Mapping[str, Any]) -> tuple[str, str]:
    """The text of an object before and after the elements of a list that it has under this name."""
    head = canonical_text({key: value for key, value in content.items() if key < name})
    tail = canonical_text({key: value for key, value in content.items() if key > name})
    return f'{head[:-1]},"{name}":[', f"],{tail[1:]}"


class _Part(NamedTuple):
    """What the text of a score holds that is told by its pass, item and mark alone; the rest is its save's."""

    pass_key: str
    head: str
    """Up to the reason of the score."""
    mark: str
    """As a board writes it."""
    before: str
    """After the score, where a later pass counts: the rest of the result of its pass."""
    last: str
    """After the passes before, where it counts: the rest of the item."""


class Writer:
    """Writes the rows of standings by one rubric."""

    def __init__(self, rubric: Rubric) -> None:
        passes = {key: order for order, key in enumerate(domain.passes_of(rubric))}
        self._passes = passes
        self._rubrics = {item.key: _rubric_of(rubric, item.key) for item in rubric.items()}
        self._absent = {key: self._by_engine(key, "", ()) for key in self._rubrics}
        self._marks: dict[tuple[str, str], domain.ItemResult] = {}
        self._parts: dict[str, dict[tuple[str, str | None], _Part | None]] = {key: {} for key in passes}
        self._last: tuple[Sequence[HandIn], str] = ((), "")

    def text(self, row: domain.Row, sheets: Sequence[HandIn]) -> str:
        """A row of the board, given without its items, with what the sheets of its unit say of them."""
        told = _sealed({**plain(row), "complete": row.complete})
        head, tail = _around(_ITEMS, told)
        return f"{head}{self._items(row.unit, sheets)}{tail}"

    def strays(self, sheets: Sequence[HandIn]) -> list[HandIn]:
        """What these sheets hold of passes or items that the rubric does not know."""
        known = self._rubrics.keys()
        found = []
        for sheet in sheets:
            if sheet.pass_key not in self._passes:
                found.append(sheet)
            elif any(not save["scores"].keys() <= known for save in sheet.saves):
                unknown = ({item: score for item, score in save["scores"].items() if item not in known} for save in sheet.saves)
                found.append(replace(sheet, saves=[{**save, "scores": of} for save, of in zip(sheet.saves, unknown, strict=True)]))
        return found

    def _items(self, unit: str, sheets: Sequence[HandIn]) -> str:
        # a board as shown and the same made anew are written side by side: what both are made of alike is written once
        if sheets != self._last[0] or not sheets:
            self._last = (sheets, self._written(unit, sheets))
        return self._last[1]

    def _written(self, unit: str, sheets: Sequence[HandIn]) -> str:
        given: dict[str, list[tuple[str, _Part]]] = {}
        several: set[str] = set()
        for sheet in sorted((one for one in sheets if one.pass_key in self._passes), key=lambda one: self._passes[one.pass_key]):
            parts = self._parts[sheet.pass_key]
            scorer = f'","scorer":{canonical_text(sheet.scorer)},"unit":{canonical_text(sheet.unit)}}}}}],'
            for save in sheet.saves:
                event = f'{{"contributions":[{{"dropped":false,"score":{{"event":{canonical_text(save["event"])},"item":'
                place = f',"recorded_at":{canonical_text(plain(datetime.fromisoformat(save["recorded_at"])))},"score":"'
                reasons = {item: canonical_text(reason) for item, reason in save["reasons"].items()}
                for scored in save["scores"].items():
                    part = parts[scored] if scored in parts else self._look_up(sheet.pass_key, *scored)
                    item = scored[0]
                    scores = given.get(item)
                    if part is None or (scores and scores[-1][1].pass_key == part.pass_key):
                        several.add(item)
                        continue
                    reason = reasons.get(item, "null") if reasons else "null"
                    score = f"{event}{part.head}{reason}{place}{part.mark}{scorer}", part
                    if scores is None:
                        given[item] = [score]
                    else:
                        scores.append(score)
        return ",".join(
            [
                self._by_engine(key, unit, sheets) if key in several else _of_scores(given[key]) if key in given else absent
                for key, absent in self._absent.items()
            ]
        )

    def _look_up(self, pass_key: str, item: str, score: str | None) -> _Part | None:
        """None where the mark does not stand for itself: it was withdrawn, or a single one is too few, or the item is not the rubric's."""
        result = self._alone(item, score) if score is not None and item in self._rubrics else None
        found = None
        if result is not None and result.note is None:
            (mark,) = result.contributions
            panel, points, value = (canonical_text(plain(figure)) for figure in (result.panel, result.points, result.value))
            key, at, kind = canonical_text(item), canonical_text(pass_key), canonical_text(plain(result.kind))
            rest = f'"note":null,"panel":{panel},"pass_key":{at},'
            found = _Part(
                pass_key=pass_key,
                head=f'{key},"pass_key":{at},"reason":',
                mark=plain(mark.score.score),
                before=f'{rest}"superseded":[],"value":{value}}}',
                last=f'],"key":{key},"kind":{kind},{rest}"points":{points},"superseded":[],"value":{value}}}',
            )
        self._parts[pass_key][item, score] = found
        return found

    def _alone(self, item: str, score: str) -> domain.ItemResult:
        """What a single scorer's mark of an item comes to, in whichever pass."""
        if (item, score) not in self._marks:
            sheet = HandIn("", next(iter(self._passes)), "", [{**_NO_SAVE, "scores": {item: score}}])
            self._marks[item, score] = self._result(item, "", [sheet])
        return self._marks[item, score]

    def _by_engine(self, key: str, unit: str, sheets: Sequence[HandIn]) -> str:
        return canonical_text(plain(self._result(key, unit, sheets)))

    def _result(self, key: str, unit: str, sheets: Sequence[HandIn]) -> domain.ItemResult:
        of_item = [
            replace(sheet, saves=[{**save, "scores": {key: save["scores"][key]}} for save in sheet.saves if key in save["scores"]])
            for sheet in sheets
        ]
        (row,) = domain.standings(self._rubrics[key], [unit], scores_of(of_item)).rows
        return row.items[0]


def _of_scores(scores: Sequence[tuple[str, _Part]]) -> str:
    """An item that has one score in each of some passes, in their order: the last one counts."""
    history = ",".join([f"{text}{part.before}" for text, part in scores[:-1]])
    text, part = scores[-1]
    return f'{text}"history":[{history}{part.last}'


_NO_SAVE: Mapping[str, Any] = {"recorded_at": "1970-01-01T00:00:00Z", "version": 1, "event": "", "reasons": {}}


def of_row(row: Mapping[str, Any]) -> str:
    """The text of a row, given whole as data."""
    return canonical_text(_sealed(row))


def _sealed(row: Mapping[str, Any]) -> dict[str, Any]:
    """Without the name of its unit; without adjustments it says what it said before there were any."""
    return {name: value for name, value in row.items() if name != "name" and (name, value) != ("adjustments", [])}


def _rubric_of(rubric: Rubric, key: str) -> Rubric:
    """The rubric with one item alone, which comes to the same under it."""
    group = next(group for group in rubric.groups if any(item.key == key for item in group.items))
    items = tuple(item for item in group.items if item.key == key)
    return replace(rubric, groups=(replace(group, items=items),), caps=(), tie_breaks=())
