"""The lineage of the sample: the districts of 2008 end as they did, and so do the clusters that they were members of."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from services.console.sample.clusters import clusters
from services.console.sample.districts import districts
from services.registry import schemas
from services.registry.domain.history import Organisation
from services.registry.domain.lineage import ORGANISATION, Ground, record

CITY = "tphcm-tpthuduc"
LAST_OF_THREE, LAST_OF_ALL = date(2020, 12, 31), date(2025, 6, 30)


def recorded() -> dict[str, Organisation]:
    """The organisations after both lists of changes, decided by the registry's own rules."""
    states: dict[str, Organisation] = {}
    for _, method, data in [*clusters(), *districts()]:
        if method == "record_organisations":
            for key, facts in record(Ground(states, {}), schemas.load_changes(data)).items():
                state = states.get(key, ORGANISATION.initial)
                for fact in facts:
                    state = ORGANISATION.evolve(state, fact)
                states[key] = state
    return states


def told(method: str) -> list[dict[str, Any]]:
    return [data for _, asked, data in [*clusters(), *districts()] if asked == method]


def test_each_of_the_24_districts_ends_with_its_level_or_with_the_three_that_became_a_city() -> None:
    found = recorded()
    members = {unit for data in told("admit_members") if data["cluster"].startswith("tphcm-") for unit in data["units"]}
    assert len(members) == 24
    last = {key: max(day for day in (LAST_OF_THREE, LAST_OF_ALL) if found[key].open_on(day)) for key in {*members, CITY}}
    assert {key for key, day in last.items() if day == LAST_OF_THREE} == {"tphcm-q2", "tphcm-q9", "tphcm-thuduc"}
    assert not any(found[key].open_on(day + timedelta(days=1)) for key, day in last.items())
    assert not found[CITY].open_on(LAST_OF_THREE)


def test_nobody_is_a_member_for_longer_than_it_is_there() -> None:
    found = recorded()
    left = {data["unit"]: date.fromisoformat(data["until_on"]) for data in told("release_member")}
    ended = {data["cluster"]: date.fromisoformat(data["effective_on"]) - timedelta(days=1) for data in told("dissolve_cluster")}
    for data in told("admit_members"):
        for unit in data["units"]:
            assert found[unit].open_on(left.get(unit) or ended.get(data["cluster"]) or date(2026, 1, 1)), unit
