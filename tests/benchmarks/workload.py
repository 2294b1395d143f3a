"""What every contestant is given: the same facts for the same streams in the same order, made from one seed before any clock runs."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import Any

import rfc8785

from shared.event import Context

SEED = 20_261_122
STREAMS = 300
PAYLOAD_BYTES = 256
SCORES_PER_EVENT = 2
EVENT_TYPE = "evaluations.ItemsScored"
CONTEXT = Context(actor="account-7", correlation="0192f7a0-0000-7000-8000-000000000001", causation="0192f7a0-0000-7000-8000-000000000002")

_CAMPAIGN = "khoi-noi-chinh-2024"
_PASSES = ("self", "cross_check", "cluster", "central")


@dataclass(frozen=True, slots=True)
class Decision:
    """Facts of one commit on one stream, with the version that the writer saw."""

    stream: str
    version: int
    facts: tuple[dict[str, Any], ...]


def decisions(events: int, per_commit: int, seed: int = SEED) -> list[Decision]:
    """`events` facts in commits of `per_commit`, each on one of STREAMS sheets chosen by Zipf's law (rank r with weight 1/r)."""
    choice = random.Random(seed)
    weights = list(accumulate(1 / rank for rank in range(1, STREAMS + 1)))
    facts = _facts(choice)
    versions: Counter[int] = Counter()
    made = []
    for left in range(events, 0, -per_commit):
        sheet = choice.choices(range(STREAMS), cum_weights=weights)[0]
        unit, pass_key, scorer = _sheet(sheet)
        count = min(per_commit, left)
        chosen = tuple(
            {"campaign": _CAMPAIGN, "unit": unit, "pass_key": pass_key, "scorer": scorer, "scores": scores}
            for scores in islice(facts, count)
        )
        made.append(Decision(f"sheet-{_CAMPAIGN}-{unit}-{pass_key}-{scorer}", versions[sheet], tuple(map(_padded, chosen))))
        versions[sheet] += count
    return made


def count_of(made: list[Decision]) -> int:
    return sum(len(decision.facts) for decision in made)


def _sheet(number: int) -> tuple[str, str, str]:
    return f"unit-{number // 4:03}", _PASSES[number % 4], f"scorer-{number % 7}"


def _facts(choice: random.Random) -> Iterator[list[dict[str, Any]]]:
    while True:
        items = choice.sample(range(1, 40), SCORES_PER_EVENT)
        yield [{"item": f"item-{item:02}", "score": f"{choice.randrange(2_500) / 100:.2f}", "reason": ""} for item in items]


def _padded(data: dict[str, Any]) -> dict[str, Any]:
    """The same fact with a reason long enough that its canonical bytes are PAYLOAD_BYTES."""
    missing = PAYLOAD_BYTES - len(rfc8785.dumps(data))
    if missing < 0:
        raise ValueError(f"A fact takes {PAYLOAD_BYTES - missing} bytes without a reason; PAYLOAD_BYTES leaves no room.")
    data["scores"][0]["reason"] = "x" * missing
    return data
