"""The table of permissions (ma trận phân quyền), `permissions.yaml`: who may ask what, and who may not approve what they entered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from shared.errors import DomainError, NotAllowed
from shared.roles import ANONYMOUS, NETWORK, OPERATOR, Grant, Role

EVERY = "every service"
"""Section of the table for what all services answer alike."""

EVERYONE, SIGNED_IN = "everyone", "signed_in"
WHOLE = "network"


class OwnWork(DomainError):
    """Who enters does not approve: the account entered what it would approve."""

    code = "own_work"


@dataclass(frozen=True, slots=True)
class Permission:
    """Who may ask one thing.

    audience: EVERYONE or SIGNED_IN where no role is needed; roles: per role the subjects that its scope may be, none where it must hold in
    the whole network; found: those of them that the entrypoint finds, the others are fields of the request; operator: whether the
    network's own services and console may; holder: the field of the request that names the one account that may.
    """

    service: str
    method: str
    changes: bool
    audience: str | None
    roles: Mapping[Role, tuple[str, ...]]
    found: frozenset[str]
    operator: bool
    holder: str | None

    def subjects(self, said: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
        """The subjects that the roles name: from the request, and what the entrypoint found.

        Raises LookupError where the two are mixed up: what is to be found must not be taken from who asks.
        """
        names = {name for names in self.roles.values() for name in names}
        if lacking := self.found - found.keys():
            raise LookupError(f"{self.service}.{self.method} is to find {', '.join(sorted(lacking))}")
        if mistaken := (names - self.found) & found.keys():
            raise LookupError(f"{self.service}.{self.method} finds {', '.join(sorted(mistaken))}: write it in parentheses in the table")
        return {name: found[name] if name in self.found else said.get(name) for name in names}

    def check(self, actor: str, held: Callable[[], Iterable[Grant]], said: Mapping[str, Any], **found: Any) -> None:
        """Let the actor pass or raise NotAllowed, naming the roles that would do.

        held: the actor's roles, asked only where they matter; said: the fields of the request; found: what the entrypoint finds by them.
        """
        if self.audience == EVERYONE or (self.audience == SIGNED_IN and actor != ANONYMOUS) or (self.operator and actor == OPERATOR):
            return
        if self.holder is not None and said.get(self.holder) == actor:
            return
        subjects = self.subjects(said, found)
        if self.roles and self._covered(tuple(held()), subjects):
            return
        roles = [str(role) for role in self.roles]
        scopes = {scope for subject in subjects.values() for scope in _scopes(subject)}
        needed = f"the role {' or '.join(roles)} here" if roles else "an account of the network" if self.audience else "the network itself"
        raise NotAllowed(f"This needs {needed}; ask the administrator of the network.", roles=roles, scopes=sorted(scopes))

    def _covered(self, held: Sequence[Grant], subjects: Mapping[str, Any]) -> bool:
        for role, names in self.roles.items():
            reach = {grant.scope for grant in held if grant.role == role}
            if NETWORK in reach or any(reach.issuperset(scopes) for name in names if (scopes := _scopes(subjects[name]))):
                return True
        return False


def _scopes(subject: Any) -> tuple[str, ...]:
    """The scopes that a subject of a request is: one key, or of several units each. Anything else is none, and is refused later."""
    several = (subject,) if isinstance(subject, str) else tuple(subject) if isinstance(subject, list | tuple) else ()
    return several if all(isinstance(one, str) for one in several) else ()


@dataclass(frozen=True, slots=True)
class Separation:
    """Who enters does not approve: whoever caused an event of these types in the stream does not give the command `approves`."""

    approves: str
    entered: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True)
class Table:
    """All permissions in the order of the file, and the pairs of duties that are kept apart."""

    permissions: tuple[Permission, ...]
    separations: tuple[Separation, ...]

    def of(self, service: str, method: str) -> Permission:
        """Raises LookupError: what the table does not name nobody may ask."""
        for permission in self.permissions:
            if permission.method == method and permission.service in (service, EVERY):
                return permission
        raise LookupError(f"{service}.{method} is not in the table of permissions")

    def to_data(self) -> dict[str, Any]:
        """The table as one shows it: {"permissions": [...], "separations": [...]}; "*" for the whole network."""
        return {
            "permissions": [
                {
                    "service": permission.service,
                    "method": permission.method,
                    "changes": permission.changes,
                    "audience": permission.audience,
                    "roles": {str(role): " ".join(names) or NETWORK for role, names in permission.roles.items()},
                    "operator": permission.operator,
                    "holder": permission.holder,
                }
                for permission in self.permissions
            ],
            "separations": [
                {"approves": separation.approves, "entered": list(separation.entered), "basis": separation.basis}
                for separation in self.separations
            ],
        }

    def entries_before(self, command: str) -> tuple[str, ...]:
        """The types of events whose actors may not give this command ("service.method")."""
        return tuple(entered for separation in self.separations if separation.approves == command for entered in separation.entered)


def read(text: str) -> Table:
    """The table as the YAML text says it. Raises ValueError for a word that it does not know."""
    document = yaml.load(text, Loader=yaml.CSafeLoader)  # every process reads it at its start
    pairs = document.pop("separation of duties")
    permissions = [
        _permission(service, method, kind, said)
        for service, kinds in document.items()
        for kind, methods in kinds.items()
        for method, said in methods.items()
    ]
    return Table(tuple(permissions), tuple(Separation(pair["approves"], tuple(pair["entered"]), pair["basis"]) for pair in pairs))


@cache
def table() -> Table:
    """The table of this release."""
    return read(resources.files(__package__).joinpath("permissions.yaml").read_text(encoding="utf-8"))


def _permission(service: str, method: str, kind: str, said: str | dict[str, str]) -> Permission:
    if kind not in ("commands", "queries"):
        raise ValueError(f"{service} has {kind!r}; write commands or queries")
    changes = kind == "commands"
    if isinstance(said, str):
        if said not in (EVERYONE, SIGNED_IN):
            raise ValueError(f"{service}.{method} is for {said!r}; write {EVERYONE}, {SIGNED_IN} or roles")
        return Permission(service, method, changes, said, {}, frozenset(), operator=False, holder=None)
    roles = dict(said)
    holder, operator = roles.pop("holder", None), roles.pop("operator", None) is not None
    where = {Role(role): [] if place == WHOLE else place.split() for role, place in roles.items()}
    found = {name.strip("()") for names in where.values() for name in names if name.startswith("(")}
    subjects = {role: tuple(name.strip("()") for name in names) for role, names in where.items()}
    return Permission(service, method, changes, None, subjects, frozenset(found), operator, holder)
