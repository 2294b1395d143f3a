"""Facts that the tests of the registry start from."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.registry import domain

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


def designate(leader: str, deputy: str | None = None, season: int = 2024, **changes: Any) -> domain.DesignateLeader:
    said = {"basis": domain.Basis.ELECTED, "document": "Biên bản 1"}
    return domain.DesignateLeader("noi-chinh", season, leader, deputy, **{**said, **changes})


def designated(leader: str, deputy: str | None = None, season: int = 2024, **changes: Any) -> domain.LeaderDesignated:
    said = {"basis": domain.Basis.ELECTED, "document": "Biên bản 1"}
    return domain.LeaderDesignated("noi-chinh", season, leader, deputy, **{**said, **changes})


CLUSTER = [formed(), admitted("kiem-toan"), admitted("toa-an"), admitted("vien-kiem-sat", date(2023, 7, 1))]
