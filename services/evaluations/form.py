"""A sheet laid out as the paper form has it: groups and items, what earlier passes gave, what this one gives and shows, totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from services.evaluations import domain
from shared.rubric import Item, Kind
from shared.rubric.panel import as_decimal, weighted


def form_of(
    campaign: Mapping[str, Any],
    key: domain.SubmitSheet,
    ground: domain.Ground,
    state: domain.Sheet,
    earlier: Mapping[str, Mapping[str, domain.Sheet]],
    comments: Sequence[Mapping[str, Any]] = (),
    recused: domain.ScorerRecused | None = None,
) -> dict[str, Any]:
    """The sheet as data; scores in points as given, sums in points after weight and rounding of the item.

    earlier: {pass_key: {scorer: sheet}} of the passes before, in order; only submitted sheets are shown. comments: {item, comment, by, at}
    in the order in which they were made. recused: the recusal of the scorer that stands; nothing can be entered then.
    """
    rows = {item.key: _row(item, ground, state, earlier, comments) for item in ground.rubric.items()}
    opened = campaign["passes"].get(key.pass_key)
    standing = "waiting" if opened is None else "submitted" if state.submitted else "open" if opened["open"] or state.returned else "closed"
    return {
        "campaign": key.campaign,
        "title": campaign["title"],
        "season": campaign["season"],
        "illustrative": campaign["illustrative"],
        "unit": key.unit,
        "pass_key": key.pass_key,
        "scorer": key.scorer,
        "state": standing,
        "editable": recused is None and state.editable(ground),
        "recused": recused and {"ground": recused.ground, "reason": recused.reason},
        "assigned": ground.assigned,
        "version": state.version,
        "due_on": state.returned.due_on if state.returned else ground.due_on,
        "extended": ground.extended and state.returned is None,  # the day by which it is to come back is its own
        "grace_until": ground.grace_until,
        "returned": state.returned and {"reason": state.returned.reason, "items": state.returned.items},
        "requires_all": ground.requires_all,
        "requires_evidence": ground.rule.requires_evidence,
        "blind": ground.rule.blind,
        "passes": [{"pass_key": rule.key, "title": rule.title} for rule in ground.rubric.passes],
        "groups": [
            {
                "key": group.key,
                "title": group.title,
                "maximum": group.maximum,
                "items": [rows[item.key] for item in group.items],
                "sum": sum((_points(item, state) for item in group.items), Decimal(0)),
            }
            for group in ground.rubric.groups
        ],
        "totals": {
            kind.value: sum((abs(_points(item, state)) for item in ground.rubric.items() if item.kind is kind), Decimal(0))
            for kind in (Kind.CONTENT, Kind.BONUS, Kind.PENALTY)
        }
        | {"total": sum((_points(item, state) for item in ground.rubric.items()), Decimal(0)), "scale": ground.rubric.scale},
        "missing": [key for key, row in rows.items() if _missing(row)],
        "evidence_missing": domain.evidence_missing(ground.rubric, state),
    }


def _row(
    item: Item,
    ground: domain.Ground,
    state: domain.Sheet,
    earlier: Mapping[str, Mapping[str, domain.Sheet]],
    comments: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    held = state.scores.get(item.key)
    return {
        "key": item.key,
        "title": item.title,
        "kind": item.kind,
        "maximum": item.maximum,
        "weight": item.weight,
        "places": item.places,
        "evidence_required": item.evidence_required,
        "evidence_note": item.evidence_note,
        "scored_here": item.scored_in(ground.pass_key),
        "score": held.score if held else None,
        "reason": held.reason if held else None,
        "baseline": ground.baseline.get(item.key),
        "previous": [
            {"pass_key": pass_key, "scorer": scorer, "score": given.score, "reason": given.reason}
            for pass_key, sheets in earlier.items()
            for scorer, sheet in sheets.items()
            if sheet.submitted and (given := sheet.scores.get(item.key)) is not None and given.score is not None
        ],
        "evidence": [
            {"sha256": file.sha256, "name": file.name, "media_type": file.media_type, "size": file.size}
            for file in state.evidence.get(item.key, ())
        ],
        "comments": [{name: said[name] for name in ("comment", "by", "at")} for said in comments if said["item"] == item.key],
        "flagged": state.returned is not None and state.returned.flags(item.key) and item.scored_in(ground.pass_key),
    }


def _missing(row: Mapping[str, Any]) -> bool:
    return row["kind"] is Kind.CONTENT and row["scored_here"] and row["score"] is None and row["baseline"] is None


def _points(item: Item, state: domain.Sheet) -> Decimal:
    """What the item adds to the total of this sheet alone, before caps."""
    held = state.scores.get(item.key)
    if held is None or held.score is None or item.kind is Kind.GATE:
        return Decimal(0)
    value = as_decimal(weighted(item, Fraction(held.score)), item.item_rounding)
    return -value if item.kind is Kind.PENALTY else value
