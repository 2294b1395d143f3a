"""Conflicts of interest and recusals over the API."""

from __future__ import annotations

from marshmallow import fields, validate

from services.gateway.schemas.base import Answer, Asked, day, text
from shared.bounds import TEXT_MAX
from shared.schema import key as identifier

DECLARED = ("kinship", "interest", "dispute", "other")
GROUNDS = ("own_unit", "parent", "child", "post", "account", "nomination", *DECLARED)


def _words() -> fields.String:
    return text(required=True, validate=validate.Length(min=1, max=TEXT_MAX))


class _Pair(Asked):
    """A scorer towards a unit."""

    unit = identifier()
    scorer = text(required=True, validate=validate.Length(min=1, max=100))


class DeclareConflict(_Pair):
    """Say that a scorer is not free towards a unit; no names of persons."""

    ground = text(required=True, validate=validate.OneOf(DECLARED))
    note = _words()


class WithdrawConflict(_Pair):
    """Take a declaration back."""

    ground = text(required=True, validate=validate.OneOf(DECLARED))
    reason = _words()


class DenyConflict(_Pair):
    """Say in 20 letters or more why there is no conflict."""

    ground = text(required=True, validate=validate.OneOf(GROUNDS))
    reason = _words()


class RecuseScorer(_Pair):
    """Let a scorer step back from a unit in a pass."""

    pass_key = identifier()
    ground = text(required=True, validate=validate.OneOf(GROUNDS))
    reason = _words()


class WithdrawRecusal(_Pair):
    """Take a recusal back while the pass is open: the sheet is owed again."""

    pass_key = identifier()
    reason = _words()


class CheckConflicts(Asked):
    """Which scorer, in which pass."""

    pass_key = text(required=True)
    scorer = text(required=True)


class ConflictLine(Answer):
    """A potential conflict, or a recusal."""

    unit = text()
    scorer = text()
    pass_key = text("None where the scorer is called to no sheet on the unit", allow_none=True)
    ground = text(", ".join(GROUNDS))
    source = text("derived or declared")
    state = text("standing, withdrawn, denied, recused or taken_back (a recusal)")
    effect = text("blocks or shows", allow_none=True)
    basis = text(allow_none=True)
    verified = fields.Boolean(metadata={"description": "Whether the text of the basis was read"})
    deniable = fields.Boolean()
    words = text(allow_none=True)
    declared_by = text("The scorer, the unit, or office", allow_none=True)
    said_on = day(nullable=True)
