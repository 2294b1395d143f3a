"""What the HTTP API takes and gives, as marshmallow schemas; OpenAPI is made from them.

A request is read strictly: unknown keys are refused. An answer names its main fields and passes on whatever more a service says, so that a
service can grow without the gateway. Scores and money are decimal text ("12.50"), dates ISO 8601, instants UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.gateway.passwords import LENGTH_MAX, LENGTH_MIN
from shared.access import Role
from shared.bounds import IMPORT_SHEETS_MAX, TEXT_MAX
from shared.schema import ExactDecimal
from shared.schema import key as identifier
from shared.schema import name as line


class Asked(ma.Schema):
    """Base of request bodies."""

    class Meta:
        unknown = ma.RAISE


class Answer(ma.Schema):
    """Base of answers: the fields named, and whatever more the service said."""

    class Meta:
        unknown = ma.INCLUDE

    @ma.post_dump(pass_original=True)
    def _more(self, data: dict[str, Any], original: Any, **_: Any) -> dict[str, Any]:
        return {**original, **data} if isinstance(original, Mapping) else data


def text(description: str = "", **options: Any) -> fields.String:
    return fields.String(metadata={"description": description} if description else {}, **options)


def day(description: str = "", *, nullable: bool = False) -> fields.String:
    return fields.String(allow_none=nullable, metadata={"format": "date", "description": description})


def instant(description: str = "", *, nullable: bool = False) -> fields.String:
    return fields.String(allow_none=nullable, metadata={"format": "date-time", "description": description})


def points(description: str = "", *, nullable: bool = True) -> fields.String:
    return fields.String(allow_none=nullable, metadata={"format": "decimal", "description": description, "example": "12.50"})


def rows(schema: type[ma.Schema]) -> fields.List[Any]:
    return fields.List(fields.Nested(schema))


def season_year() -> fields.Integer:
    return fields.Integer(strict=True, required=True, validate=validate.Range(1948, 2200))


class ProblemPlace(ma.Schema):
    """One thing wrong with the input."""

    at = text("Where: the field, with its path")
    message = text("What is wrong there, and what to give instead")


class Problem(ma.Schema):
    """An error as problem details (RFC 9457), media type application/problem+json."""

    type = text("A URI per kind of error: /problems/<code>")
    title = text()
    status = fields.Integer()
    detail = text("What was wrong, where, and what to do")
    code = text("Stable code of the error; never translated, never reused")
    correlation = text("The number of this request in the logs of every service it touched")
    errors = rows(ProblemPlace)
    details = fields.Dict(keys=fields.String())


class Recorded(Answer):
    """Where a command's events stand. `repeated`: the same command came before, and this is its first answer again."""

    stream = text()
    version = fields.Integer()
    position = fields.Integer(
        metadata={"description": "Of the service's log; a view whose cursor has reached it shows the change (GET /ready)"}
    )
    events = fields.List(fields.String())
    repeated = fields.Boolean()


# Sessions, accounts


class SignIn(Asked):
    """Login and password."""

    login = text(required=True, validate=validate.Length(max=60))
    password = text(required=True, validate=validate.Length(max=LENGTH_MAX), load_only=True)


class Grant(Answer):
    """A role within a scope: an organisation's or cluster's id, or "*" for the whole network."""

    role = text()
    scope = text()


class Account(Answer):
    """An account; `post` is a position (thư ký, chuyên viên), not a person's name."""

    account = text()
    login = text()
    post = text()
    organisation = text(allow_none=True)
    roles = rows(Grant)


class SessionOpened(Account):
    """A session: send `token` as `Authorization: Bearer <token>` until `expires_at`."""

    token = text()
    expires_at = instant()


class OpenAccount(Asked):
    """An account, with its first password if given."""

    account = identifier()
    login = text(required=True, validate=validate.Length(min=3, max=60))
    post = line()
    organisation = text(allow_none=True)
    password = text(load_only=True, validate=validate.Length(min=LENGTH_MIN, max=LENGTH_MAX))


class GrantRole(Asked):
    """A role to grant or revoke within a scope."""

    role = text(required=True, validate=validate.OneOf([str(role) for role in Role]))
    scope = text(required=True, validate=validate.Length(min=1, max=100))


class SetPassword(Asked):
    """A new password. Who changes their own gives the `current` one."""

    password = text(required=True, load_only=True, validate=validate.Length(min=LENGTH_MIN, max=LENGTH_MAX))
    current = text(load_only=True, validate=validate.Length(max=LENGTH_MAX))


# Registry


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


# Campaigns


class Rubric(Answer):
    """A rubric as shared/rubric/README.md documents it: key, title, season, scale, passes, groups of items, roundings, tie-breaks."""

    key = text()
    title = text()
    season = fields.Integer()
    scale = points()
    passes = fields.List(fields.Dict())
    groups = fields.List(fields.Dict())


class PublishRubric(ma.Schema):
    """A whole rubric; read and checked by the service, which names every place where it does not hold."""

    class Meta:
        unknown = ma.INCLUDE

    key = identifier()
    title = line()
    season = season_year()
    scale = fields.Raw(required=True, metadata={"type": "string", "format": "decimal"})
    passes = fields.List(fields.Dict(), required=True)
    groups = fields.List(fields.Dict(), required=True)


class RubricLine(Answer):
    """A rubric in the list of rubrics."""

    rubric = text()
    title = text()
    season = fields.Integer()
    scale = points()


class LaunchCampaign(Asked):
    """A campaign (phong trào thi đua) of a cluster for a season, scored by a rubric."""

    campaign = identifier()
    title = line()
    cluster = identifier()
    season = season_year()
    rubric = identifier()
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    registration_due_on = fields.Date(required=True)
    legal_basis = text(required=True, validate=validate.Length(max=TEXT_MAX))
    illustrative = fields.Boolean(metadata={"description": "The scores are examples; every page and export then says so"})


class CampaignLine(Answer):
    """A campaign in the list of campaigns."""

    campaign = text()
    title = text()
    cluster = text()
    season = fields.Integer()
    rubric = text()
    starts_on = day()
    ends_on = day()
    registration_due_on = day()
    legal_basis = text()
    state = text("open or final")
    finalised_on = day(nullable=True)


class Campaign(CampaignLine):
    """A campaign with its units and passes."""

    units = fields.List(fields.Dict(), metadata={"description": "unit, registered_on, covenant {signatory, signed_on}"})
    passes = fields.List(fields.Dict(), metadata={"description": "pass_key, title, state, due_on, assignments [{unit, scorers}]"})


class VoteCount(Asked):
    """The votes that one of the tied units received."""

    unit = identifier()
    votes = fields.Integer(strict=True, required=True, validate=validate.Range(min=0, max=100_000))


class RecordTieVote(Asked):
    """The vote of the cluster's conference between units of equal score, for a rubric whose tie chain asks for one."""

    counts = fields.List(fields.Nested(VoteCount), required=True, validate=validate.Length(min=2))
    held_on = fields.Date(required=True)
    minutes = line()


class SignCovenant(Asked):
    """Who signed the covenant (giao ước thi đua), by post, and when."""

    signatory = line()
    signed_on = fields.Date(required=True)


class Assignment(Asked):
    """Who scores a unit."""

    unit = identifier()
    scorers = fields.List(fields.String(validate=validate.Length(min=1, max=100)), required=True)


class OpenPass(Asked):
    """The last day of the pass, and who scores whom where it is not the usual way of the pass."""

    due_on = fields.Date(required=True)
    assignments = fields.List(fields.Nested(Assignment), load_default=list)


class Empty(Asked):
    """Nothing to say beyond the address."""


# Evaluations


class ItemScore(Asked):
    """A score for an item; null takes back what was given. `reason`: needed where the score differs from the pass before."""

    item = identifier()
    score = ExactDecimal(required=True, allow_none=True, metadata={"type": "string", "format": "decimal", "example": "12.50"})
    reason = text(allow_none=True, validate=validate.Length(max=TEXT_MAX))


class ScoreItems(Asked):
    """Scores to change on a sheet; items not named stay as they are."""

    scores = fields.List(fields.Nested(ItemScore), required=True, validate=validate.Length(min=1))
    version = fields.Integer(
        strict=True, metadata={"description": "Of the sheet as it was read; refused as stale_version when it has moved on since"}
    )


class SheetToImport(Asked):
    """One scorer's sheet on one unit."""

    unit = identifier()
    scorer = text(required=True, validate=validate.Length(min=1, max=100))
    scores = fields.List(fields.Nested(ItemScore), required=True)
    handed_in_on = fields.Date(allow_none=True, metadata={"description": "The day on the paper; today where it has none"})


class ImportSheets(Asked):
    """Sheets of one pass, recorded and submitted all or none."""

    pass_key = identifier()
    sheets = fields.List(fields.Nested(SheetToImport), required=True, validate=validate.Length(min=1, max=IMPORT_SHEETS_MAX))


class Imported(Answer):
    """Where the events of an import stand, sheet by sheet."""

    sheets = rows(Recorded)
    position = fields.Integer()


class Sheet(Answer):
    """A score sheet (phiếu chấm điểm): one scorer's pass over one unit."""

    campaign = text()
    unit = text()
    pass_key = text()
    scorer = text()
    state = text("waiting, open, submitted or closed")
    version = fields.Integer()
    due_on = day(nullable=True)
    editable = fields.Boolean()
    groups = fields.List(fields.Dict(), metadata={"description": "key, title, maximum, items with score, reason, previous, baseline"})
    totals = fields.Dict(metadata={"description": "content, bonus, penalty, total as decimal text"})
    missing = fields.List(fields.String())


class SheetLine(Answer):
    """A sheet in the list of sheets."""

    unit = text()
    pass_key = text()
    scorer = text()
    state = text()
    version = fields.Integer()
    submitted_at = instant(nullable=True)
    scored = fields.Integer()


class Task(Answer):
    """A sheet that one of your units has to fill in an open pass."""

    campaign = text()
    title = text()
    season = fields.Integer()
    unit = text()
    pass_key = text()
    scorer = text()
    due_on = day(nullable=True)
    state = text("open or submitted")
    scored = fields.Integer()
    items = fields.Integer()


# Rankings


class AsOf(Asked):
    """The board as it stood at an instant."""

    as_of = fields.AwareDateTime(format="iso", metadata={"description": "ISO 8601 with zone, e.g. 2024-12-31T23:59:59+07:00"})


class Board(Answer):
    """A board: `standings` (bảng điểm), `flag` (cờ thi đua) or `leader` (khối trưởng); three separate things."""

    campaign = text()
    board = text()
    title = text()
    season = fields.Integer()
    cluster = text()
    state = text("open or final")
    as_of = instant(nullable=True)
    rows = fields.List(fields.Dict(), metadata={"description": "unit, name, and the columns of this board; equal ranks are ties"})


class Explanation(Answer):
    """Why a unit stands where it stands: items, passes, scorers, scores, reasons and the events behind them."""

    unit = text()


# Awards


class ProposeFlag(Asked):
    """Propose the flag for a unit."""

    proposal = identifier()
    campaign = identifier()
    unit = identifier()
    form = line()
    reason = text(required=True, validate=validate.Length(min=1, max=TEXT_MAX))


def head_count() -> fields.Integer:
    return fields.Integer(strict=True, required=True, validate=validate.Range(min=0, max=1000))


class RecordVote(Asked):
    """The council's vote, counted on all its members."""

    members = head_count()
    in_favour = head_count()
    against = head_count()
    blank = head_count()
    absent = head_count()
    held_on = fields.Date(required=True)
    minutes = line()
    corrects = text("Why an earlier vote is corrected", allow_none=True, validate=validate.Length(max=TEXT_MAX))


class Decide(Asked):
    """The decision: number, date, signatory by post, deciding authority."""

    number = line()
    decided_on = fields.Date(required=True)
    signatory = line()
    authority = line()


class Proposal(Answer):
    """A proposal with its vote and decision."""

    proposal = text()
    campaign = text()
    season = fields.Integer()
    cluster = text()
    unit = text()
    form = text()
    reason = text()
    state = text("proposed, voted or decided")
    vote = fields.Dict(allow_none=True)
    decision = fields.Dict(allow_none=True)


class Decision(Answer):
    """A line of the register of decisions (sổ quyết định)."""

    number = text()
    decided_on = day()
    signatory = text()
    authority = text()
    unit = text()
    form = text()
    season = fields.Integer()
    campaign = text()
    proposal = text()
    event = text("The event that this line rests on")


class HandOver(Asked):
    """The rotation flag (cờ luân lưu) passes to the leader of the new season."""

    handover = identifier()
    cluster = identifier()
    season = season_year()
    from_unit = text(allow_none=True, validate=validate.Length(max=100))
    to_unit = identifier()
    handed_on = fields.Date(required=True)
    document = line()


class HandedOver(Answer):
    """A hand-over of the rotation flag."""

    handover = text()
    cluster = text()
    season = fields.Integer()
    from_unit = text(allow_none=True)
    to_unit = text()
    handed_on = day()
    document = text()


# Audit, health


class AuditStream(Answer):
    """What the audit holds of one service's log."""

    site = text()
    service = text()
    events = fields.Integer()
    last = fields.Integer()
    digest = text()


class Finding(Answer):
    """One thing wrong with a log: a gap, a changed or a missing event."""

    site = text()
    service = text()
    position = fields.Integer()
    kind = text("gap, changed or missing")
    message = text()


class Verification(Answer):
    """What a verification found."""

    verification = text()
    state = text("done, failed, or running when it takes long: ask again under its id")
    checked = fields.Integer()
    findings = rows(Finding)


class Alive(ma.Schema):
    """This process answers."""

    status = text()


class Readiness(ma.Schema):
    """Whether every service is ready, with heads and cursors: a view holds a change once its cursor has reached the change's position."""

    status = text("ready or not ready")
    missing = fields.List(fields.String(), metadata={"description": "Services that do not answer or lack something"})
    reasons = fields.Dict(
        keys=fields.String(), values=fields.List(fields.String()), metadata={"description": "What each of them lacks, in words"}
    )
    parked = fields.Integer(metadata={"description": "Events that could not be folded and wait for an operator"})
    services = fields.Dict(keys=fields.String(), values=fields.Dict())


# Parked events


class ParkedLine(Answer):
    """An event that `service` could not fold, or that waits behind one of its stream (then without attempts)."""

    service = text("whose read model")
    producer = text("the service that recorded it")
    site = text()
    position = fields.Integer(metadata={"description": "In the producer's log"})
    stream = text()
    attempts = fields.Integer()
    first_error = text("of the first attempt", allow_none=True)
    last_error = text("of the last attempt", allow_none=True)
    parked_at = instant()
    tried_at = instant(nullable=True)


class DiscardedLine(Answer):
    """An event that an operator has left out of a read model."""

    service = text("whose read model")
    producer = text("the service that recorded it")
    site = text()
    position = fields.Integer()
    stream = text()
    event = text("its id")
    reason = text()
    actor = text("the account, or `system` for the console")
    discarded_at = instant()


class Parked(ma.Schema):
    """What is parked and what was discarded; `missing`: services that do not answer."""

    parked = rows(ParkedLine)
    discarded = rows(DiscardedLine)
    missing = fields.List(fields.String())


class ParkedEvent(ParkedLine):
    """A parked event with all that is known."""

    event = fields.Dict(metadata={"description": "The event as a CloudEvent"})
    first_trace = text("of the first attempt", allow_none=True)
    last_trace = text("of the last attempt", allow_none=True)


class Retried(Answer):
    """What came of it: events folded, events of this service still parked."""

    freed = fields.Integer()
    left = fields.Integer()


class DiscardParked(Asked):
    """Why the event is left out; it is recorded."""

    reason = text(required=True, validate=validate.Length(min=1, max=TEXT_MAX))


class Discarded(Retried):
    """What came of it; `repeated`: it had been discarded before."""

    repeated = fields.Boolean()
