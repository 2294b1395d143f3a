"""Whether a rubric adds up and can work, before anyone may score by it.

Hand-typed score tables are often wrong: of two tables in real use one declared 70 points over items that sum to 65,
another 30 over items that sum to 30.5. Such a table is refused with every difference named.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from shared.plain import plain
from shared.rubric.errors import RubricInvalid, RubricUnbalanced
from shared.rubric.model import APPEAL, Group, Item, Kind, Rounding, Rubric, Statistic, TieBy
from shared.rubric.panel import as_decimal

PLACES_MAX = 12
ADDING = frozenset({Kind.CONTENT, Kind.BONUS})
_CAP_WHOLES = ("bonus", "penalty", "total")
_GROUP = "group:"
_GROUP_AT, _ITEM_AT = "group ", "item "


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
    """Why a rubric cannot work, `at` the part that has to change.

    `code` stands for the rule, with the `values` that its words name, for whoever says it in another language.
    """

    at: str
    code: str
    message: str
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.at}: {self.message}"


def check(rubric: Rubric) -> None:
    """Refuse, naming all that is wrong, a rubric that cannot work (`RubricInvalid`) or add up (`RubricUnbalanced`)."""
    wrong, unequal = problems(rubric), imbalances(rubric)
    if not wrong and not unequal:
        return
    details = {
        "rubric": rubric.key,
        "errors": [plain(problem) for problem in wrong],
        "imbalances": [plain(one) for one in unequal],
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
    yield from _repeated("passes", list(rubric.pass_keys()))
    yield from _repeated("caps", [cap.over for cap in rubric.caps])
    yield from _repeated("tie_breaks", [f"{step.by} {step.key or ''}".strip() for step in rubric.tie_breaks])
    yield from _head_problems(rubric)
    for group in rubric.groups:
        at = f"{_GROUP_AT}{group.key}"
        yield from _titled(at, group.title)
        if not group.items:
            yield Problem(at, "group_empty", "it has no items; add some or remove the group")
        if group.maximum < 0:
            yield _negative(at, group.maximum)
        if group.beyond_scale and any(item.kind is Kind.CONTENT for item in group.items):
            yield Problem(at, "beyond_scale_content", "beyond_scale is for bonus only, but the group holds content items")
        for item in group.items:
            yield from _item_problems(rubric, item)
    for cap in rubric.caps:
        at = f"cap over {cap.over}"
        if cap.over not in (*_CAP_WHOLES, *(f"{_GROUP}{key}" for key in groups)):
            yield Problem(at, "cap_unknown", 'unknown; use "bonus", "penalty", "total" or "group:<key of a group>"')
        if cap.maximum < 0:
            yield _negative(at, cap.maximum)
    for step in rubric.tie_breaks:
        at = f"tie-break {step.by}"
        known = {TieBy.GROUP: groups, TieBy.ITEM: items}.get(step.by)
        if known is None and step.key is not None:
            yield Problem(at, "tie_key_unneeded", f"it takes no key, but has {step.key}", {"key": step.key})
        elif known is not None and step.key not in known:
            yield _unknown(at, "tie_key_unknown", step.key or "", known)


def _head_problems(rubric: Rubric) -> Iterator[Problem]:
    yield from _titled("title", rubric.title)
    if not rubric.groups:
        yield Problem("groups", "no_groups", "there are none; add at least one group with items")
    if not rubric.passes:
        yield Problem("passes", "no_passes", "there are none; name at least one pass, such as self")
    for rule in rubric.passes:
        yield from _titled(f"pass {rule.key}", rule.title)
        if rule.key == APPEAL:
            said = f"key {APPEAL} is that of answers to appeals, which come after all passes; choose another"
            yield Problem(f"pass {rule.key}", "pass_reserved", said, {"key": APPEAL})
    if rubric.scale <= 0:
        said = f"{rubric.scale:f} is not above 0; give the sum of the groups"
        yield Problem("scale", "scale_not_positive", said, {"scale": f"{rubric.scale:f}"})
    start, end = rubric.in_force_from, rubric.in_force_until
    if start is not None and end is not None and end < start:
        yield Problem("in_force_until", "dates_reversed", f"{end} is before {start}, its first day", {"start": str(start), "end": str(end)})
    if rubric.based_on == rubric.key:
        said = "it cannot be based on itself; a new version has a key of its own"
        yield Problem("based_on", "based_on_itself", said)
    for document in rubric.legal_basis:
        yield from _titled("legal_basis", document.title)
    yield from _rounding("total_rounding", rubric.total_rounding)


def _item_problems(rubric: Rubric, item: Item) -> Iterator[Problem]:
    at = f"{_ITEM_AT}{item.key}"
    yield from _titled(at, item.title)
    if item.maximum < 0:
        said = f"maximum {item.maximum:f} is below 0; a penalty is given as a positive magnitude"
        yield Problem(at, "maximum_negative", said, {"maximum": f"{item.maximum:f}"})
    if item.weight <= 0:
        yield Problem(at, "weight_not_positive", f"weight {item.weight:f} is not above 0", {"weight": f"{item.weight:f}"})
    yield from _places(at, item.places)
    if item.statistic is Statistic.TRIMMED_MEAN and item.dropped < 1:
        yield Problem(at, "dropped_missing", "trimmed_mean leaves nothing out; set dropped to 1 or more")
    if item.statistic is not Statistic.TRIMMED_MEAN and item.dropped != 0:
        said = f"dropped {item.dropped} applies to trimmed_mean only, not to {item.statistic}"
        yield Problem(at, "dropped_unneeded", said, {"dropped": str(item.dropped)})
    if item.kind is Kind.GATE and item.threshold is None:
        yield Problem(at, "threshold_missing", "a gate needs a threshold below which a unit is not ranked")
    if item.threshold is not None:
        if item.kind in (Kind.BONUS, Kind.PENALTY):
            yield Problem(at, "threshold_unneeded", f"a {item.kind} item has no threshold; use a gate or a content item")
        if not 0 <= item.threshold <= item.maximum:
            said = f"threshold {item.threshold:f} is outside 0 to its maximum {item.maximum:f}"
            yield Problem(at, "threshold_range", said, {"threshold": f"{item.threshold:f}", "maximum": f"{item.maximum:f}"})
    for key in item.passes:
        if key not in rubric.pass_keys():
            yield _unknown(at, "pass_unknown", key, rubric.pass_keys())
    yield from _rounding(f"{at}, panel_rounding", item.panel_rounding)
    yield from _rounding(f"{at}, item_rounding", item.item_rounding)


def _titled(at: str, title: str) -> Iterator[Problem]:
    if not title.strip():
        yield Problem(at, "title_missing", "it has no title")


def _negative(at: str, maximum: Decimal) -> Problem:
    return Problem(at, "maximum_negative", f"maximum {maximum:f} is below 0", {"maximum": f"{maximum:f}"})


def _unknown(at: str, code: str, key: str, known: Sequence[str]) -> Problem:
    return Problem(at, code, f"key {key} is none of: {', '.join(known)}", {"key": key, "known": ", ".join(known)})


def _rounding(at: str, rounding: Rounding | None) -> Iterator[Problem]:
    if rounding is not None:
        yield from _places(at, rounding.places)


def _places(at: str, places: int) -> Iterator[Problem]:
    if not 0 <= places <= PLACES_MAX:
        values = {"places": str(places), "most": str(PLACES_MAX)}
        yield Problem(at, "places_range", f"places {places} is outside 0 to {PLACES_MAX}", values)


def _repeated(at: str, keys: list[str]) -> Iterator[Problem]:
    for key, times in Counter(keys).items():
        if times > 1:
            yield Problem(at, "repeated", f"{key} stands {times} times; each may stand once", {"key": key, "times": str(times)})
