"""The registry over the API."""

from __future__ import annotations

from marshmallow import fields, validate

from services.gateway.schemas.base import Answer, Asked, day, rows, season_year, text
from shared.schema import key as identifier
from shared.schema import name as line


class RegisterOrganisation(Asked):
    """An organisation with its level and, where it has one, its parent."""

    organisation = identifier()
    name = line()
    level = line()
    opened_on = fields.Date(allow_none=True)
    code = text(allow_none=True, validate=validate.Length(max=100))
    parent = text(allow_none=True, validate=validate.Length(max=100))


class Organisation(Answer):
    """A registered organisation."""

    organisation = text()
    name = text()
    level = text()
    code = text(allow_none=True)
    parent = text(allow_none=True)
    opened_on = day(nullable=True)


class FormCluster(Asked):
    """A cluster (khối, cụm thi đua) and the organisation whose standing office runs it."""

    cluster = identifier()
    name = line()
    organiser = identifier()
    formed_on = fields.Date(required=True)


class Membership(Answer):
    """A period of membership; `until_on` is its last day."""

    unit = text()
    from_on = day()
    until_on = day(nullable=True)


class Leadership(Answer):
    """Who leads the cluster in a season, with basis and document."""

    season = fields.Integer()
    leader = text()
    deputy = text(allow_none=True)
    basis = text()
    document = text()


class ClusterLine(Answer):
    """A cluster in the list of clusters."""

    cluster = text()
    name = text()
    organiser = text()
    formed_on = day()


class Cluster(ClusterLine):
    """A cluster with its members and leaders."""

    members = rows(Membership)
    leaders = rows(Leadership)


class AdmitMember(Asked):
    """A unit joins from a date."""

    unit = identifier()
    from_on = fields.Date(required=True)


class ReleaseMember(Asked):
    """A unit leaves; the last day of its membership."""

    until_on = fields.Date(required=True)


class DesignateLeader(Asked):
    """Leader and deputy of a season, with the basis and the document it rests on."""

    season = season_year()
    leader = identifier()
    deputy = text(allow_none=True, validate=validate.Length(max=100))
    basis = text(required=True, validate=validate.OneOf(["elected", "rotation", "appointed"]))
    document = line()
