"""The rulebook: law as dated data, read once at start."""

from __future__ import annotations

from importlib import resources

import marshmallow as ma
import yaml

from services.awards.domain import Rulebook, Threshold
from shared.errors import ConfigurationError, ValidationFailed
from shared.schema import ExactDecimal, load, name, schema_of

_Threshold = schema_of(
    Threshold,
    form=name(),
    percent=ExactDecimal(required=True, validate=ma.validate.Range(0, 100, min_inclusive=False)),
    from_on=ma.fields.Date(load_default=None),
    basis=name(),
)


def read(text: str) -> Rulebook:
    """The rulebook of a YAML text.

    Raises ConfigurationError naming the rule that cannot be read, or two rules of a form that begin on one day.
    """
    thresholds: list[Threshold] = []
    for place, entry in enumerate(yaml.load(text, Loader=yaml.BaseLoader), start=1):  # noqa: S506 - gives text only
        try:
            rule: Threshold = load(_Threshold, entry)
        except ValidationFailed as error:
            raise ConfigurationError(f"Rule {place} of the awards rulebook: {error.message}") from error
        if any((rule.form, rule.from_on) == (other.form, other.from_on) for other in thresholds):
            raise ConfigurationError(f"Rule {place} of the awards rulebook: {rule.form} has a rule from {rule.from_on or 'ever'} already.")
        thresholds.append(rule)
    return Rulebook(tuple(thresholds))


RULEBOOK = read(resources.files(__package__).joinpath("thresholds.yaml").read_text(encoding="utf-8"))
