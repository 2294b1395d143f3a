"""Codes of organisations: their forms, old and new."""

from __future__ import annotations

import pytest

from services.registry.domain.codes import Scheme, as_now_written, scheme_of


@pytest.mark.parametrize("code", ["G09", "G12.12", "H13.41.24", "000.00.12.H56", "12.H56"])
def test_a_letter_and_two_digits_with_numbers_for_the_levels_below_identify(code: str) -> None:
    assert scheme_of(code) is Scheme.IDENTIFICATION


@pytest.mark.parametrize("code", ["01", "001", "00004"])
def test_provinces_districts_and_communes_have_codes_of_the_statistics_office(code: str) -> None:
    assert scheme_of(code) is Scheme.STATISTICS


@pytest.mark.parametrize("code", ["", "G9", "g09", "G09.", "G09.1234", "H13..24", "0004", "1234567", "H13.H14", "Bộ Tư pháp", "G09\n"])
def test_anything_else_is_no_code(code: str) -> None:
    assert scheme_of(code) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [("000.00.12.H56", "H56.12"), ("24.41.H13", "H13.41.24"), ("000.00.00.H47", "H47"), ("00.10.H47", "H47.10"), ("H56.12", "H56.12")],
)
def test_the_old_form_is_read_from_right_to_left(old: str, new: str) -> None:
    assert as_now_written(old) == new


def test_what_has_no_old_form_stays_as_it_is() -> None:
    assert [as_now_written(code) for code in ("00004", "01", "any text")] == ["00004", "01", "any text"]
