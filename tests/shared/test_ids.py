"""Identifiers: new ones in the order of time, derived ones the same for the same words."""

from __future__ import annotations

import uuid

from shared.ids import derived_id, new_id


def test_new_ids_are_version_7_and_never_twice_the_same() -> None:
    made = [new_id() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert {uuid.UUID(one).version for one in made} == {7}
    assert made == sorted(made)


def test_a_derived_id_depends_on_both_of_its_words() -> None:
    assert derived_id("import", "row 1") == derived_id("import", "row 1")
    assert len({derived_id("import", "row 1"), derived_id("import", "row 2"), derived_id("other", "row 1")}) == 3
    assert derived_id("ab", "c") != derived_id("a", "bc")
