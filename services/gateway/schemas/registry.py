"""Clusters over the API."""

from __future__ import annotations

from marshmallow import fields, validate

from services.gateway.schemas.base import Answer, Asked, day, rows, season_year, text
from shared.schema import key as identifier
from shared.schema import name as line


class FormCluster(Asked):
    """A cluster (khối, cụm thi đua) and the organisation whose standing office runs it."""

    cluster = identifier()
    name = line()
    organiser = identifier()
    formed_on = fields.Date(required=True)
    leader_rule = text(validate=validate.OneOf(["elected", "rotation", "rank"]))
    level = text(allow_none=True, validate=validate.Length(max=300))


class DescribeList(Asked):
    """How complete the list of members is, what it is taken from, and the day that the source tells of."""

    completeness = text(required=True, validate=validate.OneOf(["complete", "partial"]))
    source = line()
    as_of = fields.Date(allow_none=True)


class RenameCluster(Asked):
    """Another name from a day on."""

    name = line()
    effective_on = fields.Date(required=True)
    document = line()


class DissolveCluster(Asked):
    """The first day without the cluster; the memberships that last end on the day before."""

    effective_on = fields.Date(required=True)
    document = line()


class Membership(Answer):
    """A period of membership; `until_on` is its last day."""

    unit = text()
    from_on = day()
    until_on = day(nullable=True)


class Leadership(Answer):
    """Who leads the cluster in a season, with basis and document."""

    season = fields.Integer()
    leader = text()
    deputies = fields.List(text())
    basis = text()
    document = text()


class ClusterFacts(Answer):
    """What is said of a cluster."""

    cluster = text()
    name = text()
    organiser = text()
    formed_on = day()
    level = text(allow_none=True)
    completeness = text("Of the list of members: complete or partial, as far as its source says", allow_none=True)
    source = text(allow_none=True)
    as_of = day(nullable=True)
    dissolved_on = day("The first day without it", nullable=True)


class ClusterLine(ClusterFacts):
    """A cluster in the list of clusters: how many members it has today, and who leads it in this year's season."""

    members = fields.Integer()
    leader = text(allow_none=True)


class ClusterName(Answer):
    """What a cluster is called from a day on."""

    name = text()
    from_on = day()
    document = text(allow_none=True)


class Cluster(ClusterFacts):
    """A cluster with its names, members and leaders."""

    names = rows(ClusterName)

    members = rows(Membership)
    leaders = rows(Leadership)


class AdmitMember(Asked):
    """A unit joins from a date."""

    unit = identifier()
    from_on = fields.Date(required=True)


class AdmitMembers(Asked):
    """Several units join from a date, all or none."""

    units = fields.List(identifier(), required=True, validate=validate.Length(1, 500))
    from_on = fields.Date(required=True)


class ReleaseMember(Asked):
    """A unit leaves; the last day of its membership."""

    until_on = fields.Date(required=True)


class DesignateLeader(Asked):
    """Leader and deputies of a season, with the basis and the document it rests on."""

    season = season_year()
    leader = identifier()
    deputies = fields.List(identifier(), validate=validate.Length(max=10))
    basis = text(required=True, validate=validate.OneOf(["elected", "rotation", "appointed"]))
    document = line()
