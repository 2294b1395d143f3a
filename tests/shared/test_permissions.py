"""How the table of permissions is read, and what of it can be mixed up. That services do as it says: tests/services/test_permissions.py."""

from __future__ import annotations

import pytest

from shared.access import ANONYMOUS, NETWORK, OPERATOR, Grant, Role
from shared.errors import NotAllowed
from shared.permissions import Permission, Separation, read

TEXT = """
every service:
  queries: {health: everyone}
diary:
  commands:
    note: {office: author (shelf), secretary: author}
    tear: {administrator: network, operator: network, holder: author}
    bind: {operator: network}
  queries:
    pages: signed_in
separation of duties:
  - {approves: diary.tear, entered: [diary.Noted, diary.Corrected], basis: custom}
"""
TABLE = read(TEXT)


def note(*held: Grant, said: dict[str, object], shelf: object = "s1") -> None:
    TABLE.of("diary", "note").check("an", lambda: held, said, shelf=shelf)


def test_the_table_is_read_as_it_is_written() -> None:
    assert read(TEXT).of("diary", "note") == Permission(
        "diary",
        "note",
        changes=True,
        audience=None,
        roles={Role.OFFICE: ("author", "shelf"), Role.SECRETARY: ("author",)},
        found=frozenset({"shelf"}),
        operator=False,
        holder=None,
    )
    assert TABLE.of("diary", "health").service == TABLE.of("archive", "health").service == "every service"
    assert TABLE.separations == (Separation("diary.tear", ("diary.Noted", "diary.Corrected"), "custom"),)
    assert (TABLE.entries_before("diary.tear"), TABLE.entries_before("diary.note")) == (("diary.Noted", "diary.Corrected"), ())


def test_the_table_is_shown_as_it_is_written() -> None:
    def row(service: str, method: str, **said: object) -> dict[str, object]:
        nobody: dict[str, object] = {"changes": False, "audience": None, "roles": {}, "operator": False, "holder": None}
        return {"service": service, "method": method, **nobody, **said}

    assert read(TEXT).to_data() == {
        "permissions": [
            row("every service", "health", audience="everyone"),
            row("diary", "note", changes=True, roles={"office": "author shelf", "secretary": "author"}),
            row("diary", "tear", changes=True, roles={"administrator": "*"}, operator=True, holder="author"),
            row("diary", "bind", changes=True, operator=True),
            row("diary", "pages", audience="signed_in"),
        ],
        "separations": [{"approves": "diary.tear", "entered": ["diary.Noted", "diary.Corrected"], "basis": "custom"}],
    }


def test_who_needs_no_role_is_read_as_such() -> None:
    for method, audience in (("health", "everyone"), ("pages", "signed_in")):
        permission = read(TEXT).of("diary", method)
        assert (permission.audience, permission.roles, permission.found, permission.operator) == (audience, {}, frozenset(), False)


def test_what_it_does_not_name_nobody_may_ask() -> None:
    for service, method in (("diary", "burn"), ("archive", "note")):
        with pytest.raises(LookupError, match=f"{service}.{method} is not in the table"):
            TABLE.of(service, method)


def test_what_is_to_be_found_is_not_taken_from_who_asks() -> None:
    office = Grant(Role.OFFICE, "s2")
    with pytest.raises(NotAllowed):
        note(office, said={"author": "a1", "shelf": "s2"})
    note(office, said={"author": "a1"}, shelf="s2")
    with pytest.raises(LookupError, match="is to find shelf"):
        TABLE.of("diary", "note").check("an", lambda: (office,), {"shelf": "s2"})
    with pytest.raises(LookupError, match="finds author: write it in parentheses"):
        TABLE.of("diary", "note").check("an", lambda: (office,), {}, shelf="s2", author="a1")


@pytest.mark.parametrize("author", [None, 7, {"a1": 1}, [], [["a1"]], ["a1", None], ["a1", "a2"]])
def test_a_field_that_is_no_key_of_ones_own_lets_nobody_pass(author: object) -> None:
    with pytest.raises(NotAllowed):
        note(Grant(Role.SECRETARY, "a1"), said={"author": author})


def test_a_field_of_several_units_needs_the_role_in_each() -> None:
    note(Grant(Role.SECRETARY, "a1"), Grant(Role.SECRETARY, "a2"), said={"author": ["a1", "a2"]})
    note(Grant(Role.SECRETARY, NETWORK), said={"author": ["a1", "a2"]})


def test_a_refusal_names_the_roles_and_scopes_that_would_do() -> None:
    with pytest.raises(NotAllowed, match="the role office or secretary here") as refused:
        note(Grant(Role.INSPECTOR, NETWORK), Grant(Role.SECRETARY, "s1"), said={"author": "a1"})
    assert refused.value.details == {"roles": ["office", "secretary"], "scopes": ["a1", "s1"]}


def test_who_needs_no_role_is_not_looked_up() -> None:
    def unknown() -> list[Grant]:
        raise AssertionError("roles were looked up")

    TABLE.of("diary", "health").check(ANONYMOUS, unknown, {})
    TABLE.of("diary", "pages").check("an", unknown, {})
    TABLE.of("diary", "tear").check(OPERATOR, unknown, {})
    TABLE.of("diary", "tear").check("an", unknown, {"author": "an"})
    with pytest.raises(NotAllowed, match="needs an account of the network;"):
        TABLE.of("diary", "pages").check(ANONYMOUS, unknown, {})
    with pytest.raises(NotAllowed):
        TABLE.of("diary", "tear").check("an", list, {"author": "binh"})
    with pytest.raises(NotAllowed, match="needs the network itself;"):
        TABLE.of("diary", "bind").check("an", unknown, {})


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("commands: {note: nobody}", "diary.note is for 'nobody'"),
        ("deeds: {note: everyone}", "'deeds'"),
        ("commands: {note: {king: network}}", "king"),
    ],
)
def test_a_word_that_it_does_not_know_is_refused(line: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read(f"diary:\n  {line}\nseparation of duties: []")
