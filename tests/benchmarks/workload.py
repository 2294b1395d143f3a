"""What every side is given: the same facts for the same streams in the same order, made from one seed before any clock runs."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import accumulate, islice
from typing import Any

from services.evaluations.domain import Ground, ItemScore, ScoreItems
from shared.event import Context
from shared.rubric import Rubric
from shared.rubric.model import Group, Item, PassRule

SEED = 20_261_122
SHEETS = 300
"""Sheets that are worked on at the same time."""

EVENTS_PER_SHEET = 20
"""Events of one sheet on average, before work goes on to the next SHEETS."""

PAYLOADS = (256, 512)
"""Canonical bytes of an event's data; every job that has events is measured with each."""

SCORES_PER_EVENT = 2
EVENT_TYPE = "evaluations.ItemsScored"
CONTEXT = Context(actor="account-7", correlation="0192f7a0-0000-7000-8000-000000000001", causation="0192f7a0-0000-7000-8000-000000000002")

_CAMPAIGN = "khoi-noi-chinh-2024"
_PASSES = ("self", "cross_check", "cluster", "central")
_ITEMS = 40
_MAXIMUM = Decimal(25)

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), check_circular=False).encode


@dataclass(frozen=True, slots=True)
class Sheet:
    """The key of a score sheet, and so of its stream."""

    unit: str
    pass_key: str
    scorer: str
    campaign: str = _CAMPAIGN

    @staticmethod
    def numbered(number: int) -> Sheet:
        return Sheet(f"unit-{number // len(_PASSES):07}", _PASSES[number % len(_PASSES)], f"scorer-{number % 7}")

    @property
    def stream(self) -> str:
        return f"sheet-{self.campaign}:{self.unit}:{self.pass_key}:{self.scorer}"

    def key(self) -> dict[str, str]:
        return {"campaign": self.campaign, "unit": self.unit, "pass_key": self.pass_key, "scorer": self.scorer}


@dataclass(frozen=True, slots=True)
class Decision:
    """Facts of one commit on one stream, with the version that the writer saw."""

    stream: str
    version: int
    facts: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event of a log that is filled without deciding anything: what differs from event to event, its data as canonical text."""

    position: int
    stream: str
    version: int
    data: str


@dataclass(frozen=True, slots=True)
class History:
    """A stream that is there before the clock runs."""

    sheet: Sheet
    facts: tuple[dict[str, Any], ...]


def decisions(events: int, per_commit: int, payload_bytes: int, known: dict[Sheet, int] | None = None) -> list[Decision]:
    """`events` facts in commits of `per_commit`, each on one of SHEETS sheets chosen by Zipf's law (rank r with weight 1/r).

    known: sheets that are chosen from, with the versions of their streams, in place of SHEETS new ones.
    """
    choice = random.Random(SEED)
    versions = Counter(known if known is not None else {Sheet.numbered(number): 0 for number in range(SHEETS)})
    sheets = list(versions)
    weights = _zipf(len(sheets))
    facts = _scores(choice)
    made = []
    for left in range(events, 0, -per_commit):
        sheet = choice.choices(sheets, cum_weights=weights)[0]
        count = min(per_commit, left)
        chosen = tuple(_fact(sheet, scores, payload_bytes) for scores in islice(facts, count))
        made.append(Decision(sheet.stream, versions[sheet], chosen))
        versions[sheet] += count
    return made


def count_of(made: list[Decision]) -> int:
    return sum(len(decision.facts) for decision in made)


def recorded(events: int, payload_bytes: int) -> Iterator[Recorded]:
    """A log of `events` events: SHEETS sheets at a time by Zipf's law, EVENTS_PER_SHEET each on average, then the next SHEETS."""
    choice = random.Random(SEED)
    weights = _zipf(SHEETS)
    # of each pass some hundred texts, filled up to length once: to make each anew would take longer than to write it
    texts = {pass_key: [_template(pass_key, scores, payload_bytes) for scores in islice(_scores(choice), 200)] for pass_key in _PASSES}
    position = 0
    while position < events:
        first = position // (SHEETS * EVENTS_PER_SHEET) * SHEETS
        versions = [0] * SHEETS
        for number in choice.choices(range(SHEETS), cum_weights=weights, k=min(SHEETS * EVENTS_PER_SHEET, events - position)):
            position += 1
            versions[number] += 1
            sheet = Sheet.numbered(first + number)
            head, tail = texts[sheet.pass_key][position % 200]
            yield Recorded(position, sheet.stream, versions[number], f"{head}{sheet.scorer}{tail}{sheet.unit}{_END}")


def histories(sheets: int, events_min: int, events_max: int, payload_bytes: int) -> list[History]:
    """Streams of `events_min` to `events_max` events, one for each sheet."""
    choice = random.Random(SEED)
    scores = _scores(choice)
    made = []
    for sheet in map(Sheet.numbered, range(sheets)):
        count = choice.randint(events_min, events_max)
        made.append(History(sheet, tuple(_fact(sheet, given, payload_bytes) for given in islice(scores, count))))
    return made


def commands(count: int, known: list[History], payload_bytes: int) -> list[ScoreItems]:
    """`count` commands on these sheets, chosen by Zipf's law; each gives scores and reasons that its sheet does not hold yet."""
    choice = random.Random(SEED + 1)
    weights = _zipf(len(known))
    made = []
    for number, given in enumerate(islice(_scores(choice), count)):
        sheet = choice.choices(known, cum_weights=weights)[0].sheet
        for score in given:
            score["reason"] = f"command {number:08}"
        data = _fact(sheet, given, payload_bytes)
        made.append(ScoreItems(sheet.campaign, sheet.unit, sheet.pass_key, sheet.scorer, item_scores(data)))
    return made


def item_scores(data: dict[str, Any]) -> tuple[ItemScore, ...]:
    """The scores of a fact as the domain has them."""
    return tuple(ItemScore(given["item"], Decimal(given["score"]), given["reason"]) for given in data["scores"])


@cache
def ground(pass_key: str) -> Ground:
    """What decisions on a sheet rest on: a pass that is open, a rubric that knows the items, no earlier pass."""
    items = tuple(Item(_item(number), f"Item {number}", _MAXIMUM) for number in range(_ITEMS))
    total = _MAXIMUM * _ITEMS
    passes = tuple(PassRule(key, key) for key in _PASSES)
    rubric = Rubric("bench", "Benchmark", 2024, total, (Group("all", "All", total, items),), passes)
    return Ground(rubric, pass_key, open=True, assigned=True, due_on=None, today=date(2024, 11, 1), baseline={})


def _zipf(ranks: int) -> list[float]:
    return list(accumulate(1 / rank for rank in range(1, ranks + 1)))


def _item(number: int) -> str:
    return f"item-{number:02}"


def _scores(choice: random.Random) -> Iterator[list[dict[str, Any]]]:
    while True:
        items = choice.sample(range(_ITEMS), SCORES_PER_EVENT)
        yield [{"item": _item(item), "score": f"{choice.randrange(2_500) / 100:.2f}", "reason": ""} for item in items]


def _fact(sheet: Sheet, scores: list[dict[str, Any]], payload_bytes: int) -> dict[str, Any]:
    """The scores on this sheet, the first with a reason long enough that the canonical bytes are `payload_bytes`."""
    data = {**sheet.key(), "scores": scores}
    missing = payload_bytes - len(_encode(data))
    if missing < 0:
        raise ValueError(f"A fact takes {payload_bytes - missing} bytes as it is; payloads of {payload_bytes} leave no room.")
    scores[0]["reason"] += "x" * missing
    return data


_END = '"}'


def _template(pass_key: str, scores: list[dict[str, Any]], payload_bytes: int) -> tuple[str, str]:
    """A fact's canonical text before and after its scorer; the unit and _END come last."""
    sheet = Sheet("unit-0000000", pass_key, "scorer-0")
    head, scorer, rest = _encode(_fact(sheet, scores, payload_bytes)).partition(sheet.scorer)
    tail, unit, end = rest.rpartition(sheet.unit)
    if (scorer, unit, end) != (sheet.scorer, sheet.unit, _END):
        raise ValueError("The unit is no longer the last of a fact's canonical text; see `recorded`.")
    return head, tail
