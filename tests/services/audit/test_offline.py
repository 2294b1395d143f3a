"""`commendation verify place` and `verify consistency`: proofs that are kept for years, checked by whoever has the file."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import example, given
from hypothesis import strategies as st

from services.audit import offline
from services.audit.domain import Head, digest_of_heads, merkle
from services.audit.views import checkpoints
from services.console.main import commendation
from shared.errors import ValidationFailed
from shared.event import Event
from shared.plain import plain
from tests.services.audit.given import event, log

EVENTS = log(13)
Proof = dict[str, Any]
Change = Callable[[Proof], object]


def _subtrees(events: Sequence[Event]) -> merkle.Subtrees:
    leaves = [merkle.leaf_hash(one.canonical()) for one in events]
    return lambda level, index: merkle.head_over(leaves[index << level : (index + 1) << level])


def _checkpoint(size: int, events: Sequence[Event] = EVENTS) -> Proof:
    heads = [Head("vn", "registry", size, merkle.head_of(_subtrees(events), size).hex())]
    told = {"checkpoint": f"k{size}", "taken_at": "2025-06-01T00:00:00Z", "actor": "a", "digest": digest_of_heads(heads), "heads": heads}
    return dict(plain(told))


def _place(position: int, size: int = 13) -> Proof:
    one = EVENTS[position - 1]
    return {
        "form": checkpoints.PLACE_FORM,
        "event": one.id,
        "site": "vn",
        "service": "registry",
        "position": position,
        "index": position - 1,
        "leaf": merkle.leaf_hash(one.canonical()).hex(),
        "size": size,
        "root": _checkpoint(size)["heads"][0]["root"],
        "path": [one.hex() for one in merkle.inclusion(_subtrees(EVENTS), position - 1, size)],
        "checkpoint": _checkpoint(size),
    }


def _consistency(first: int, second: int, events: Sequence[Event] = EVENTS) -> Proof:
    path = [one.hex() for one in merkle.consistency(_subtrees(events), first, second)]
    return {
        "form": checkpoints.CONSISTENCY_FORM,
        "before": _checkpoint(first, events),
        "after": _checkpoint(second, events),
        "paths": [{"site": "vn", "service": "registry", "path": path}],
    }


def _export(events: Sequence[Event] = EVENTS) -> list[str]:
    return [json.dumps(one.to_cloudevent(), ensure_ascii=False) for one in events]


def _held(checks: Sequence[offline.Check]) -> list[bool]:
    return [one.holds for one in checks]


class TestPlace:
    def test_an_event_of_the_export_is_found_at_its_place_and_the_root_made_anew(self) -> None:
        told = offline.check_place(_place(5), _export())
        assert _held(told) == [True] * 6
        assert "the first 13 events of registry in the export give the root" in told[-1].words

    def test_a_part_of_the_log_is_enough_for_the_place_and_not_for_the_root(self) -> None:
        assert _held(offline.check_place(_place(5), _export(EVENTS[4:]))) == [True] * 5

    def test_the_proof_may_hold_the_event_itself(self) -> None:
        body = EVENTS[4].canonical().decode()
        assert _held(offline.check_place(_place(5) | {"body": body})) == [True] * 5
        assert _held(offline.check_place(_place(5) | {"body": body.replace("fact 5", "fact 6")})) == [False, True, True, True, True]

    def test_another_event_under_the_same_id_does_not_hold(self) -> None:
        forged = [*EVENTS[:4], event(5, data={"what": "lie"}), *EVENTS[5:]]
        assert _held(offline.check_place(_place(5), _export(forged))) == [False, True, True, True, True, False]

    def test_a_log_that_was_changed_elsewhere_has_another_root(self) -> None:
        forged = [event(1, data={"what": "lie"}), *EVENTS[1:]]
        assert _held(offline.check_place(_place(5), _export(forged))) == [True, True, True, True, True, False]

    def test_an_event_that_says_another_place_is_not_proved_by_a_leaf_there(self) -> None:
        """A log that holds an event at a position which is not the event's own: the hashes fit, the place does not."""
        moved = [*EVENTS[:4], EVENTS[0], *EVENTS[5:]]
        subtrees = _subtrees(moved)
        proof = _place(5) | {
            "event": EVENTS[0].id,
            "leaf": merkle.leaf_hash(EVENTS[0].canonical()).hex(),
            "root": merkle.head_of(subtrees, 13).hex(),
            "path": [one.hex() for one in merkle.inclusion(subtrees, 4, 13)],
            "checkpoint": None,
        }
        assert _held(offline.check_place(proof, _export(EVENTS[:1]))) == [True, False, True]

    @pytest.mark.parametrize(
        "change",
        [
            lambda proof: proof.update(size=12),
            lambda proof: proof.update(size=14),
            lambda proof: proof.update(root=proof["leaf"]),
            lambda proof: proof.update(leaf=proof["root"]),
            lambda proof: proof["path"].reverse(),
            lambda proof: proof["path"].pop(),
            lambda proof: proof["path"].append(proof["root"]),
            lambda proof: proof.update(index=5, position=6),
            lambda proof: proof.update(service="awards"),
            lambda proof: proof["checkpoint"].update(digest="0" * 64),
            lambda proof: proof["checkpoint"]["heads"][0].update(size=14),
            lambda proof: proof["checkpoint"]["heads"].append(proof["checkpoint"]["heads"][0] | {"service": "awards"}),
        ],
    )
    def test_whatever_is_changed_in_a_proof_is_seen(self, change: Change) -> None:
        proof = _place(5) | {"body": EVENTS[4].canonical().decode()}
        change(proof)
        assert not all(_held(offline.check_place(proof)))

    @pytest.mark.parametrize(
        "change",
        [
            lambda proof: proof.clear(),
            lambda proof: proof.update(form="commendation.place.2"),
            lambda proof: proof.pop("path"),
            lambda proof: proof.update(path="00"),
            lambda proof: proof.update(path=[7]),
            lambda proof: proof.update(root="00"),
            lambda proof: proof.update(root=proof["root"].upper()),
            lambda proof: proof.update(leaf=proof["leaf"][:-1] + "g"),
            lambda proof: proof.update(index="4"),
            lambda proof: proof.update(index=13),
            lambda proof: proof.update(index=-1),
            lambda proof: proof.update(position=6),
            lambda proof: proof.update(size=True),
            lambda proof: proof.update(event=None),
            lambda proof: proof.update(checkpoint=["k"]),
            lambda proof: proof["checkpoint"].pop("heads"),
            lambda proof: proof["checkpoint"]["heads"][0].update(size=0),
            lambda proof: proof.update(body=7),
            lambda proof: proof.update(body="\ud800"),
        ],
    )
    def test_what_is_no_proof_is_not_checked(self, change: Change) -> None:
        proof = _place(5)
        change(proof)
        with pytest.raises(offline.NotCheckable):
            offline.check_place(proof, _export())

    def test_without_the_event_nothing_is_proved(self) -> None:
        for exported in (None, _export(EVENTS[5:])):
            with pytest.raises(offline.NotCheckable, match="without it nothing is known"):
                offline.check_place(_place(5), exported)

    @pytest.mark.parametrize("line", ["{", "[]", '{"source": "/sites/vn/services/registry"}'])
    def test_an_export_that_cannot_be_read_is_named_by_its_line(self, line: str) -> None:
        with pytest.raises(offline.NotCheckable, match="Line 14"):
            offline.check_place(_place(5), [*_export(), line])


class TestConsistency:
    @pytest.mark.parametrize(("first", "second"), [(1, 13), (8, 13), (7, 12), (13, 13)])
    def test_a_log_that_was_only_added_to_goes_on(self, first: int, second: int) -> None:
        for old in (_checkpoint(first), _place(1, first), _consistency(1, first)):
            assert _held(offline.check_consistency(old, _consistency(first, second))) == [True] * 4

    @pytest.mark.parametrize("at", [0, 6])
    def test_a_log_that_was_changed_does_not(self, at: int) -> None:
        """The network proves what it has now to itself; against what was noted down that does not hold."""
        forged = [*EVENTS[:at], event(at + 1, data={"what": "lie"}), *EVENTS[at + 1 :]]
        assert _held(offline.check_consistency(_checkpoint(7), _consistency(7, 13, forged))) == [False, True, True, True]
        patched = _consistency(7, 13, forged) | {"before": _checkpoint(7)}
        assert _held(offline.check_consistency(_checkpoint(7), patched)) == [True, True, True, False]

    @pytest.mark.parametrize(
        ("change", "held"),
        [
            (lambda proof: proof["paths"].clear(), [True, True, True, False]),
            (lambda proof: proof["paths"][0]["path"].pop(), [True, True, True, False]),
            (lambda proof: proof["after"].update(heads=[]), [True, True, False, False]),
            (lambda proof: proof.update(after=_checkpoint(6)), [True, True, True, False]),
            (lambda proof: proof["before"].update(digest="0" * 64), [True, False, True, True]),
            (lambda proof: proof.update(before=_checkpoint(6)), [False, True, True, False]),
        ],
    )
    def test_whatever_is_changed_in_a_proof_is_seen(self, change: Change, held: list[bool]) -> None:
        proof = _consistency(7, 13)
        change(proof)
        assert _held(offline.check_consistency(_checkpoint(7), proof)) == held

    def test_what_is_no_proof_is_not_checked(self) -> None:
        for old, proof in (({}, _consistency(7, 13)), (_checkpoint(7), _place(1)), (_place(1) | {"checkpoint": None}, _consistency(7, 13))):
            with pytest.raises(offline.NotCheckable):
                offline.check_consistency(old, proof)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS, JSON, max_size=5))
@example({"\U0001f3f3": 1, "\ufb01": 2})
def test_an_event_has_the_same_bytes_here_as_in_the_log(data: dict[str, Any]) -> None:
    one = event(1, data={"what": "fact", **data}, stream="Khối \u0001 \U0001f3f3 \ufb01")
    assert offline.canonical(one.to_cloudevent()).encode() == one.canonical()


def test_fractions_are_in_no_event() -> None:
    with pytest.raises(offline.NotCheckable):
        offline.canonical({"score": 1.5})


class TestCommand:
    def run(self, folder: Path, verb: str, *files: Any) -> Result:
        paths = []
        for number, held in enumerate(files):
            path = folder / f"{number}.json"
            path.write_text("\n".join(held) if isinstance(held, list) else held if isinstance(held, str) else json.dumps(held), "utf-8")
            paths.append(str(path))
        return CliRunner().invoke(commendation, ["verify", verb, *paths])

    def test_a_place_that_holds_ends_with_0_and_says_what_was_checked(self, tmp_path: Path) -> None:
        told = self.run(tmp_path, "place", _place(5), _export())
        assert (told.exit_code, told.output.splitlines()[-1]) == (0, "6 checked, 0 do not hold.")
        assert f"hashes lead from it to the root {_place(5)['root']} of the first 13 events of registry" in told.output

    def test_a_place_that_does_not_hold_ends_with_1(self, tmp_path: Path) -> None:
        told = self.run(tmp_path, "place", _place(5) | {"size": 12}, _export())
        assert told.exit_code == 1
        assert "DOES NOT HOLD" in told.output

    @pytest.mark.parametrize("files", [(_place(5),), ("{",), ({},)])
    def test_what_cannot_be_checked_is_refused(self, tmp_path: Path, files: tuple[Any, ...]) -> None:
        """The command line makes exit code 2 of every refusal of ours."""
        assert isinstance(self.run(tmp_path, "place", *files).exception, ValidationFailed)

    def test_logs_that_go_on_end_with_0_and_others_with_1(self, tmp_path: Path) -> None:
        assert self.run(tmp_path, "consistency", _checkpoint(7), _consistency(7, 13)).exit_code == 0
        assert self.run(tmp_path, "consistency", _checkpoint(6), _consistency(7, 13)).exit_code == 1


def test_what_the_audit_gives_has_the_forms_that_are_checked() -> None:
    assert (checkpoints.PLACE_FORM, checkpoints.CONSISTENCY_FORM) == (offline.PLACE_FORM, offline.CONSISTENCY_FORM)
