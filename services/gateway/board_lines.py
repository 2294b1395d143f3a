"""The flag board and the leader board as lines: what their pages show of a unit, and what it rests on, in columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from services.gateway import formats
from services.gateway.exports import Shown, csv_of, standings, whole
from services.gateway.i18n import t


@dataclass(frozen=True, slots=True)
class FlagBoard(Shown):
    """The flag board; tie_steps: by unit what each step of the chain compared, from the standings."""

    tie_steps: Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class FlagLine:
    """A unit on the flag board. reasons: why it may not be proposed; tie_steps: as `FlagBoard` has them."""

    rank: int | None
    unit: str
    name: str
    total: str | None
    eligible: bool
    reasons: Sequence[str]
    tie_steps: Sequence[Mapping[str, Any]]
    candidate: bool


@dataclass(frozen=True, slots=True)
class LeaderLine:
    """A unit on the leader board. answer: consents, declines or None; designated: leader or deputy of the next season, or None."""

    order: int | None
    unit: str
    name: str
    standing: int | None
    led: Sequence[int]
    deputised: Sequence[int]
    leads_now: bool
    answer: str | None
    answered_on: str | None
    reason: str | None
    candidate: bool
    designated: str | None


def flag_board(campaign: str, at: Mapping[str, Any], made_at: datetime) -> FlagBoard:
    """at: {} or {as_of}. Raises NotFound, ExportTooLarge."""
    board = whole(campaign, "flag", at)
    steps = {row["unit"]: row["tie_steps"] for row in standings(campaign, at)["rows"]}
    return FlagBoard(board, made_at, steps)


def leader_board(campaign: str, at: Mapping[str, Any], made_at: datetime) -> Shown:
    """at: {} or {as_of}. Raises NotFound, ExportTooLarge."""
    return Shown(whole(campaign, "leader", at), made_at)


def flag_lines(shown: FlagBoard) -> Iterator[FlagLine]:
    """Every unit, in the order of the board."""
    for row in shown.board["rows"]:
        told = {name: row[name] for name in ("rank", "unit", "name", "total", "eligible", "reasons", "candidate")}
        yield FlagLine(**told, tie_steps=shown.tie_steps.get(row["unit"], ()))


def leader_lines(shown: Shown) -> Iterator[LeaderLine]:
    """Every unit, in the order of the board."""
    designated = shown.board["designated"] or {}
    posts = dict.fromkeys(designated.get("deputies", ()), "deputy") | {designated.get("leader"): "leader"}
    for row in shown.board["rows"]:
        answer = row.get("answer") or {}
        told = {name: row[name] for name in ("unit", "name", "standing", "led", "deputised", "leads_now")}
        yield LeaderLine(
            **told,
            order=row["rank"],
            answer=("consents" if answer["consents"] else "declines") if answer else None,
            answered_on=answer.get("on"),
            reason=answer.get("reason"),
            candidate=bool(row.get("candidate")),
            designated=posts.get(row["unit"]),
        )


def flag_csv(shown: FlagBoard) -> bytes:
    """The flag board as CSV; several reasons or steps in one cell, a semicolon between them."""
    columns = [one.name for one in fields(FlagLine)]
    rows = (asdict(line) | {"reasons": "; ".join(line.reasons), "tie_steps": _steps(line.tie_steps)} for line in flag_lines(shown))
    return csv_of(shown, columns, (row.values() for row in rows))


def leader_csv(shown: Shown) -> bytes:
    """The leader board as CSV, with the rule of the order and what is designated on every line."""
    designated = shown.board["designated"] or {}
    beside = {
        "next_season": shown.board["next_season"],
        "rule": shown.board["rule"],
        "basis": designated.get("basis"),
        "document": designated.get("document"),
    }
    columns = [*(one.name for one in fields(LeaderLine)), *beside]
    rows = (asdict(line) | {"led": _seasons(line.led), "deputised": _seasons(line.deputised)} for line in leader_lines(shown))
    return csv_of(shown, columns, ((*row.values(), *beside.values()) for row in rows))


def tie_words(steps: Sequence[Mapping[str, Any]]) -> str:
    """What the steps of the chain compared, in words, each on a line of its own."""
    return "\n".join(
        f"{_step_words(step)}: {_compared(step)} – {t('why.tie_decided' if step['decided'] else 'why.tie_equal')}" for step in steps
    )


def chain_words(rules: Mapping[str, Any]) -> str:
    """The chain of ties that the rubric declares, in words; "" where it declares none."""
    return " → ".join(_step_words(step) for step in rules.get("tie_breaks") or ())


def answer_words(line: LeaderLine) -> str:
    """What the unit said to leading next season, in words; "" where it said nothing."""
    if line.answer is None:
        return ""
    words = t(f"leader.{line.answer}", day=formats.day(line.answered_on))
    return f"{words} {line.reason}" if line.reason else words


def designated_words(line: LeaderLine, board: Mapping[str, Any]) -> str:
    """As what the unit is designated for the next season, in words; "" where it is not."""
    words = {"leader": "leader.next", "deputy": "leader.next_deputy"}
    return t(words[line.designated], season=board["next_season"]) if line.designated else ""


def leader_facts(board: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Beside the rows of the leader board: the rule of its order, and who is designated, on what basis, by what document."""
    designated, names = board["designated"], board["names"]
    yield t("leader.rule"), t(f"leader.rule_{board['rule']}")
    if designated is None:
        yield t("leader.designated", season=board["next_season"]), t("leader.nobody", season=board["next_season"])
        return
    yield t("leader.designated", season=board["next_season"]), names.get(designated["leader"], designated["leader"])
    if designated["deputies"]:
        yield t("leader.next_deputy", season=board["next_season"]), ", ".join(names.get(unit, unit) for unit in designated["deputies"])
    if designated["basis"]:
        yield t("leader.basis"), t(f"basis.{designated['basis']}")
    if designated["document"]:
        yield t("label.document"), designated["document"]


def _step_words(step: Mapping[str, Any]) -> str:
    return f"{t('tie.' + step['by'])} {step['key']}" if step.get("key") else t("tie." + step["by"])


def _compared(step: Mapping[str, Any]) -> str:
    if step["marks"]:
        return ", ".join(f"{formats.short(mark)} × {times}" for mark, times in step["marks"])
    return formats.short(step["value"]) or "–"


def _steps(steps: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join(_step(step) for step in steps)


def _step(step: Mapping[str, Any]) -> str:
    """As the API names it: "item I.1=12.5", of several marks "count_highest=10x3,9x1", "decided" behind the step that was."""
    named = f"{step['by']} {step['key']}" if step["key"] else step["by"]
    value = ",".join(f"{mark}x{times}" for mark, times in step["marks"]) or step["value"] or ""
    return f"{named}={value}{' decided' if step['decided'] else ''}"


def _seasons(seasons: Sequence[int]) -> str:
    return ", ".join(map(str, seasons))
