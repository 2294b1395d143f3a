"""The emulation titles: law as dated data, read once at start."""

from __future__ import annotations

from importlib import resources

import marshmallow as ma
import yaml

from services.campaigns.domain import Title
from shared.errors import ConfigurationError, ValidationFailed
from shared.schema import key, load, name, schema_of

_Title = schema_of(Title, code=key(), name=name(), until_on=ma.fields.Date(load_default=None), basis=name())


def read(text: str) -> tuple[Title, ...]:
    """The titles of a YAML text.

    Raises ConfigurationError naming the title that cannot be read, or two of one code in force on one day.
    """
    titles: list[Title] = []
    for place, entry in enumerate(yaml.load(text, Loader=yaml.BaseLoader), start=1):  # noqa: S506 - gives text only
        try:
            title: Title = load(_Title, entry)
        except ValidationFailed as error:
            raise ConfigurationError(f"Title {place}: {error.message}") from error
        if any(other.code == title.code and (other.in_force(title.from_on) or title.in_force(other.from_on)) for other in titles):
            raise ConfigurationError(f"Title {place}: {title.code} is in force twice on one day.")
        titles.append(title)
    return tuple(titles)


TITLES = read(resources.files(__package__).joinpath("titles.yaml").read_text(encoding="utf-8"))
