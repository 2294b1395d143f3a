"""Periods of ratings, typed and shown as people write them."""

from __future__ import annotations

import pytest

from services.gateway.periods import typed_period, words_of_period


@pytest.mark.parametrize(
    ("typed", "period"),
    [
        ("3/2026", "2026-03"),
        ("03/2026", "2026-03"),
        ("tháng 12/2026", "2026-12"),
        ("2026-03", "2026-03"),
        ("quý I/2026", "2026-Q1"),
        ("Quý IV/2026", "2026-Q4"),
        ("q2/2026", "2026-Q2"),
        ("2026-Q3", "2026-Q3"),
        ("2026", "2026"),
        ("13/2026", None),
        ("0/2026", None),
        ("2026-00", None),
        ("quý V/2026", None),
        ("quý 5/2026", None),
        ("3/26", None),
        ("", None),
    ],
)
def test_a_period_is_read_as_people_write_it(typed: str, period: str | None) -> None:
    assert typed_period(typed) == period


@pytest.mark.parametrize(("period", "words"), [("2026-03", "tháng 03/2026"), ("2026-Q4", "quý IV/2026"), ("2026", "2026")])
def test_a_period_is_shown_as_it_can_be_typed(period: str, words: str) -> None:
    assert words_of_period(period) == words
    assert typed_period(words) == period
