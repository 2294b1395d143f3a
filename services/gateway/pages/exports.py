"""What is made of a campaign's boards: files to take along, pages to print, charts. The board's own freeze holds in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from statistics import median
from typing import Any

from flask import Response, render_template, request

from services.gateway import board_files, board_lines, charts, exports
from services.gateway.formats import short
from services.gateway.i18n import t
from services.gateway.network import query
from services.gateway.pages import boards, common
from services.gateway.workbooks.boards import head_of

pages = common.blueprint("exports")

SEASONS_MAX = 8
"""Seasons of the rank lines, the latest: of more the lines cannot be followed."""

UNITS_MAX = 40
"""Units of a chart: of more the lines cannot be told apart; the table beside it has the same units."""

AXES_MIN, AXES_MAX = 3, 12
"""Criteria of a radar: two make no area, and of more the names run into one another."""


@pages.get("/campaigns/<campaign>/exports")
def overview(campaign: str) -> str:
    board = exports.standings(campaign, {})
    return render_template("exports.html", board=board, state=exports.state_of(board))


@pages.get("/campaigns/<campaign>/exports/standings.xlsx")
def excel(campaign: str) -> Response:
    return board_files.standings_excel(campaign, _at())


@pages.get("/campaigns/<campaign>/exports/scores.csv")
def scores(campaign: str) -> Response:
    return board_files.scores_csv(campaign, _at())


@pages.get("/campaigns/<campaign>/exports/flag.xlsx")
def flag_excel(campaign: str) -> Response:
    return board_files.flag_excel(campaign, _at())


@pages.get("/campaigns/<campaign>/exports/flag.csv")
def flag_lines(campaign: str) -> Response:
    return board_files.flag_csv(campaign, _at())


@pages.get("/campaigns/<campaign>/exports/leader.xlsx")
def leader_excel(campaign: str) -> Response:
    return board_files.leader_excel(campaign, _at())


@pages.get("/campaigns/<campaign>/exports/leader.csv")
def leader_lines(campaign: str) -> Response:
    return board_files.leader_csv(campaign, _at())


@pages.get("/campaigns/<campaign>/exports/flag/print")
def flag_printed(campaign: str) -> str:
    shown = board_lines.flag_board(campaign, _at(), common.now())
    chain = board_lines.chain_words(shown.board["rules"])
    facts = [(t("standings.chain"), chain)] if chain else []
    return _printed(shown, facts, list(board_lines.flag_lines(shown)))


@pages.get("/campaigns/<campaign>/exports/leader/print")
def leader_printed(campaign: str) -> str:
    shown = board_lines.leader_board(campaign, _at(), common.now())
    return _printed(shown, list(board_lines.leader_facts(shown.board)), list(board_lines.leader_lines(shown)))


@pages.get("/campaigns/<campaign>/exports/print")
def printed(campaign: str) -> str:
    """The board on A4, and with `sheets` the summary of each unit, a page for each."""
    export = _export(campaign)
    sheets = list(exports.summaries(export)) if "sheets" in request.args else []
    return render_template("print.html", export=export, board=export.board, head=list(head_of(export)), sheets=sheets, whole=True)


@pages.get("/campaigns/<campaign>/exports/units/<unit>")
def summary(campaign: str, unit: str) -> str:
    """The summary of one unit as the paper form has it."""
    export = _export(campaign, unit)
    sheets = list(exports.summaries(export))
    return render_template("print.html", export=export, board=export.board, head=list(head_of(export)), sheets=sheets, whole=False)


@pages.get("/campaigns/<campaign>/charts")
def drawn(campaign: str) -> str:
    at, words = boards.as_of()
    board = exports.standings(campaign, at)
    shown = [row for row in board["rows"] if row["total"] is not None][:UNITS_MAX]
    ranked = [row for row in board["rows"] if row["rank"] is not None]
    unit = request.args.get("unit") or (ranked[0]["unit"] if ranked else None)
    own = next((row for row in board["rows"] if row["unit"] == unit and row["total"] is not None), None)
    runs, series = _seasons(board, shown, unit)
    axes = _axes(board, own, ranked) if own else []
    return render_template(
        "charts.html",
        board=board,
        shown=shown,
        unit=unit,
        own=own,
        words=words,
        as_of=request.args.get("as_of", ""),
        bars=_bars(board, shown),
        runs=runs,
        series=series,
        lines=_lines(board, runs, series) if len(runs) > 1 else None,
        axes=axes,
        radar=_radar(board, own, axes) if own and len(axes) >= AXES_MIN else None,
    )


def _at() -> Mapping[str, Any]:
    return boards.as_of()[0]


def _export(campaign: str, unit: str | None = None) -> exports.Export:
    return exports.gathered(campaign, _at(), common.now(), unit)


def _printed(shown: exports.Shown, facts: Sequence[tuple[str, str]], lines: Sequence[Any]) -> str:
    return render_template(
        "print_board.html",
        board=shown.board,
        head=[*head_of(shown), *facts],
        lines=lines,
        tie_words=board_lines.tie_words,
        answer_words=board_lines.answer_words,
        designated_words=board_lines.designated_words,
    )


def _bars(board: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    groups = board["rules"]["groups"]
    drawn = [charts.Bar(row["name"], [_number(row["groups"].get(group["key"])) for group in groups], short(row["total"])) for row in rows]
    said = "; ".join(f"{bar.name} {bar.total}" for bar in drawn)
    return charts.bars("bars", t("chart.bars"), f"{board['title']}. {said}.", [group["key"] for group in groups], drawn)


def _seasons(
    board: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], marked: str | None
) -> tuple[list[dict[str, Any]], list[charts.Series]]:
    """The campaigns of the cluster up to this one, the latest of them, and the rank of each unit in each, as its board shows it."""
    campaigns = [row for row in query("rankings", "boards") if row["cluster"] == board["cluster"] and row["season"] <= board["season"]]
    # of one season the campaign that is looked at comes last
    campaigns.sort(key=lambda row: (row["season"], row["campaign"] == board["campaign"]))
    runs = [row for row in campaigns if row["season"] < board["season"] or row["campaign"] == board["campaign"]][-SEASONS_MAX:]
    ranks = []
    for run in runs:
        found = board if run["campaign"] == board["campaign"] else exports.standings(run["campaign"], {})
        ranks.append({row["unit"]: row["rank"] for row in found["rows"]})
    series = [charts.Series(row["name"], [of.get(row["unit"]) for of in ranks], row["unit"] == marked) for row in rows]
    return runs, [one for one in series if any(rank is not None for rank in one.ranks)]


def _lines(board: Mapping[str, Any], runs: Sequence[Mapping[str, Any]], series: Sequence[charts.Series]) -> str:
    said = "; ".join(f"{one.name}: {', '.join('–' if rank is None else str(rank) for rank in one.ranks)}" for one in series)
    description = f"{board['cluster_name'] or board['cluster']}. {said}."
    return charts.lines("lines", t("chart.lines"), description, [str(run["season"]) for run in runs], series)


def _axes(board: Mapping[str, Any], own: Mapping[str, Any], ranked: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The groups, or where these are few the content items: {key, title, maximum, own, middle: the median of the ranked units}."""
    groups = [group for group in board["rules"]["groups"] if Decimal(group["maximum"])]
    if len(groups) >= AXES_MIN:
        asked = [(one["key"], one["title"], Decimal(one["maximum"])) for one in groups]
        values = {row["unit"]: {key: _number(value) for key, value in row["groups"].items()} for row in (own, *ranked)}
    else:
        items = [item for group in groups for item in group["items"] if item.get("kind", "content") == "content"]
        asked = [(one["key"], one["title"], Decimal(one["maximum"]) * Decimal(one.get("weight", "1"))) for one in items]
        told = {record["unit"]: record["items"] for record in _records(board, own, ranked)}
        values = {unit: {item["key"]: _number(item["points"]) for item in items} for unit, items in told.items()}
    return [
        {"key": key, "title": title, "maximum": maximum, "own": values[own["unit"]].get(key), "middle": _middle(values, ranked, key)}
        for key, title, maximum in asked[:AXES_MAX]
        if maximum
    ]


def _records(board: Mapping[str, Any], own: Mapping[str, Any], ranked: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    at = {"as_of": board["as_of"]} if board["as_of"] else {}
    units = list(dict.fromkeys([own["unit"], *(row["unit"] for row in ranked)]))[:UNITS_MAX]
    told: Sequence[Mapping[str, Any]] = query("rankings", "records", campaign=board["campaign"], units=units, **at)
    return told


def _middle(values: Mapping[str, Mapping[str, Decimal | None]], ranked: Sequence[Mapping[str, Any]], key: str) -> Decimal | None:
    """Of the units that have a score there: absent is not zero."""
    given = [value for row in ranked if (value := values.get(row["unit"], {}).get(key)) is not None]
    return median(given) if given else None


def _radar(board: Mapping[str, Any], own: Mapping[str, Any], axes: Sequence[Mapping[str, Any]]) -> str:
    def share(value: Decimal | None, maximum: Decimal) -> Decimal:
        return (value or Decimal(0)) / maximum

    drawn = [charts.Axis(one["key"], share(one["own"], one["maximum"]), share(one["middle"], one["maximum"])) for one in axes]
    said = "; ".join(f"{one['title']}: {short(one['own']) or '–'} / {short(one['middle']) or '–'}" for one in axes)
    return charts.radar("radar", t("chart.radar", name=own["name"]), f"{said}.", drawn, own["name"], t("chart.middle"))


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
