"""The quick way to canonical JSON writes the very bytes that RFC 8785 asks for."""

from __future__ import annotations

import pytest
import rfc8785
from hypothesis import given

from shared.store.canonical import canonical_text
from tests.shared.given import json_data


@given(json_data)
def test_the_text_is_that_of_rfc_8785(data: object) -> None:
    assert canonical_text(data).encode() == rfc8785.dumps(data)


def test_the_data_of_most_events_is_written_the_quick_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.store.canonical.rfc8785", None)
    data = {"b": ["Khối", True, None, 2**53 - 1, -(2**53) + 1, {"c": {}}], "a": []}
    assert canonical_text(data) == '{"a":[],"b":["Khối",true,null,9007199254740991,-9007199254740991,{"c":{}}]}'


@pytest.mark.parametrize("data", [{"a": 2**53}, {"a": "\ud800"}, {"\ud800": 1}, {1: "a"}, {"a": float("nan")}])
def test_what_has_no_canonical_form_is_refused(data: object) -> None:
    with pytest.raises(ValueError, match=r"surrogate|canonicaliz|domain|UTF-8|key|nan"):
        canonical_text(data)


def test_a_list_that_holds_itself_is_refused() -> None:
    round_and_round: list[object] = []
    round_and_round.append(round_and_round)
    with pytest.raises(RecursionError):
        canonical_text(round_and_round)
