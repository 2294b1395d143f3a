"""What was typed into a score sheet beside what the sheet holds, row by row.

Three things meet in a row: what stood there when the visitor began (`seen`), what the sheet holds now, and what was typed. Who alone
changed the row has it; where two changed it and differ, it waits until the visitor has seen both and chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.gateway.formats import number, short, typed_number
from services.gateway.i18n import known, t
from services.gateway.problems import code_of
from shared.errors import CommendationError, ValidationFailed

Sheet = Mapping[str, Any]
"""A sheet as `evaluations.sheet` answers it."""


WITHOUT_EVIDENCE = "evaluations.evidence_missing"


class Outcome(StrEnum):
    """Whose a row is."""

    HELD = "held"
    MINE = "mine"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Given:
    """Score and reason of a row, as text."""

    score: str
    reason: str

    @property
    def mark(self) -> str:
        return mark(self.score, self.reason)


@dataclass(slots=True)
class Entry:
    """One row as it is shown.

    score, reason: what stands in its two fields; seen: what stood there when the visitor began; error: why it is not saved; theirs:
    what somebody else has saved there, while it is not chosen between the two; taken: what somebody else has saved stands in the
    fields now; unseen: and the visitor has neither touched the row nor chosen.
    """

    score: str
    reason: str
    seen: str
    outcome: Outcome = Outcome.HELD
    error: str = ""
    theirs: Given | None = None
    taken: bool = False
    unseen: bool = False


@dataclass(slots=True)
class Filled:
    """The rows of a sheet by item key."""

    rows: dict[str, Entry]

    def changes(self) -> list[dict[str, Any]]:
        """The scores to save: those that were changed here and can be read."""
        return [
            {"item": key, "score": typed_number(entry.score), "reason": entry.reason or None}
            for key, entry in self.rows.items()
            if entry.outcome is Outcome.MINE and not entry.error
        ]

    @property
    def contested(self) -> bool:
        return any(entry.theirs is not None for entry in self.rows.values())

    @property
    def faulty(self) -> bool:
        return any(entry.error for entry in self.rows.values())

    @property
    def unseen(self) -> list[str]:
        """The items that somebody else has saved and the visitor has not looked at yet."""
        return [key for key, entry in self.rows.items() if entry.unseen]


def items_of(sheet: Sheet) -> Iterator[dict[str, Any]]:
    return (item for group in sheet["groups"] for item in group["items"])


def takes(sheet: Sheet, item: Mapping[str, Any]) -> bool:
    """Whether the row is filled here: in this pass, and after a return only where the sheet was sent back for it."""
    returned = sheet.get("returned")
    flagged = not returned or not returned["items"] or item["key"] in returned["items"]
    return bool(sheet["editable"] and item["scored_here"] and flagged)


def mark(score: str, reason: str) -> str:
    """Score and reason as one text that is the same for the same score however it is written: "7,5|có"."""
    try:
        score = short(typed_number(score))
    except ValidationFailed:
        score = score.strip()
    return f"{score}|{lines(reason)}"


def lines(text: str) -> str:
    """Text from a form or a cell, whatever ends its lines."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def outcome(seen: str, held: str, typed: str) -> Outcome:
    """Whose a row is, by the marks of what stood there first, what is held now and what was typed."""
    if typed in (seen, held):
        return Outcome.HELD
    return Outcome.MINE if seen == held else Outcome.BOTH


def held(sheet: Sheet) -> Filled:
    """The rows as the sheet holds them."""
    return Filled({item["key"]: _held(item) for item in items_of(sheet)})


def read(sheet: Sheet, form: Mapping[str, str]) -> Filled:
    """What a form brought. Of an item: `score:<key>`, `reason:<key>` and `seen:<key>`; of a row that two have changed also `choice:<key>`
    ("mine" or "theirs") and `theirs:<key>`, the mark of what stood beside it when that was chosen."""
    return Filled({item["key"]: _read(sheet, item, form) for item in items_of(sheet)})


def not_taken(sheet: Sheet, form: Mapping[str, str]) -> dict[str, Given]:
    """What was typed into rows that are not filled here any more, by item: the scorer stepped back meanwhile, or the sheet went on."""
    typed = read({**sheet, "editable": True, "returned": None}, form).rows
    rows = {item["key"]: typed[item["key"]] for item in items_of(sheet) if not takes(sheet, item)}
    return {key: Given(row.score, row.reason) for key, row in rows.items() if row.outcome is not Outcome.HELD}


def refusals(sheet: Sheet, error: CommendationError) -> dict[str, str]:
    """What a refusal of the service says of rows: the words by item."""
    items = {item["key"]: item for item in items_of(sheet)}
    lacks = t("sheet.file_missing" if code_of(error) == WITHOUT_EVIDENCE else "sheet.missing")
    found = {missing: lacks for missing in error.details.get("missing") or [] if missing in items}
    for place in error.details.get("errors") or []:
        if place["at"] in items:
            found[place["at"]] = _row_words(place, items[place["at"]])
    return found


def _row_words(place: Mapping[str, str], item: Mapping[str, Any]) -> str:
    message = f"row.{place.get('code', '')}"
    if known(message):
        return t(message, maximum=short(item["maximum"]), places=item["places"], before=number(item["baseline"]))
    return place["message"]


def _held(item: Mapping[str, Any]) -> Entry:
    score, reason = short(item["score"]), item["reason"] or ""
    return Entry(score, reason, seen=mark(score, reason))


def _read(sheet: Sheet, item: Mapping[str, Any], form: Mapping[str, str]) -> Entry:
    key, theirs = item["key"], _held(item)
    score = form.get(f"score:{key}")
    if score is None or not takes(sheet, item):
        return theirs
    score, reason = score.strip(), lines(form.get(f"reason:{key}", ""))
    typed, seen = mark(score, reason), lines(form.get(f"seen:{key}", theirs.seen))
    whose = outcome(seen, theirs.seen, typed)
    if whose is Outcome.BOTH and lines(form.get(f"theirs:{key}", "")) == theirs.seen:
        whose = {"mine": Outcome.MINE, "theirs": Outcome.HELD}.get(form.get(f"choice:{key}", ""), Outcome.BOTH)
        seen = seen if whose is Outcome.BOTH else theirs.seen
    if whose is Outcome.HELD:
        theirs.taken = typed != theirs.seen
        theirs.unseen = theirs.taken and typed == seen
        return theirs
    entry = Entry(score, reason, seen, whose)
    if whose is Outcome.BOTH:
        entry.theirs = Given(theirs.score, theirs.reason)
        entry.error = t("sheet.choose")
        return entry
    try:
        typed_number(score)
    except ValidationFailed:
        entry.error = t("sheet.number_unclear")
    return entry
