"""The template gallery (kho mẫu): score tables that were found in use, as data, each with its source and how well it is attested."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

import yaml
from marshmallow import fields

from shared import rubric as rubrics
from shared.bounds import TEXT_MAX
from shared.errors import ConfigurationError, DomainError, ValidationFailed
from shared.schema import load, name, schema_of


class Standing(StrEnum):
    """How far a template may be relied on: its document was read and stands, was read but has been replaced, or was not read."""

    CONFIRMED = "confirmed"
    OLD = "old"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Words:
    """The same said in both languages of the screen."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Template:
    """A table to start from. `note` says what of it the source confirms and what not."""

    key: str
    standing: Standing
    source: str
    note: Words
    rubric: rubrics.Rubric

    @property
    def refusal(self) -> DomainError | None:
        """Why it could not be published as it stands: a form in use may not add up."""
        try:
            rubrics.check(self.rubric)
        except DomainError as error:
            return error
        return None


class _Table(fields.Field[rubrics.Rubric]):
    """A rubric as shared/rubric/README.md documents it."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> rubrics.Rubric:
        return rubrics.from_data(value)


_Words = schema_of(Words, vi=name(length_max=TEXT_MAX), en=name(length_max=TEXT_MAX))
_Template = schema_of(Template, source=name(), note=fields.Nested(_Words, required=True), rubric=_Table(required=True))


def read(key: str, text: str) -> Template:
    """The template of a YAML text. Raises ConfigurationError naming what cannot be read."""
    entry = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - gives text only
    try:
        template: Template = load(_Template, {**entry, "key": key})
    except ValidationFailed as error:
        raise ConfigurationError(f"Template {key} of the gallery: {error.message}") from error
    return template


@cache
def gallery() -> Mapping[str, Template]:
    """All templates by key, which is the name of the file."""
    files = sorted((file for file in resources.files(__package__).iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    templates = [read(file.name.removesuffix(".yaml"), file.read_text(encoding="utf-8")) for file in files]
    return {template.key: template for template in templates}
