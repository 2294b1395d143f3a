"""Charts as plain SVG: bars, rank lines, a radar. Told apart by pattern, dash and mark, not by colour; each says in words what it shows.

The numbers of a chart stand in a table beside it. Drawn without styles and scripts of its own, for the content policy allows neither.
Lengths are pixels of the drawing, which scales with the page.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from markupsafe import Markup, escape

from services.gateway.formats import short

_INK, _SOFT, _LINE = "#1d2433", "#525c6e", "#c3c8d1"
_PATTERNS = (
    '<rect width="8" height="8" fill="#3f4756"/>',
    '<rect width="8" height="8" fill="#fff"/><path d="M-2 2 2-2M0 8 8 0M6 10 10 6" stroke="#3f4756" stroke-width="2"/>',
    '<rect width="8" height="8" fill="#b9bfca"/>',
    '<rect width="8" height="8" fill="#fff"/><circle cx="2" cy="2" r="1.5" fill="#3f4756"/><circle cx="6" cy="6" r="1.5" fill="#3f4756"/>',
    '<rect width="8" height="8" fill="#e4e7ec"/><path d="M0 4H8" stroke="#3f4756" stroke-width="1.5"/>',
    '<rect width="8" height="8" fill="#8b93a1"/><path d="M0 0 8 8" stroke="#fff" stroke-width="1.5"/>',
    '<rect width="8" height="8" fill="#fff"/><path d="M0 0H8M0 0V8" stroke="#3f4756" stroke-width="1.5"/>',
    '<rect width="8" height="8" fill="#fff"/>',
)
_DASHES = ("", "8 4", "2 3", "10 3 2 3", "4 4", "12 3 2 3 2 3")
LABEL_LETTERS_MAX = 30
"""Letters of a name beside a drawing; the table has it whole."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A unit's bar: what each part brings, None where it brings nothing yet, and what stands at its end."""

    name: str
    parts: Sequence[Decimal | None]
    total: str


@dataclass(frozen=True, slots=True)
class Series:
    """The rank of a unit in each season, None where it had none; `marked` is drawn thicker than the others."""

    name: str
    ranks: Sequence[int | None]
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """A criterion of a radar: shares of its maximum, of the unit and of the middle of its cluster (0 to 1)."""

    label: str
    own: Decimal
    middle: Decimal


def bars(identity: str, title: str, description: str, parts: Sequence[str], rows: Sequence[Bar]) -> Markup:
    """Stacked bars, a line for each unit; parts below zero stand left of the axis."""
    left, right, height, gap, head = 250, 90, 22, 10, 34
    above = max((_stacked(row, 1) for row in rows), default=Decimal(0))
    below = max((_stacked(row, -1) for row in rows), default=Decimal(0))
    room = Decimal(1000 - left - right)
    unit = room / (above + below or 1)
    axis = left + below * unit
    drawn: list[str] = []
    for place, row in enumerate(rows):
        top = head + place * (height + gap)
        drawn.append(_text(left - 10, top + height - 6, _cut(row.name), anchor="end"))
        ends = {1: axis, -1: axis}
        for index, part in enumerate(row.parts):
            if part:
                sign = 1 if part > 0 else -1
                width = abs(part) * unit
                start = ends[sign] if sign > 0 else ends[sign] - width
                ends[sign] += sign * width
                drawn.append(_rect(start, top, width, height, f"url(#{identity}-{index % len(_PATTERNS)})"))
        drawn.append(_text(ends[1] + 8, top + height - 6, row.total, weight="bold"))
    bottom = head + len(rows) * (height + gap)
    drawn.append(_line(axis, head - 6, axis, bottom - gap + 6, _INK))
    return _svg(identity, title, description, 1000, bottom, [*_legend(identity, parts), *drawn], patterns=len(parts))


def lines(identity: str, title: str, description: str, seasons: Sequence[str], series: Sequence[Series]) -> Markup:
    """Rank lines: the first rank on top, a dash and a mark for each unit, its name and, where it ends early, its last season."""
    left, right, top, step = 50, 290, 40, 34
    worst = max((rank for one in series for rank in one.ranks if rank is not None), default=1)
    across = Decimal(1000 - left - right) / max(len(seasons) - 1, 1)
    bottom = top + worst * step
    drawn = [_text(left + at * across, 20, season, anchor="middle") for at, season in enumerate(seasons)]
    for rank in range(1, worst + 1):
        drawn.append(_line(left, top + rank * step - step, 1000 - right, top + rank * step - step, _LINE))
        drawn.append(_text(left - 24, top + rank * step - step + 5, str(rank), anchor="end"))
    labels: list[tuple[int, int, Series, str]] = []
    for index, one in enumerate(series):
        points = [(left + at * across, top + (rank - 1) * step) for at, rank in enumerate(one.ranks) if rank is not None]
        if not points:
            continue
        for (x1, y1), (x2, y2) in pairwise(points):
            drawn.append(_line(x1, y1, x2, y2, _INK if one.marked else _SOFT, _DASHES[index % len(_DASHES)], 3.5 if one.marked else 1.6))
        drawn += [_mark(index, x, y) for x, y in points]
        last = max(at for at, rank in enumerate(one.ranks) if rank is not None)
        labels.append((int(points[-1][1]), index, one, "" if last + 1 == len(seasons) else f" ({seasons[last]})"))
    at = 0
    for y, index, one, until in sorted(labels, key=lambda label: label[:2]):
        at = max(y, at + 16)  # those who share a rank are named under one another
        drawn += [_mark(index, Decimal(1000 - right + 18), at), _text(1000 - right + 30, at + 5, _cut(one.name) + until, bold=one.marked)]
    return _svg(identity, title, description, 1000, max(bottom, at + 20), drawn)


def radar(identity: str, title: str, description: str, axes: Sequence[Axis], own: str, middle: str) -> Markup:
    """A unit's shares of the maximum by criterion (full line, dotted area) against the middle of its cluster (dashed line)."""
    x, y, radius = Decimal(350), Decimal(250), Decimal(170)

    def point(at: int, share: Decimal) -> tuple[Decimal, Decimal]:
        turn = 2 * math.pi * at / len(axes) - math.pi / 2
        reach = radius * min(max(share, Decimal(0)), Decimal(1))
        return x + reach * Decimal(math.cos(turn)), y + reach * Decimal(math.sin(turn))

    def outline(shares: Sequence[Decimal], rest: str) -> str:
        said = " ".join(f"{_px(px)},{_px(py)}" for px, py in (point(at, share) for at, share in enumerate(shares)))
        return f'<polygon points="{said}" {rest}/>'

    drawn = [outline([Decimal(ring) / 4] * len(axes), f'fill="none" stroke="{_LINE}"') for ring in (1, 2, 3, 4)]
    for at, axis in enumerate(axes):
        px, py = point(at, Decimal(1))
        drawn.append(_line(x, y, px, py, _LINE))
        tx, ty = x + (px - x) * Decimal("1.1"), y + (py - y) * Decimal("1.1")
        anchor = "middle" if abs(tx - x) < 20 else "start" if tx > x else "end"
        drawn.append(_text(tx, ty + 5, axis.label, anchor=anchor))
    drawn.append(outline([axis.own for axis in axes], f'fill="url(#{identity}-3)" fill-opacity="0.55" stroke="{_INK}" stroke-width="3"'))
    drawn.append(outline([axis.middle for axis in axes], f'fill="none" stroke="{_INK}" stroke-width="2" stroke-dasharray="8 5"'))
    drawn += [_line(40, 480, 90, 480, _INK, "", 3), _text(100, 485, _cut(own)), _line(400, 480, 450, 480, _INK, "8 5", 2)]
    drawn.append(_text(460, 485, middle))
    return _svg(identity, title, description, 700, 500, drawn, patterns=4)


def _svg(identity: str, title: str, description: str, width: int, height: int, drawn: Sequence[str], patterns: int = 0) -> Markup:
    known = [
        f'<pattern id="{identity}-{at}" width="8" height="8" patternUnits="userSpaceOnUse">{shape}</pattern>'
        for at, shape in enumerate(_PATTERNS[:patterns])
    ]
    head = f'<title id="{identity}-title">{escape(title)}</title><desc id="{identity}-desc">{escape(description)}</desc>'
    defined = f"<defs>{''.join(known)}</defs>" if known else ""
    # every text that comes from outside was escaped where it was set
    return Markup(  # noqa: S704
        f'<svg class="chart" role="img" aria-labelledby="{identity}-title {identity}-desc" viewBox="0 0 {width} {height}" '
        f'xmlns="http://www.w3.org/2000/svg" font-size="15" fill="{_INK}">{head}{defined}{"".join(drawn)}</svg>'
    )


def _legend(identity: str, parts: Sequence[str]) -> Iterator[str]:
    at = 10
    for index, part in enumerate(parts):
        yield _rect(Decimal(at), 4, Decimal(22), 14, f"url(#{identity}-{index % len(_PATTERNS)})")
        yield _text(at + 28, 17, part)
        at += 44 + 9 * len(part)


def _stacked(row: Bar, sign: int) -> Decimal:
    return sum((sign * part for part in row.parts if part is not None and sign * part > 0), Decimal(0))


def _rect(x: Decimal, y: int, width: Decimal, height: int, fill: str) -> str:
    return f'<rect x="{_px(x)}" y="{y}" width="{_px(width)}" height="{height}" fill="{fill}" stroke="{_INK}"/>'


def _line(x1: Decimal | int, y1: Decimal | int, x2: Decimal | int, y2: Decimal | int, stroke: str, dash: str = "", width: float = 1) -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<line x1="{_px(x1)}" y1="{_px(y1)}" x2="{_px(x2)}" y2="{_px(y2)}" stroke="{stroke}" stroke-width="{width}"{dashed}/>'


def _text(x: Decimal | int, y: Decimal | int, said: str, *, anchor: str = "start", weight: str = "", bold: bool = False) -> str:
    heavy = ' font-weight="bold"' if weight or bold else ""
    return f'<text x="{_px(x)}" y="{_px(y)}" text-anchor="{anchor}"{heavy}>{escape(said)}</text>'


def _mark(index: int, x: Decimal, y: Decimal | int) -> str:
    """One of four marks, full or empty, by the number of the series."""
    fill = _INK if index // 4 % 2 == 0 else "#fff"
    px, py = _px(x), _px(y)
    match index % 4:
        case 0:
            shape = f'<circle cx="{px}" cy="{py}" r="5"'
        case 1:
            shape = f'<path d="M{px} {py}m-5-5h10v10h-10z"'
        case 2:
            shape = f'<path d="M{px} {py}m0-7 6 11h-12z"'
        case _:
            shape = f'<path d="M{px} {py}m0-7 7 7-7 7-7-7z"'
    return f'{shape} fill="{fill}" stroke="{_INK}" stroke-width="1.5"/>'


def _cut(name: str) -> str:
    return name if len(name) <= LABEL_LETTERS_MAX else f"{name[: LABEL_LETTERS_MAX - 1].rstrip()}…"


def _px(length: Decimal | int) -> str:
    return short(Decimal(length).quantize(Decimal("0.1"))).replace(",", ".")
