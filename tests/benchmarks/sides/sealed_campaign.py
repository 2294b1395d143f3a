"""The logs of a network in which a large campaign has been scored in every pass and waits to be made final."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from services.campaigns import domain as campaigns
from services.campaigns.schemas import EVENTS as CAMPAIGNS
from services.registry import domain as registries
from services.registry.schemas import EVENTS as REGISTRY
from shared import rubric as rubrics
from shared.event import Event
from shared.schema import Catalogue
from shared.store import EventStore, open_database
from tests.benchmarks.databases import Place
from tests.benchmarks.sides.large_campaign import CAMPAIGN, PASSES, RUBRIC, SITE, Log, sheets, units_of

OFFICE, CLUSTER = "office", "cluster"
LOGS = ("registry", "campaigns", "evaluations")
BEGAN, ENDED, DUE = date(2024, 1, 1), date(2024, 12, 31), date(2024, 11, 30)

_COLUMNS = "position, id, stream, version, type, schema, data, recorded_at, effective_on, actor, correlation, causation"


class Season(Log):
    """A campaign that every unit has registered for, whose four passes are closed, and of which every sheet is in.

    The events that name every unit of ten thousand are longer than a service takes; logs are read without that bound.
    """

    def __init__(self, units: int) -> None:
        super().__init__(units)
        self.units = units_of(units)

    def events(self) -> Iterator[Event]:
        yield self._fact(REGISTRY, "account-office", registries.RoleGranted(OFFICE, "office", CLUSTER, BEGAN, None, None))
        formed = registries.ClusterFormed(CLUSTER, "Khối thi đua", OFFICE, BEGAN, registries.LeaderRule.ELECTED, None)
        yield self._fact(REGISTRY, f"cluster-{CLUSTER}", formed)
        for unit in self.units:
            registered = registries.OrganisationRegistered(unit, f"Đơn vị {unit}", "Xã", None, None, None, None, None)
            yield self._fact(REGISTRY, f"organisation-{unit}", registered)
        yield self._event(
            "campaigns", "RubricPublished", f"rubric-{RUBRIC.key}", {"rubric": RUBRIC.key, "content": rubrics.to_data(RUBRIC)}
        )
        yield from (self._fact(CAMPAIGNS, f"campaign-{CAMPAIGN}", fact) for fact in self._course())
        for unit, pass_key, scores in sheets(len(self.units)):
            yield from self.sheet(unit, pass_key, scores)

    def _course(self) -> Iterator[Any]:
        yield campaigns.CampaignLaunched(
            campaign=CAMPAIGN,
            title="Phong trào",
            cluster=CLUSTER,
            season=RUBRIC.season,
            rubric=RUBRIC.key,
            starts_on=BEGAN,
            ends_on=ENDED,
            registration_due_on=DUE,
            legal_basis="Kế hoạch",
            illustrative=True,
            audience=tuple(self.units),
            kind=campaigns.CampaignKind.REGULAR,
            organiser=None,
            parent=None,
            audience_is=campaigns.Audience.NAMED,
            plan_document="",
        )
        for unit in self.units:
            yield campaigns.UnitRegistered(CAMPAIGN, unit, BEGAN)
            yield campaigns.CovenantSigned(CAMPAIGN, unit, "Thủ trưởng", BEGAN)
        for key in PASSES:
            yield campaigns.PassOpened(CAMPAIGN, key, DUE, tuple(campaigns.Assignment(unit, (unit,)) for unit in self.units))
            yield campaigns.PassClosed(CAMPAIGN, key, early=False, reason=None)

    def _fact(self, catalogue: Catalogue, stream: str, fact: Any) -> Event:
        stored = catalogue.encode(fact)
        service, _, kind = stored.type.partition(".")
        return self._event(service, kind, stream, stored.data, stored.schema)


def fill(template: str, units: int, export: Path) -> int:
    """Write the logs straight into the stores of their services, and as an export; the number of events."""
    stores = {service: Place(sa.make_url(template.replace("{service}", service))) for service in LOGS}
    for service, place in stores.items():
        store = EventStore(open_database(place.url), site=SITE, service=service)
        store.prepare()
        store.database.close()
    heads: dict[str, int] = {}
    events = Season(units).events()
    event: Event | None = next(events)
    with export.open("w", encoding="utf-8") as file:
        while event is not None:  # one log after the other
            service = event.service
            with psycopg.connect(stores[service].conninfo) as connection:
                with connection.cursor() as cursor, cursor.copy(f"COPY events ({_COLUMNS}) FROM STDIN") as copy:
                    while event is not None and event.service == service:
                        copy.write_row(_row(event))
                        file.write(json.dumps(event.to_cloudevent()) + "\n")
                        heads[service] = event.position
                        event = next(events, None)
                connection.execute("UPDATE log SET head = %s", (heads[service],))
            with psycopg.connect(stores[service].conninfo, autocommit=True) as connection:
                connection.execute("VACUUM ANALYZE events")
    return sum(heads.values())


def _row(event: Event) -> tuple[Any, ...]:
    place = (event.position, event.id, event.stream, event.version, event.type, event.schema)
    data = json.dumps(event.data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return (*place, data, event.recorded_at, event.effective_on, event.actor, event.correlation, event.causation)
