"""Rubrics for tests, and hypothesis strategies that make any valid-looking one."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from shared.rubric import (
    Cap,
    Document,
    Evidence,
    Group,
    Item,
    Kind,
    PassRule,
    Rounding,
    RoundingMode,
    Rubric,
    Statistic,
    TieBreak,
    TieBy,
)

# A slow or busy machine is no failure of what these properties say.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def an_item(key: str, maximum: str = "10", **changes: object) -> Item:
    return replace(Item(key, f"Item {key}", Decimal(maximum)), **changes)  # type: ignore[arg-type]


def a_rubric(*groups: Group, scale: str | None = None, **changes: object) -> Rubric:
    whole = sum((group.maximum for group in groups if not group.beyond_scale), Decimal(0))
    rubric = Rubric(
        key="R",
        title="A rubric",
        season=2024,
        scale=whole if scale is None else Decimal(scale),
        groups=groups,
        passes=(PassRule("self", "Self"), PassRule("cluster", "Cluster"), PassRule("central", "Central")),
    )
    return replace(rubric, **changes)  # type: ignore[arg-type]


def a_group(key: str, *items: Item, maximum: str | None = None, beyond_scale: bool = False) -> Group:
    adding = (item.maximum * item.weight for item in items if item.kind in (Kind.CONTENT, Kind.BONUS))
    whole = sum(adding, Decimal(0)) if maximum is None else Decimal(maximum)
    return Group(key, f"Group {key}", whole, items, beyond_scale)


points = st.decimals(min_value=0, max_value=1000, allow_nan=False, allow_infinity=False, places=2)
keys = st.text("abcdefgđê0123456789", min_size=1, max_size=6)
titles = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)
roundings = st.builds(Rounding, st.integers(0, 6), st.sampled_from(RoundingMode))

items = st.builds(
    Item,
    key=keys,
    title=titles,
    maximum=points,
    kind=st.sampled_from(Kind),
    weight=points,
    statistic=st.sampled_from(Statistic),
    dropped=st.integers(0, 3),
    places=st.integers(0, 6),
    panel_rounding=st.none() | roundings,
    item_rounding=st.none() | roundings,
    evidence=st.sampled_from(Evidence),
    evidence_note=titles,
    threshold=st.none() | points,
    passes=st.lists(keys, max_size=2).map(tuple),
    source=titles,
    unverified=st.booleans(),
)
rubrics = st.builds(
    Rubric,
    key=keys,
    title=titles,
    season=st.integers(1900, 2200),
    scale=points,
    groups=st.lists(st.builds(Group, keys, titles, points, st.lists(items, max_size=4).map(tuple), st.booleans()), max_size=4).map(tuple),
    passes=st.lists(st.builds(PassRule, keys, titles, st.booleans(), st.booleans(), st.booleans()), max_size=3).map(tuple),
    total_rounding=st.none() | roundings,
    caps=st.lists(st.builds(Cap, st.sampled_from(["bonus", "penalty", "total", "group:a"]), points), max_size=3).map(tuple),
    tie_breaks=st.lists(st.builds(TieBreak, st.sampled_from(TieBy), st.none() | keys), max_size=4).map(tuple),
    legal_basis=st.lists(st.builds(Document, titles, titles, st.none() | st.dates()), max_size=2).map(tuple),
    places=st.integers(0, 6),
    in_force_from=st.none() | st.dates(),
    in_force_until=st.none() | st.dates(),
    based_on=st.none() | keys,
)
