"""Conflicts of interest: what was declared, denied and recused, and the facts from which conflicts are derived."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from services.evaluations.views.campaigns import assignments
from services.evaluations.views.model import MODEL
from shared.access import granted_roles
from shared.event import Event
from shared.projection import Reading, Rows
from shared.roles import Role

RELATIONS = ("parent", "sector_parent")
SINCE_EVER = date.min
"""From when a registration holds: what was before the unit opened is asked of nobody."""

conflicts = sa.Table(
    "conflicts",
    MODEL.metadata,
    sa.Column("campaign", sa.String(100), primary_key=True),
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("scorer", sa.String(100), primary_key=True),
    sa.Column("ground", sa.String(20), primary_key=True),
    sa.Column("state", sa.String(10), nullable=False),  # declared | withdrawn | denied
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("declared_by", sa.String(100)),
    sa.Column("said_on", sa.Date, nullable=False),
)
recusals = sa.Table(
    "recusals",
    MODEL.metadata,
    sa.Column("campaign", sa.String(100), primary_key=True),
    sa.Column("pass_key", sa.String(100), primary_key=True),
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("scorer", sa.String(100), primary_key=True),
    sa.Column("ground", sa.String(20), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("recused_on", sa.Date, nullable=False),
    sa.Column("withdrawn_on", sa.Date),  # null while it stands
    sa.Column("withdrawn_because", sa.Text),
    sa.Column("site", sa.String(100), nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
)
"""site, position: of the last word on it."""

superiors = sa.Table(
    "superiors",
    MODEL.metadata,
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("relation", sa.String(20), primary_key=True),
    sa.Column("from_on", sa.Date, primary_key=True),
    sa.Column("parent", sa.String(100), index=True),
)
"""Statements that each hold until the next of their relation; said again for the same day, the later one holds."""

posts_held = sa.Table(
    "posts_held",
    MODEL.metadata,
    sa.Column("person", sa.String(100), primary_key=True),
    sa.Column("post", sa.String(300), primary_key=True),
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("from_on", sa.Date, primary_key=True),
    sa.Column("until_on", sa.Date),
)
account_posts = sa.Table(
    "account_posts",
    MODEL.metadata,
    sa.Column("account", sa.String(100), primary_key=True),
    sa.Column("organisation", sa.String(100)),
)
nominators = sa.Table(
    "nominators",
    MODEL.metadata,
    sa.Column("campaign", sa.String(100), primary_key=True),
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("account", sa.String(100), primary_key=True),
)


@MODEL.on("evaluations.ConflictDeclared")
def _declared(rows: Rows, event: Event) -> None:
    rows.put(
        conflicts, **_at(event), state="declared", words=event.data["note"], declared_by=event.data["declared_by"], said_on=_day(event)
    )


@MODEL.on("evaluations.ConflictWithdrawn")
def _withdrawn(rows: Rows, event: Event) -> None:
    rows.change(conflicts, _at(event), state="withdrawn", words=event.data["reason"], said_on=_day(event))


@MODEL.on("evaluations.ConflictDenied")
def _denied(rows: Rows, event: Event) -> None:
    rows.change(conflicts, _at(event), state="denied", words=event.data["reason"], said_on=_day(event))


@MODEL.on("evaluations.ScorerRecused")
def _recused(rows: Rows, event: Event) -> None:
    rows.put(recusals, **event.data, recused_on=_day(event), site=event.site, position=event.position)


@MODEL.on("evaluations.RecusalWithdrawn")
def _resumed(rows: Rows, event: Event) -> None:
    at = {name: event.data[name] for name in ("campaign", "pass_key", "unit", "scorer")}
    withdrawn = {"withdrawn_on": _day(event), "withdrawn_because": event.data["reason"]}
    rows.change(recusals, at, **withdrawn, site=event.site, position=event.position)


def _at(event: Event) -> dict[str, str]:
    return {name: event.data[name] for name in ("campaign", "unit", "scorer", "ground")}


def _day(event: Event) -> date:
    return event.effective_on


@MODEL.on("registry.OrganisationRegistered", versions=(1, 2))
def _registered(rows: Rows, event: Event) -> None:
    for relation in RELATIONS:
        if event.data.get(relation) is not None:
            said = {"unit": event.data["organisation"], "relation": relation, "parent": event.data[relation]}
            rows.put(superiors, **said, from_on=SINCE_EVER)


@MODEL.on("registry.OrganisationMoved")
def _moved(rows: Rows, event: Event) -> None:
    for relation in RELATIONS:
        said = {"unit": event.data["organisation"], "relation": relation, "parent": event.data[relation]}
        rows.put(superiors, **said, from_on=date.fromisoformat(event.data["effective_on"]))


@MODEL.on("registry.OrganisationCorrected")
def _corrected(rows: Rows, event: Event) -> None:
    if event.data["attribute"] not in RELATIONS:
        return
    held_from = event.data["held_from"]
    said = {"unit": event.data["organisation"], "relation": event.data["attribute"], "parent": event.data["value"]}
    rows.put(superiors, **said, from_on=date.fromisoformat(held_from) if held_from else SINCE_EVER)


@MODEL.on("registry.PostTaken")
def _post_taken(rows: Rows, event: Event) -> None:
    rows.put(posts_held, **_post(event))


@MODEL.on("registry.PostLeft")
def _post_left(rows: Rows, event: Event) -> None:
    rows.put(posts_held, **_post(event), until_on=date.fromisoformat(event.data["until_on"]))


def _post(event: Event) -> dict[str, Any]:
    return {**{name: event.data[name] for name in ("person", "post", "unit")}, "from_on": date.fromisoformat(event.data["from_on"])}


@MODEL.on("registry.AccountOpened")
def _opened(rows: Rows, event: Event) -> None:
    rows.put(account_posts, account=event.data["account"], organisation=event.data["organisation"])


@MODEL.on("campaigns.UnitTargetRegistered")
def _nominated(rows: Rows, event: Event) -> None:
    rows.put(nominators, campaign=event.data["campaign"], unit=event.data["unit"], account=event.actor)


def kin_in(reading: Reading, units: Collection[str], first: date, last: date) -> set[tuple[str, str]]:
    """Unit and parent, by either relation, on one of these days, where one of the two is among the units."""
    table = reading[superiors]
    under = {row["unit"] for row in reading.all(sa.select(table.c.unit).where(table.c.parent.in_(units)).distinct())}
    said = reading.all(sa.select(table).where(table.c.unit.in_({*units, *under})).order_by(table.c.unit, table.c.relation, table.c.from_on))
    found = set()
    for place, row in enumerate(said):
        following = said[place + 1] if place + 1 < len(said) else None
        ends = following and (following["unit"], following["relation"]) == (row["unit"], row["relation"])
        until = following["from_on"] - timedelta(days=1) if following and ends else date.max
        if row["parent"] is not None and row["from_on"] <= last and first <= until:
            found.add((row["unit"], row["parent"]))
    return {(unit, parent) for unit, parent in found if unit in units or parent in units}


def posts_in(reading: Reading, units: Collection[str], first: date, last: date) -> set[tuple[str, str]]:
    """Unit and person who held a post in it on one of these days."""
    table = reading[posts_held]
    held = sa.and_(table.c.from_on <= last, sa.or_(table.c.until_on.is_(None), table.c.until_on >= first))
    rows = reading.all(sa.select(table.c.unit, table.c.person).where(table.c.unit.in_(units), held).distinct())
    return {(row["unit"], row["person"]) for row in rows}


def account_unit(reading: Reading, account: str) -> str | None:
    """The organisation in which an account has its post."""
    table = reading[account_posts]
    row = reading.one(sa.select(table.c.organisation).where(table.c.account == account))
    return row["organisation"] if row else None


def entering_for(reading: Reading, scorers: Collection[str], units: Collection[str]) -> set[tuple[str, str]]:
    """Scorer and unit where an account that fills the scorer's sheets has its post in the unit."""
    held, posts = reading[granted_roles], reading[account_posts]
    rows = reading.all(
        sa.select(held.c.scope, posts.c.organisation)
        .join(posts, posts.c.account == held.c.account)
        .where(held.c.role == Role.SECRETARY, held.c.scope.in_(scorers), posts.c.organisation.in_(units))
        .distinct()
    )
    return {(row["scope"], row["organisation"]) for row in rows}


def has_nominated(reading: Reading, campaign: str, unit: str, account: str) -> bool:
    """Whether the account registered a target title of the unit in the campaign."""
    table = reading[nominators]
    at = (table.c.campaign == campaign, table.c.unit == unit, table.c.account == account)
    return reading.one(sa.select(table.c.unit).where(*at)) is not None


def called_to(reading: Reading, campaign: str) -> list[dict[str, Any]]:
    """Who is called to score whom: {pass_key, unit, scorer} of the passes that have been opened."""
    table = reading[assignments]
    columns = (table.c.pass_key, table.c.unit, table.c.scorer)
    return reading.all(sa.select(*columns).where(table.c.campaign == campaign).order_by(table.c.pass_key, table.c.place))


def said_of_conflicts(reading: Reading, campaign: str) -> list[dict[str, Any]]:
    """The last word on each ground: {unit, scorer, ground, state, words, declared_by, said_on}."""
    table = reading[conflicts]
    return reading.all(sa.select(table).where(table.c.campaign == campaign).order_by(table.c.unit, table.c.scorer, table.c.ground))


def recused_in(reading: Reading, campaign: str) -> list[dict[str, Any]]:
    """Who stepped back: {pass_key, unit, scorer, ground, reason, recused_on}; withdrawn_on, withdrawn_because: where it was taken back."""
    table = reading[recusals]
    return reading.all(sa.select(table).where(table.c.campaign == campaign).order_by(table.c.pass_key, table.c.unit, table.c.scorer))
