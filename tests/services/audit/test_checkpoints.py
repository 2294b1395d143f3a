"""When a checkpoint is taken, and the one line that stands for it."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit import schemas
from services.audit.domain import CHECKPOINT, EvidenceDiffers, Head, NothingRecorded, TakeCheckpoint, digest_of_heads, note_of
from shared.event import Event
from tests.services.audit.given import event
from tests.services.audit.given_checkpoints import BEFORE, HEADS, TAKEN

TAKE = TakeCheckpoint("k2", HEADS, BEFORE, BEFORE)
LOGS = st.builds(Head, st.sampled_from(["vn", "hue"]), st.sampled_from(["registry", "campaigns"]), st.integers(1, 99), st.just("ab" * 32))


def test_it_notes_down_the_heads() -> None:
    assert CHECKPOINT.decide(None, TAKE) == [TAKEN]
    assert CHECKPOINT.decide(None, replace(TAKE, before=(), again=())) == [TAKEN]


def test_it_is_taken_once_and_not_where_nothing_has_happened_since() -> None:
    assert CHECKPOINT.decide(CHECKPOINT.fold([TAKEN]), TAKE) == []
    assert CHECKPOINT.decide(None, replace(TAKE, before=HEADS, again=HEADS)) == []


def test_without_any_log_there_is_nothing_to_note_down() -> None:
    with pytest.raises(NothingRecorded):
        CHECKPOINT.decide(None, TakeCheckpoint("k", (), (), ()))


@pytest.mark.parametrize("root", ["00" * 32, ""])
def test_none_is_taken_where_a_log_no_longer_begins_as_it_was_noted(root: str) -> None:
    with pytest.raises(EvidenceDiffers) as refused:
        CHECKPOINT.decide(None, replace(TAKE, again=(replace(BEFORE[0], root=root),)))
    assert refused.value.details == {"service": "registry", "size": 4}


def test_it_is_published_as_it_was_decided() -> None:
    written = schemas.EVENTS.encode(TAKEN)
    published: Event = event(1, service="audit", type=written.type, schema=written.schema, data=written.data)
    assert (written.type, schemas.EVENTS.decode(published)) == ("audit.CheckpointTaken", TAKEN)


def test_its_digest_is_that_of_lines_that_anyone_can_write() -> None:
    assert note_of(reversed(HEADS)) == f"vn campaigns 2 {'2c' * 32}\nvn registry 7 {'7e' * 32}\n"
    assert digest_of_heads(HEADS) == hashlib.sha256(note_of(HEADS).encode()).hexdigest()


@given(st.lists(LOGS, max_size=4), st.lists(LOGS, max_size=4))
def test_other_heads_have_another_note(one: list[Head], other: list[Head]) -> None:
    assert (note_of(one) == note_of(other)) == (sorted(map(repr, one)) == sorted(map(repr, other)))
