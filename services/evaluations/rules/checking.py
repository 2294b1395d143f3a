"""The rules beside the sheets as dated data, read once at start: conflicts of interest, adjustments, the term for appeals."""

from __future__ import annotations

from datetime import date
from importlib import resources
from typing import Any

import marshmallow as ma
import yaml
from marshmallow import fields, validate

from services.evaluations.domain.adjustments import AdjustmentKind, AdjustmentRule, AdjustmentRules
from services.evaluations.domain.appeals import AppealRule, AppealRules
from services.evaluations.domain.conflicts import ConflictGround, ConflictRule, ConflictRules
from shared.errors import ConfigurationError, ValidationFailed
from shared.schema import ExactDecimal, key, load, name, schema_of

_Conflict = schema_of(ConflictRule, basis=name(), passes=fields.List(key(), load_default=()))
_Adjustment = schema_of(
    AdjustmentRule,
    rule=key(),
    title=name(),
    basis=name(),
    points=ExactDecimal(load_default=None, validate=validate.Range(0, min_inclusive=False)),
)
_Appeal = schema_of(AppealRule, working_days=fields.Integer(required=True, validate=validate.Range(1, 60)), basis=name())


def read_conflicts(text: str) -> ConflictRules:
    """The rules of a YAML text.

    Raises ConfigurationError naming the rule that cannot be read, two that hold in one pass from one day, or a ground without a rule.
    """
    rules: list[ConflictRule] = _read(_Conflict, text, "conflicts of interest")
    for place, rule in enumerate(rules):
        for other in rules[:place]:
            same = (other.ground, other.from_on) == (rule.ground, rule.from_on)
            if same and ({*other.passes} & {*rule.passes} or not (other.passes or rule.passes)):
                raise ConfigurationError(f"Rule {place + 1} of the conflicts of interest: {rule.ground} has another from the same day on.")
    if lacking := [ground for ground in ConflictGround if all(rule.ground is not ground or rule.passes for rule in rules)]:
        raise ConfigurationError(f"The conflicts of interest have no rule for all passes for {', '.join(lacking)}.")
    return ConflictRules(tuple(rules))


def read_adjustments(text: str) -> AdjustmentRules:
    """The rules of a YAML text.

    Raises ConfigurationError naming the rule that cannot be read, has points as a gate or none otherwise, or is in force beside another
    of its key.
    """
    rules: list[AdjustmentRule] = _read(_Adjustment, text, "adjustments")
    for place, rule in enumerate(rules):
        if (rule.points is None) != (rule.kind is AdjustmentKind.GATE):
            raise ConfigurationError(f"Rule {place + 1} of the adjustments: {rule.rule} needs points unless it is a gate, which has none.")
        first = rule.from_on or date.min
        if any(other.rule == rule.rule and (other.in_force(first) or rule.in_force(other.from_on or date.min)) for other in rules[:place]):
            raise ConfigurationError(f"Rule {place + 1} of the adjustments: {rule.rule} is in force twice on one day.")
    return AdjustmentRules(tuple(rules))


def read_appeals(text: str) -> AppealRules:
    """The rules of a YAML text. Raises ConfigurationError naming the rule, or where none holds from ever on."""
    rules: list[AppealRule] = _read(_Appeal, text, "appeals")
    if all(rule.from_on is not None for rule in rules):
        raise ConfigurationError("The appeals need a rule from ever on.")
    return AppealRules(tuple(rules))


def _read(schema: type[ma.Schema], text: str, what: str) -> list[Any]:
    rules = []
    for place, entry in enumerate(yaml.load(text, Loader=yaml.BaseLoader), start=1):  # noqa: S506 - gives text only
        try:
            rules.append(load(schema, entry))
        except ValidationFailed as error:
            raise ConfigurationError(f"Rule {place} of the {what}: {error.message}") from error
    return rules


def _text(file: str) -> str:
    return resources.files(__package__).joinpath(file).read_text(encoding="utf-8")


CONFLICTS = read_conflicts(_text("conflicts.yaml"))
ADJUSTMENTS = read_adjustments(_text("adjustments.yaml"))
APPEALS = read_appeals(_text("appeals.yaml"))
