"""Rating schemes, a file for each version, and the reuse of initiatives: dated data, read once at start."""

from __future__ import annotations

from enum import StrEnum
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import yaml
from marshmallow import fields, validate

from services.evaluations.domain.initiatives import ReuseRule, ReuseRules
from services.evaluations.domain.periods import PeriodKind
from services.evaluations.domain.schemes import (
    Ceiling,
    Disqualifier,
    Figure,
    Grade,
    Group,
    Part,
    Quota,
    Scheme,
    Schemes,
    Step,
    Within,
    YearGrade,
    YearRule,
    faults_of,
)
from shared.errors import ConfigurationError, ValidationFailed
from shared.rubric import Rounding
from shared.schema import ExactDecimal, Record, key, load, name, schema_of


def _percent() -> ExactDecimal:
    return ExactDecimal(required=True, validate=validate.Range(0, 100, min_inclusive=False))


def _number(**options: Any) -> fields.Integer:
    """A whole number of a YAML file, which is read as text."""
    return fields.Integer(**(options or {"required": True}))


def _many(schema: type[Record], *, required: bool = True) -> fields.List[Any]:
    options: dict[str, Any] = {"required": True, "validate": validate.Length(min=1)} if required else {"load_default": ()}
    return fields.List(fields.Nested(schema), **options)


def _some_of(among: type[StrEnum]) -> fields.List[Any]:
    return fields.List(fields.Enum(among, by_value=True), required=True, validate=validate.Length(min=1))


def _counts() -> fields.Dict:
    return fields.Dict(keys=fields.String(), values=fields.Integer(), load_default=None)


_Figure = schema_of(Figure, key=key(), title=name(), places=_number(load_default=0))
_Step = schema_of(Step)
_Part = schema_of(Part, key=key(), title=name(), steps=_many(_Step, required=False))
_Group = schema_of(Group, key=key(), title=name(), parts=_many(_Part))
_Grade = schema_of(Grade, key=key(), title=name())
_Ceiling = schema_of(Ceiling, key=key(), title=name(), basis=name())
_Disqualifier = schema_of(Disqualifier, key=key(), title=name(), basis=name())
_Quota = schema_of(
    Quota,
    key=key(),
    title=name(),
    basis=name(),
    percent=_percent(),
    within=_some_of(Within),
    on=_some_of(PeriodKind),
)
_YearGrade = schema_of(YearGrade, key=key(), title=name(), least=_counts(), most=_counts())
_YearRule = schema_of(YearRule, grades=_many(_YearGrade), periods_min=_number(), basis=name())
_Rounding = schema_of(Rounding, places=_number())
_Scheme = schema_of(
    Scheme,
    key=key(),
    version=_number(),
    title=name(),
    basis=name(),
    periods=_some_of(PeriodKind),
    rounding=fields.Nested(_Rounding, required=True),
    figures=_many(_Figure),
    groups=_many(_Group),
    grades=_many(_Grade),
    year=fields.Nested(_YearRule, required=True),
    ceilings=_many(_Ceiling, required=False),
    disqualifiers=_many(_Disqualifier, required=False),
    quotas=_many(_Quota, required=False),
)
_ReuseRule = schema_of(ReuseRule, authority=name(), window_years=_number(), basis=name())


def read_scheme(text: str) -> Scheme:
    """The scheme of a YAML text.

    Raises ConfigurationError naming the place that cannot be read, or everything in it that does not hold together.
    """
    try:
        scheme: Scheme = load(_Scheme, yaml.load(text, Loader=yaml.BaseLoader))  # noqa: S506 - gives text only
    except ValidationFailed as error:
        raise ConfigurationError(f"A rating scheme cannot be read: {error.message}") from error
    if faults := faults_of(scheme):
        raise ConfigurationError(f"Rating scheme {scheme.key} version {scheme.version}: {'; '.join(faults)}.")
    return scheme


def read_schemes(folder: Traversable) -> Schemes:
    """All schemes of a folder. Raises ConfigurationError, also for two of one key and version."""
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    schemes = tuple(read_scheme(file.read_text(encoding="utf-8")) for file in files)
    if len({(scheme.key, scheme.version) for scheme in schemes}) < len(schemes):
        raise ConfigurationError("Two rating schemes have one key and version; a change is a new version.")
    return Schemes(schemes)


def read_reuse(text: str) -> ReuseRules:
    """The rules of reuse of a YAML text. Raises ConfigurationError naming the rule, or where none holds for every authority."""
    rules: list[ReuseRule] = []
    for place, entry in enumerate(yaml.load(text, Loader=yaml.BaseLoader), start=1):  # noqa: S506 - gives text only
        try:
            rules.append(load(_ReuseRule, entry))
        except ValidationFailed as error:
            raise ConfigurationError(f"Rule {place} of the reuse of initiatives: {error.message}") from error
    if not any(rule.authority == ReuseRules.EVERY and rule.from_on is None for rule in rules):
        raise ConfigurationError("The reuse of initiatives needs a rule for every authority (*) from ever on.")
    return ReuseRules(tuple(rules))


_FOLDER = resources.files(__package__)
SCHEMES = read_schemes(_FOLDER.joinpath("schemes"))
REUSE = read_reuse(_FOLDER.joinpath("reuse.yaml").read_text(encoding="utf-8"))
