"""What if (giả định): the same sheets under other weights, or without some scorers. It answers a question and is never the result."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import ClassVar

from shared.errors import DomainError
from shared.rubric.balance import ADDING
from shared.rubric.model import Group, Rubric

NAMED_MAX = 50
"""Scorers that a refusal names: of thousands nobody reads the list."""


class SuppositionRefused(DomainError):
    """What was supposed speaks of nothing on this board, or is no weight."""

    code: ClassVar[str] = "rankings.supposition_refused"


def reweighted(rubric: Rubric, weights: Mapping[str, Decimal]) -> Rubric:
    """The rubric with other weights of these items; maximums and scale follow, caps and thresholds stay.

    A weight of zero leaves an item out of the total. Raises `ItemUnknown`, `SuppositionRefused` for a weight below zero.
    """
    for key, weight in weights.items():
        rubric.item(key)
        if weight < 0:
            said = [{"at": key, "message": "Must be greater than or equal to 0."}]
            raise SuppositionRefused(f"The weight of {key} is {weight:f}; give 0 or more.", errors=said)
    groups = tuple(_reweighted(group, weights) for group in rubric.groups)
    grown = sum((new.maximum - old.maximum for new, old in zip(groups, rubric.groups, strict=True) if not old.beyond_scale), Decimal(0))
    return replace(rubric, groups=groups, scale=rubric.scale + grown)


def _reweighted(group: Group, weights: Mapping[str, Decimal]) -> Group:
    changed = [item for item in group.items if item.key in weights and item.kind in ADDING]
    grown = sum((item.maximum * (weights[item.key] - item.weight) for item in changed), Decimal(0))
    items = tuple(replace(item, weight=weights.get(item.key, item.weight)) for item in group.items)
    return replace(group, items=items, maximum=group.maximum + grown)


def check_scorers(named: Collection[str], known: Collection[str]) -> None:
    """Raises `SuppositionRefused` for a scorer who is not among those of the board."""
    unknown = sorted(set(named) - set(known))
    if unknown:
        others = f" and {len(known) - NAMED_MAX} others" if len(known) > NAMED_MAX else ""
        told = f"{', '.join(sorted(known)[:NAMED_MAX])}{others}"
        raise SuppositionRefused(f"{', '.join(unknown)} gave no score on this board; it has {told}.", scorers=unknown)
