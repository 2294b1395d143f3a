"""Ratings and initiatives over the API."""

from __future__ import annotations

from marshmallow import fields, validate

from services.gateway.schemas.base import Answer, Asked, day, points, rows, text
from shared.bounds import TEXT_MAX
from shared.schema import ExactDecimal
from shared.schema import key as identifier
from shared.schema import name as line

SCOPES = ("grassroots", "ministry_or_province", "nationwide")
FINDINGS = ("passed", "failed")


def _words() -> fields.String:
    return text(required=True, validate=validate.Length(min=1, max=TEXT_MAX))


def _year(*, required: bool = True, strict: bool = True) -> fields.Integer:
    """A year; not strict where it stands in an address, which is text."""
    return fields.Integer(strict=strict, required=required, validate=validate.Range(2000, 2099))


class RatedRow(Asked):
    """What is entered of one person or unit. `decided`, `because`: a grade below the one that the figures give, and why."""

    subject = identifier()
    group = line(length_max=60)
    leads = fields.Boolean(required=True)
    figures = fields.Dict(
        keys=fields.String(),
        values=ExactDecimal(),
        required=True,
        metadata={"description": "By key, as the scheme names them"},
    )
    facts = fields.List(fields.String(), metadata={"description": "Disqualifying facts by key"})
    unrated = text("Why the subject is not rated in this period", allow_none=True)
    decided = text(allow_none=True)
    because = text(allow_none=True)


class EnterRatings(Asked):
    """Rows to enter or change, subjects to take out, and the version that was read, where an unseen change is to be refused."""

    rows = fields.List(fields.Nested(RatedRow))
    removed = fields.List(identifier())
    version = fields.Integer(strict=True, allow_none=True)


class ApproveRatings(Asked):
    """The day of the approval, its document, and the quota that holds in place of the common one."""

    effective_on = fields.Date(required=True)
    document = text(allow_none=True)
    variant = text(allow_none=True)


class CorrectRating(Asked):
    """The row as it should be, and why it was not."""

    row = fields.Nested(RatedRow, required=True)
    reason = _words()


class DecideYearGrade(Asked):
    """A grade of the year below the one that the periods give, null to take it back, and why."""

    subject = identifier()
    grade = text(required=True, allow_none=True)
    reason = _words()


class RecogniseYear(Asked):
    """The document that recognises the year's grades, its day, and the quota that holds in place of the common one."""

    document = line()
    effective_on = fields.Date(required=True)
    variant = text(allow_none=True)


class RatingScheme(Answer):
    """A rating scheme in one version: figures, groups with their parts, grades, ceilings, disqualifiers, quotas, the year."""

    key = text()
    version = fields.Integer()
    title = text()
    subject = text("person or unit")
    from_on = day()
    until_on = day(nullable=True)
    basis = text()
    verified = fields.Boolean()


class RatingPeriod(Answer):
    """How far the ratings of a period are."""

    unit = text()
    period = text("2026-03 or 2026-Q1")
    scheme = text()
    state = text("open, submitted or approved")
    submitted_on = day(nullable=True)
    approved_on = day(nullable=True)


class QuotaLine(Answer):
    """How far a quota is used: `percent` of `base` heads is `exact`, of which `allowed` remain after rounding."""

    quota = text()
    grade = text()
    group = text("The group of like duties; null for the unit as a whole", allow_none=True)
    percent = points()
    base = fields.Integer()
    exact = points()
    rounding = text("floor, half_up, ceiling or min_one")
    allowed = fields.Integer()
    used = fields.Integer()
    left = fields.Integer()


class Ratings(Answer):
    """The ratings of a unit in a period: rows with their points and grade, and how the quotas stand."""

    unit = text()
    period = text()
    scheme = fields.Dict()
    state = text("open, submitted or approved")
    version = fields.Integer()
    quotas = rows(QuotaLine)
    rows = fields.List(
        fields.Dict(), metadata={"description": "As entered, with points {total, groups, shares, derived, lowered} and grade"}
    )


class YearRatings(Answer):
    """Where subjects stand at the end of a year, and what was recognised."""

    unit = text()
    year = fields.Integer()
    scheme = fields.Dict()
    waiting = fields.List(fields.String(), metadata={"description": "Periods that are entered and not approved"})
    standings = fields.List(fields.Dict(), metadata={"description": "subject, group, points, decided, because, grade"})
    quotas = rows(QuotaLine)
    recognised = fields.Dict(metadata={"description": "By subject: group and grade"})
    by = fields.Dict(allow_none=True, metadata={"description": "document, on, variant"})


class WhoseGrades(Asked):
    """Only those of one person or unit."""

    subject = text()


class YearGrade(Answer):
    """A grade of a year, and the document that recognised it."""

    unit = text()
    year = fields.Integer()
    scheme = text()
    subject = text()
    group = text()
    grade = text()
    document = text()
    recognised_on = day()


class WhichInitiatives(Asked):
    """Only those of a unit, person or year."""

    unit = text()
    person = text()
    year = _year(required=False, strict=False)


class SubmitInitiative(Asked):
    """An initiative (sáng kiến): its unit, the ids of its authors, what it is, and the year in which it was applied."""

    initiative = identifier()
    unit = identifier()
    authors = fields.List(identifier(), required=True, validate=validate.Length(min=1, max=30))
    title = line()
    summary = _words()
    year = _year()
    submitted_on = fields.Date(allow_none=True)


class ExamineInitiative(Asked):
    """What a council found, by the minutes of its meeting."""

    council = identifier()
    scope = text(required=True, validate=validate.OneOf(SCOPES))
    finding = text(required=True, validate=validate.OneOf(FINDINGS))
    minutes = line()
    effective_on = fields.Date(required=True)


class RecogniseInitiative(Asked):
    """Recognition in a scope; certificate: number of the confirmation of effect and reach (Mẫu số 13)."""

    scope = text(required=True, validate=validate.OneOf(SCOPES))
    authority = identifier()
    certificate = line()
    effective_on = fields.Date(required=True)


class RefuseInitiative(Asked):
    """Why it is not recognised, and when that was decided."""

    reason = _words()
    effective_on = fields.Date(required=True)


class Initiative(Answer):
    """An initiative with what councils and authorities said."""

    initiative = text()
    unit = text()
    authors = fields.List(fields.String())
    title = text()
    summary = text()
    year = fields.Integer()
    submitted_on = day()
    state = text("submitted, recognised, refused or withdrawn")
    examined = fields.List(fields.Dict())
    recognised = fields.List(fields.Dict())
    reason = text(allow_none=True)


class UsableAsked(Asked):
    """Whose initiatives count in a year, with this authority where it has a rule of its own, in which scope at least."""

    year = _year(strict=False)
    unit = text()
    person = text()
    authority = text()
    scope = text(validate=validate.OneOf(SCOPES))


class UsableInitiatives(Answer):
    """The initiatives that count, each with its widest scope and the rule by which it does."""

    year = fields.Integer()
    initiatives = rows(Initiative)
