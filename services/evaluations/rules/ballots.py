"""The rules of ballots, read once at start."""

from __future__ import annotations

from importlib import resources

import yaml
from marshmallow import fields, validate

from services.evaluations.domain.ballot_rules import BallotRule, BallotRules
from shared.errors import ConfigurationError, ValidationFailed
from shared.schema import ExactDecimal, key, load, name, schema_of

_Rule = schema_of(
    BallotRule,
    rule=key(),
    title=name(),
    percent=ExactDecimal(required=True, validate=validate.Range(0, 100, min_inclusive=False)),
    strictly=fields.Boolean(load_default=False),
    quorum=fields.String(load_default=None, validate=validate.Regexp(r"[1-9][0-9]?/[1-9][0-9]?$")),
    from_on=fields.Date(load_default=None),
    basis=name(),
)


def read(text: str) -> BallotRules:
    """The rules of a YAML text. Raises ConfigurationError naming the rule that cannot be read, or two of a key that begin on one day."""
    rules: list[BallotRule] = []
    for place, entry in enumerate(yaml.load(text, Loader=yaml.BaseLoader), start=1):  # noqa: S506 - gives text only
        try:
            rule: BallotRule = load(_Rule, entry)
        except ValidationFailed as error:
            raise ConfigurationError(f"Rule {place} of ballots: {error.message}") from error
        if any((rule.rule, rule.from_on) == (other.rule, other.from_on) for other in rules):
            raise ConfigurationError(f"Rule {place} of ballots: {rule.rule} has a rule from {rule.from_on or 'ever'} already.")
        rules.append(rule)
    return BallotRules(tuple(rules))


BALLOT_RULES = read(resources.files(__package__).joinpath("ballots.yaml").read_text(encoding="utf-8"))
