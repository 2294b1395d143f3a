"""People, a council and a transfer that waits for its answer: invented, and marked so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any

import yaml

from shared.ids import derived_id

ADMINISTRATOR = "quantri"


@dataclass(frozen=True, slots=True)
class Asked:
    """One command to the registry: in whose name, and what."""

    name: str
    login: str
    method: str
    data: dict[str, Any]


def people() -> Iterator[Asked]:
    """The commands in their order."""
    plan = yaml.safe_load(resources.files(__package__).joinpath("people.yaml").read_text(encoding="utf-8"))
    for person in plan["people"]:
        said = {name: value for name, value in person.items() if name != "key"}
        yield Asked(f"person {person['key']}", ADMINISTRATOR, "register_person", {"person": _person(person["key"]), **said})
    council = {"council": plan["council"]["council"]}
    term = {**council, "term": plan["term"]["term"]}
    yield Asked("council", ADMINISTRATOR, "form_council", plan["council"])
    yield Asked("council term", ADMINISTRATOR, "open_term", {**council, **plan["term"]})
    for member in plan["members"]:
        seated = {"person": _person(member["key"]), "seat": member["seat"], "from_on": member["from_on"]}
        yield Asked(f"council member {member['key']}", ADMINISTRATOR, "appoint_member", {**term, **seated})
    offered = {name: value for name, value in plan["transfer"].items() if name not in ("login", "key")}
    yield Asked("transfer", plan["transfer"]["login"], "offer_transfer", {"person": _person(plan["transfer"]["key"]), **offered})


def _person(key: str) -> str:
    """The id of a person of the sample: the same at every load."""
    return derived_id("sample-person", key)
