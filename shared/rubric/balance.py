"""Whether a rubric adds up and can work, before anyone may score by it.

Hand-typed score tables are often wrong: of two tables in real use one declared 70 points over items that sum to 65,
another 30 over items that sum to 30.5. Such a table is refused with every difference named.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from shared.rubric.errors import RubricInvalid, RubricUnbalanced
from shared.rubric.model import Group, Item, Kind, Rounding, Rubric, Statistic, TieBy
from shared.rubric.panel import as_decimal

PLACES_MAX = 12
ADDING = frozenset({Kind.CONTENT, Kind.BONUS})
_CAP_WHOLES = ("bonus", "penalty", "total")
_GROUP = "group:"


@dataclass(frozen=True, slots=True)
class Imbalance:
    """Declared and found sum in points; `at` is "group:<key>" or "scale", `difference` is found - declared."""

    at: str
    title: str
    declared: Decimal
    found: Decimal
    difference: Decimal

    def __str__(self) -> str:
        where = "the scale" if self.at == "scale" else f"group {self.at.removeprefix(_GROUP)} ({self.title})"
        what = "its groups sum to" if self.at == "scale" else "its items sum to"
        return f"{where} declares {self.declared:f} but {what} {self.found:f}, a difference of {self.difference:+f}"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a rubric cannot work, `at` the part that has to change."""

    at: str
    message: str

    def __str__(self) -> str:
        return f"{self.at}: {self.message}"


def check(rubric: Rubric) -> None:
    """Refuse, naming all that is wrong, a rubric that cannot work (`RubricInvalid`) or add up (`RubricUnbalanced`)."""
    wrong, unequal = problems(rubric), imbalances(rubric)
    if not wrong and not unequal:
        return
    details = {
        "rubric": rubric.key,
        "errors": [{"at": problem.at, "message": problem.message} for problem in wrong],
        "imbalances": [
            {
                "at": one.at,
                "title": one.title,
                "declared": f"{one.declared:f}",
                "found": f"{one.found:f}",
                "difference": f"{one.difference:f}",
            }
            for one in unequal
        ],
    }
    said = "; ".join(map(str, (*wrong, *unequal)))
    if wrong:
        raise RubricInvalid(f"Rubric {rubric.key} cannot be used: {said}. Correct these parts.", **details)
    raise RubricUnbalanced(f"Rubric {rubric.key} does not add up: {said}. Correct the maximums or the declared sums.", **details)


def imbalances(rubric: Rubric) -> tuple[Imbalance, ...]:
    """Items against their group (maximum x weight of content and bonus), then groups against the scale."""
    found = [_compare(f"{_GROUP}{group.key}", group.title, group.maximum, _sum_of_items(rubric, group)) for group in rubric.groups]
    on_scale = sum((Fraction(group.maximum) for group in rubric.groups if not group.beyond_scale), Fraction(0))
    found.append(_compare("scale", rubric.title, rubric.scale, on_scale))
    return tuple(one for one in found if one is not None)


def problems(rubric: Rubric) -> tuple[Problem, ...]:
    """What keeps the rubric from working, whatever its sums."""
    return tuple(_problems(rubric))


def _compare(at: str, title: str, declared: Decimal, found: Fraction) -> Imbalance | None:
    difference = found - Fraction(declared)
    return Imbalance(at, title, declared, as_decimal(found), as_decimal(difference)) if difference else None


def _sum_of_items(rubric: Rubric, group: Group) -> Fraction:
    whole = sum((Fraction(i.maximum) * Fraction(i.weight) for i in group.items if i.kind in ADDING), Fraction(0))
    # A list of bonuses is often longer than what may be earned from it: the group's cap is then its maximum.
    caps = [Fraction(cap.maximum) for cap in rubric.caps if cap.over == f"{_GROUP}{group.key}"]
    return min([whole, *caps])


def _problems(rubric: Rubric) -> Iterator[Problem]:
    groups = [group.key for group in rubric.groups]
    items = [item.key for item in rubric.items()]
    yield from _repeated("groups", groups)
    yield from _repeated("items", items)
    yield from _repeated("passes", [rule.key for rule in rubric.passes])
    yield from _repeated("caps", [cap.over for cap in rubric.caps])
    yield from _repeated("tie_breaks", [f"{step.by} {step.key or ''}".strip() for step in rubric.tie_breaks])
    if not rubric.groups:
        yield Problem("groups", "there are none; add at least one group with items")
    if not rubric.passes:
        yield Problem("passes", "there are none; name at least one pass, such as self")
    if rubric.scale <= 0:
        yield Problem("scale", f"{rubric.scale:f} is not above 0; give the sum of the groups")
    yield from _rounding("total_rounding", rubric.total_rounding)
    for group in rubric.groups:
        at = f"group {group.key}"
        if not group.items:
            yield Problem(at, "it has no items; add some or remove the group")
        if group.maximum < 0:
            yield Problem(at, f"maximum {group.maximum:f} is below 0")
        if group.beyond_scale and any(item.kind is Kind.CONTENT for item in group.items):
            yield Problem(at, "beyond_scale is for bonus only, but the group holds content items")
        for item in group.items:
            yield from _item_problems(item)
    for cap in rubric.caps:
        if cap.over not in _CAP_WHOLES and cap.over.removeprefix(_GROUP) not in groups:
            yield Problem(f"cap over {cap.over}", 'unknown; use "bonus", "penalty", "total" or "group:<key of a group>"')
        if cap.maximum < 0:
            yield Problem(f"cap over {cap.over}", f"maximum {cap.maximum:f} is below 0")
    for step in rubric.tie_breaks:
        known = {TieBy.GROUP: groups, TieBy.ITEM: items}.get(step.by)
        if known is None and step.key is not None:
            yield Problem(f"tie-break {step.by}", f"it takes no key, but has {step.key}")
        elif known is not None and step.key not in known:
            yield Problem(f"tie-break {step.by}", f"key {step.key} is none of: {', '.join(known)}")


def _item_problems(item: Item) -> Iterator[Problem]:
    at = f"item {item.key}"
    if item.maximum < 0:
        yield Problem(at, f"maximum {item.maximum:f} is below 0; a penalty is given as a positive magnitude")
    if item.weight <= 0:
        yield Problem(at, f"weight {item.weight:f} is not above 0")
    if not 0 <= item.places <= PLACES_MAX:
        yield Problem(at, f"places {item.places} is outside 0 to {PLACES_MAX}")
    if item.statistic is Statistic.TRIMMED_MEAN and item.dropped < 1:
        yield Problem(at, "trimmed_mean leaves nothing out; set dropped to 1 or more")
    if item.statistic is not Statistic.TRIMMED_MEAN and item.dropped != 0:
        yield Problem(at, f"dropped {item.dropped} applies to trimmed_mean only, not to {item.statistic}")
    if item.kind is Kind.GATE and item.threshold is None:
        yield Problem(at, "a gate needs a threshold below which a unit is not ranked")
    if item.threshold is not None:
        if item.kind in (Kind.BONUS, Kind.PENALTY):
            yield Problem(at, f"a {item.kind} item has no threshold; use a gate or a content item")
        if not 0 <= item.threshold <= item.maximum:
            yield Problem(at, f"threshold {item.threshold:f} is outside 0 to its maximum {item.maximum:f}")
    yield from _rounding(f"{at}, panel_rounding", item.panel_rounding)
    yield from _rounding(f"{at}, item_rounding", item.item_rounding)


def _rounding(at: str, rounding: Rounding | None) -> Iterator[Problem]:
    if rounding is not None and not 0 <= rounding.places <= PLACES_MAX:
        yield Problem(at, f"places {rounding.places} is outside 0 to {PLACES_MAX}")


def _repeated(at: str, keys: list[str]) -> Iterator[Problem]:
    for key, times in Counter(keys).items():
        if times > 1:
            yield Problem(at, f"{key} stands {times} times; each may stand once")
