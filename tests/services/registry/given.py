"""Facts that the tests of the registry start from."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.registry import domain
from shared.decider import Decider

FORMED_ON = date(2020, 1, 1)


def form(**changes: Any) -> domain.FormCluster:
    said = {"cluster": "noi-chinh", "name": "Khối nội chính", "organiser": "ban-tdkt", "formed_on": FORMED_ON}
    return domain.FormCluster(**{**said, **changes})


def formed(**changes: Any) -> domain.ClusterFormed:
    said = {
        "cluster": "noi-chinh",
        "name": "Khối nội chính",
        "organiser": "ban-tdkt",
        "formed_on": FORMED_ON,
        "leader_rule": domain.LeaderRule.ELECTED,
        "level": None,
    }
    return domain.ClusterFormed(**{**said, **changes})


def admit(unit: str, from_on: date = FORMED_ON) -> domain.AdmitMember:
    return domain.AdmitMember("noi-chinh", unit, from_on)


def admitted(unit: str, from_on: date = FORMED_ON) -> domain.MemberAdmitted:
    return domain.MemberAdmitted("noi-chinh", unit, from_on)


def release(unit: str, until_on: date) -> domain.ReleaseMember:
    return domain.ReleaseMember("noi-chinh", unit, until_on)


def released(unit: str, until_on: date) -> domain.MemberReleased:
    return domain.MemberReleased("noi-chinh", unit, until_on)


def designate(leader: str, *deputies: str, season: int = 2024, **changes: Any) -> domain.DesignateLeader:
    said = {"basis": domain.Basis.ELECTED, "document": "Biên bản 1"}
    return domain.DesignateLeader("noi-chinh", season, leader, deputies=deputies, **{**said, **changes})


def designated(leader: str, *deputies: str, season: int = 2024, **changes: Any) -> domain.LeaderDesignated:
    said = {"basis": domain.Basis.ELECTED, "document": "Biên bản 1"}
    return domain.LeaderDesignated("noi-chinh", season, leader, deputies, **{**said, **changes})


def organisation(key: str, opened_on: date | None = None, ended_on: date | None = None) -> domain.Organisation:
    """An organisation with the days of its life."""
    facts: list[Any] = [domain.OrganisationRegistered(key, key, "Trung ương", opened_on, None, None, None, None)]
    if ended_on is not None:
        facts.append(domain.OrganisationDissolved(key, ended_on, "QĐ 1"))
    return domain.ORGANISATION.fold(facts)


def on_ground(**lives: tuple[date | None, date | None]) -> Decider[domain.Cluster]:
    """The cluster aggregate where four organisations stand, and those with other days (opened_on, ended_on)."""
    keys = ("ban-tdkt", "kiem-toan", "toa-an", "vien-kiem-sat", "tu-phap")
    found = {key: organisation(key) for key in keys} | {key.replace("_", "-"): organisation(key, *life) for key, life in lives.items()}
    return domain.cluster(domain.ClusterGround(found))


CLUSTER = [formed(), admitted("kiem-toan"), admitted("toa-an"), admitted("vien-kiem-sat", date(2023, 7, 1))]
