"""What the audit recorded against what a service gives: any single change, removal or insertion is found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.domain import (
    FINDINGS_BYTES_MAX,
    Compared,
    Entry,
    Finding,
    Findings,
    Kind,
    Noted,
    chained,
    check_record,
    compare,
    merkle,
)
from shared.event import Event
from tests.services.audit.given import entries, entry, event, log

LENGTHS = st.integers(2, 30)
CHANGES = [
    lambda one: replace(one, data={**one.data, "what": "khác"}),
    lambda one: replace(one, data={**one.data, "more": None}),
    lambda one: replace(one, id=one.id + "x"),
    lambda one: replace(one, stream="other"),
    lambda one: replace(one, version=one.version + 1),
    lambda one: replace(one, type="registry.Other"),
    lambda one: replace(one, schema=2),
    lambda one: replace(one, recorded_at=one.recorded_at + timedelta(microseconds=1)),
    lambda one: replace(one, effective_on=one.effective_on + timedelta(days=1)),
    lambda one: replace(one, actor="somebody"),
    lambda one: replace(one, correlation="x"),
    lambda one: replace(one, causation="x"),
    lambda one: replace(one, site="elsewhere"),
]


def compared(
    recorded: Sequence[Entry], fed: Sequence[Event], *, cursor: int | None = None, head: int | None = None
) -> tuple[list[Finding], Compared]:
    findings = Findings()
    reached = max((one.position for one in recorded), default=0) if cursor is None else cursor
    last = max((one.position for one in fed), default=0) if head is None else head
    result = compare(findings, "vn", "registry", recorded, fed, cursor=reached, head=last)
    assert findings.found == len(findings.kept)
    return findings.kept, result


def shown(findings: Sequence[Finding]) -> list[tuple[int, Kind]]:
    return [(finding.position, finding.kind) for finding in findings]


@given(st.integers(0, 30), st.integers(0, 10))
def test_a_log_that_stands_as_recorded_gives_no_finding(length: int, further: int) -> None:
    events = log(length + further)
    assert compared(entries(events[:length]), events) == ([], Compared(checked=length, behind=further))


@given(LENGTHS, st.data(), st.sampled_from(CHANGES))
def test_any_single_change_is_found(length: int, draw: st.DataObject, change: Any) -> None:
    events = log(length)
    at = draw.draw(st.integers(0, length - 1))
    fed = [*events[:at], change(events[at]), *events[at + 1 :]]
    findings, result = compared(entries(events), fed)
    assert shown(findings) == [(at + 1, Kind.CHANGED)]
    assert result.checked == length


@given(LENGTHS, st.data())
def test_any_single_removal_is_found(length: int, draw: st.DataObject) -> None:
    events = log(length)
    at = draw.draw(st.integers(0, length - 1))
    findings, _ = compared(entries(events), [*events[:at], *events[at + 1 :]])
    assert shown(findings) == [(at + 1, Kind.MISSING)]


@given(LENGTHS, st.data())
def test_any_single_removal_from_the_record_is_found(length: int, draw: st.DataObject) -> None:
    events = log(length)
    at = draw.draw(st.integers(0, length - 1))
    findings, _ = compared(entries([*events[:at], *events[at + 1 :]]), events, cursor=length)
    assert shown(findings) == [(at + 1, Kind.GAP)]


@given(LENGTHS, st.data())
def test_a_removal_that_closes_the_gap_behind_it_is_found(length: int, draw: st.DataObject) -> None:
    events = log(length)
    at = draw.draw(st.integers(0, length - 1))
    closed = [*events[:at], *(replace(one, position=one.position - 1) for one in events[at + 1 :])]
    findings, _ = compared(entries(events), closed)
    assert shown(findings) == [*((place + 1, Kind.CHANGED) for place in range(at, length - 1)), (length, Kind.MISSING)]


@given(LENGTHS, st.data())
def test_any_single_insertion_is_found(length: int, draw: st.DataObject) -> None:
    events = log(length)
    at = draw.draw(st.integers(0, length - 1))
    shifted = [replace(one, position=one.position + 1) for one in events[at:]]
    findings, result = compared(entries(events), [*events[:at], event(at + 1, id="forged"), *shifted])
    assert shown(findings) == [(place + 1, Kind.CHANGED) for place in range(at, length)]
    assert result.behind == 1


@given(LENGTHS, st.data())
def test_an_insertion_without_a_position_of_its_own_is_found(length: int, draw: st.DataObject) -> None:
    events = log(length)
    at = draw.draw(st.integers(0, length - 1))
    findings, _ = compared(entries(events), [*events[: at + 1], event(at + 1, id="forged"), *events[at + 1 :]])
    assert shown(findings) == [(at + 1, Kind.CHANGED)]


@given(LENGTHS, st.data())
def test_a_position_that_nobody_holds_is_a_gap(length: int, draw: st.DataObject) -> None:
    events = log(length)
    at = draw.draw(st.integers(0, length - 1))
    left = [*events[:at], *events[at + 1 :]]
    findings, _ = compared(entries(left), left, cursor=length, head=length)
    assert shown(findings) == [(at + 1, Kind.GAP)]


def test_a_gap_of_several_positions_is_one_finding() -> None:
    left = [one for one in log(9) if one.position not in (4, 5, 6)]
    (finding,), _ = compared(entries(left), left)
    assert (finding.position, finding.message) == (4, "Positions 4 to 6 are neither in the log of registry nor in the record of the audit.")


def test_a_log_cut_off_behind_its_own_counter_is_a_gap() -> None:
    events = log(5)
    findings, _ = compared(entries(events[:3]), events[:3], head=5)
    assert shown(findings) == [(4, Kind.GAP)]


def test_a_lost_log_is_missing_as_a_whole() -> None:
    findings, _ = compared(entries(log(3)), [])
    assert shown(findings) == [(1, Kind.MISSING), (2, Kind.MISSING), (3, Kind.MISSING)]


def test_a_changed_event_is_named_with_its_fields_and_without_their_values() -> None:
    events = log(2)
    fed = [events[0], replace(events[1], actor="somebody", data={"what": "bí mật", "more": "x"})]
    (finding,), _ = compared(entries(events), fed)
    assert finding.message == "Event registry-0002 differs from what was recorded in: actor, data.more, data.what."


def test_an_unreadable_record_does_not_stop_the_comparison() -> None:
    events = log(2)
    broken = replace(entry(events[0]), body="{", digest="0" * 64)
    findings, _ = compared([broken, entry(events[1])], events)
    assert shown(findings) == [(1, Kind.CHANGED)]


def test_findings_are_all_counted_and_kept_within_a_bound() -> None:
    findings = Findings()
    for position in range(1, 1001):
        findings.add(Finding("vn", "registry", position, Kind.CHANGED, "\u0001" * 500))
    assert findings.found == 1000
    assert 0 < len(findings.kept) <= FINDINGS_BYTES_MAX // 3000


def chain_of(recorded: Sequence[Entry]) -> str:
    chain = ""
    for one in recorded:
        chain = chained(chain, one.digest)
    return chain


def checked(recorded: Sequence[Entry], *, count: int, chain: str, heads: Sequence[Noted] = ()) -> list[tuple[int, Kind]]:
    findings = Findings()
    check_record(findings, "vn", "registry", recorded, count=count, chain=chain, heads=heads)
    return shown(findings.kept)


def heads_of(events: Sequence[Event], *sizes: int) -> list[Noted]:
    leaves = [merkle.leaf_hash(one.canonical()) for one in events]
    return [Noted(size, merkle.head_over(leaves[:size]).hex(), f"checkpoint {size}") for size in sizes]


class TestOwnRecord:
    def test_a_sound_record_gives_no_finding(self) -> None:
        recorded = entries(log(5))
        assert checked(recorded, count=5, chain=chain_of(recorded)) == []

    def test_an_event_recorded_late_is_sound(self) -> None:
        events = log(3)
        recorded = [entry(events[0], 1), entry(events[2], 2), entry(events[1], 3)]
        assert checked(recorded, count=3, chain=chain_of(recorded)) == []

    @pytest.mark.parametrize(
        "change",
        [
            lambda one: replace(one, body=one.body.replace("fact", "lie")),
            lambda one: replace(one, event="other"),
            lambda one: replace(one, stream="other"),
            lambda one: replace(one, type="registry.Other"),
            lambda one: replace(one, actor="somebody"),
            lambda one: replace(one, correlation="x"),
            lambda one: replace(one, recorded_at=one.recorded_at + timedelta(seconds=1)),
        ],
    )
    def test_any_change_of_an_entry_is_found(self, change: Any) -> None:
        recorded = entries(log(3))
        assert checked([recorded[0], change(recorded[1]), recorded[2]], count=3, chain=chain_of(recorded)) == [(2, Kind.CHANGED)]

    def test_an_entry_rewritten_with_its_digest_breaks_the_chain(self) -> None:
        recorded = entries(log(3))
        forged = entry(event(2, data={"what": "lie"}))
        assert checked([recorded[0], forged, recorded[2]], count=3, chain=chain_of(recorded)) == [(3, Kind.CHANGED)]

    @pytest.mark.parametrize("at", [0, 1, 2])
    def test_an_entry_that_is_gone_is_found(self, at: int) -> None:
        recorded = entries(log(3))
        left = [one for place, one in enumerate(recorded) if place != at]
        found = checked(left, count=3, chain=chain_of(recorded))
        assert Kind.GAP in {kind for _, kind in found}

    @given(st.permutations(range(12)), st.lists(st.integers(1, 12)))
    def test_heads_noted_down_are_found_in_whatever_order_events_were_recorded(self, order: list[int], sizes: list[int]) -> None:
        events = log(12)
        recorded = [entry(events[at], place) for place, at in enumerate(order, start=1)]
        assert checked(recorded, count=12, chain=chain_of(recorded), heads=heads_of(events, *sizes)) == []

    @given(LENGTHS, st.data())
    def test_a_record_rewritten_throughout_does_not_give_the_heads_noted_after_the_change(self, length: int, draw: st.DataObject) -> None:
        """Entry, digest and running digest fit again; whoever did that cannot reach the checkpoint."""
        events = log(length)
        at = draw.draw(st.integers(0, length - 1))
        recorded = entries([*events[:at], event(at + 1, data={"what": "lie"}), *events[at + 1 :]])
        heads = heads_of(events, *range(1, length + 1))
        assert checked(recorded, count=length, chain=chain_of(recorded), heads=heads[:at]) == []
        assert checked(recorded, count=length, chain=chain_of(recorded), heads=heads) == [(at + 1, Kind.CHANGED)]

    def test_a_record_that_is_shorter_than_what_was_noted_is_found(self) -> None:
        events = log(5)
        recorded = entries(events[:3])
        assert checked(recorded, count=3, chain=chain_of(recorded), heads=heads_of(events, 2, 5)) == [(5, Kind.CHANGED)]
