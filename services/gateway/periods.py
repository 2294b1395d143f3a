"""Periods of ratings (kỳ đánh giá) as people write them: "tháng 03/2026" for 2026-03, "quý I/2026" for 2026-Q1."""

from __future__ import annotations

import re

from services.gateway.i18n import t

QUARTERS = ("I", "II", "III", "IV")


def words_of_period(period: str) -> str:
    """A period in words; a year as it is."""
    year, _, part = period.partition("-")
    if part.startswith("Q"):
        return t("period.quarter", quarter=QUARTERS[int(part[1:]) - 1], year=year)
    return t("period.month", month=part, year=year) if part else year


def typed_period(typed: str) -> str | None:
    """The period that somebody typed: 3/2026, "tháng 3/2026", "quý I/2026", Q1/2026, a year, or as it is kept; None for what is none."""
    text = re.sub(r"\s", "", typed).upper()
    if re.fullmatch(r"\d{4}(-Q[1-4]|-(0[1-9]|1[0-2]))?", text):
        return text
    if month := re.fullmatch(r"(?:THÁNG|MONTH)?(0?[1-9]|1[0-2])[/.-](\d{4})", text):
        return f"{month[2]}-{int(month[1]):02}"
    if quarter := re.fullmatch(r"(?:QUÝ|QUARTER|Q)(I|II|III|IV|[1-4])[/.-](\d{4})", text):
        number = QUARTERS.index(quarter[1]) + 1 if quarter[1] in QUARTERS else quarter[1]
        return f"{quarter[2]}-Q{number}"
    return None
