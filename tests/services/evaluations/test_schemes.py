"""Rating schemes as data: what is checked when they are read, and which version holds on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.evaluations.domain.errors import PeriodUnknown, SchemeUnknown
from services.evaluations.domain.initiatives import ReuseRule, ReuseRules
from services.evaluations.domain.periods import PeriodKind, period_of
from services.evaluations.domain.schemes import Scheme, Schemes, Step, faults_of
from services.evaluations.rules.ratings import REUSE, SCHEMES, read_reuse, read_scheme
from shared.errors import ConfigurationError
from tests.services.evaluations import given_ratings as the


@pytest.mark.parametrize("scheme", SCHEMES.schemes, ids=lambda scheme: f"{scheme.key}-{scheme.version}")
def test_every_figure_says_where_it_comes_from_and_whether_it_was_read(scheme: Scheme) -> None:
    rules: list[Any] = [scheme, scheme.year, *scheme.ceilings, *scheme.disqualifiers, *scheme.quotas]
    assert all(rule.basis for rule in rules)
    assert all(part.basis for part in scheme.groups if not part.verified)
    assert faults_of(scheme) == []


def test_what_no_source_confirms_is_marked() -> None:
    quotas = {quota.key: (quota.percent, quota.verified) for quota in the.DECREE.quotas}
    assert quotas == {"excellent": (Decimal(20), True), "excellent_outstanding": (Decimal(25), False)}
    assert not the.DECREE.year.verified
    assert {group.key: group.verified for group in the.TREASURY.groups} == {"files": False, "discipline": False, "initiatives": True}
    assert not any(rule.verified for rule in REUSE.rules)


def _group(scheme: Scheme, place: int, **changes: Any) -> Scheme:
    groups = list(scheme.groups)
    groups[place] = replace(groups[place], **changes)
    return replace(scheme, groups=tuple(groups))


def _part(scheme: Scheme, **changes: Any) -> Scheme:
    return _group(scheme, 0, parts=(replace(scheme.groups[0].parts[0], **changes),))


@pytest.mark.parametrize(
    ("scheme", "fault"),
    [
        (_group(the.DECREE, 0, maximum=Decimal("30.5")), "the groups sum to 100.5, the scale says 100"),
        (_part(the.DECREE, of="nothing"), "counts 'nothing'"),
        (_part(the.DECREE, out_of=None), "over a figure or out of a number"),
        (_part(the.DECREE, leaders=True), "no part that counts for all"),
        (_part(the.DECREE, steps=(Step(Decimal(50), Decimal(1)),)), "steps of part general do not fall to 0"),
        (replace(the.DECREE, grades=the.DECREE.grades[:3]), "the grades do not fall to 0"),
        (replace(the.DECREE, figures=the.DECREE.figures[1:]), "counts 'general'"),
        (replace(the.DECREE, figures=(*the.DECREE.figures, the.DECREE.figures[0])), "two figures of one key"),
        (replace(the.DECREE, quotas=(replace(the.DECREE.quotas[0], grade="X"),)), "quota excellent names a grade 'X'"),
        (replace(the.DECREE, disqualifiers=(replace(the.DECREE.disqualifiers[0], year="X"),)), "names no grade of the year"),
        (replace(the.TREASURY, ceilings=(replace(the.TREASURY.ceilings[0], figure="x"),)), "ceiling signed_late looks at 'x'"),
        (replace(the.DECREE, year=replace(the.DECREE.year, grades=the.DECREE.year.grades[:3])), "a year might have none"),
    ],
)
def test_a_scheme_that_does_not_hold_together_says_where(scheme: Scheme, fault: str) -> None:
    assert any(fault in said for said in faults_of(scheme))


def test_a_file_that_cannot_be_read_names_the_place() -> None:
    with pytest.raises(ConfigurationError, match="periods"):
        read_scheme("{key: a, version: '1'}")
    with pytest.raises(ConfigurationError, match=r"every authority"):
        read_reuse("[{authority: btp, window_years: '1', basis: QĐ 1, verified: 'true'}]")
    with pytest.raises(ConfigurationError, match="window_years"):
        read_reuse("[{authority: btp, basis: QĐ 1, verified: 'true'}]")


def test_the_version_of_a_day() -> None:
    second = replace(the.DECREE, version=2, from_on=date(2027, 3, 1))
    schemes = Schemes((second, replace(the.DECREE, until_on=date(2027, 2, 28))))
    assert [schemes.on("nd-335-2025", date(2027, month, 28)).version for month in (2, 3)] == [1, 2]
    assert schemes.version("nd-335-2025", 1).version == 1
    for day in (date(2025, 12, 31), date.min):
        with pytest.raises(SchemeUnknown):
            schemes.on("nd-335-2025", day)
    with pytest.raises(SchemeUnknown):
        schemes.version("nd-335-2025", 3)


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_periods_have_their_days(key: str, first: date, last: date) -> None:
    period = period_of(key)
    assert (period.first_day, period.last_day, period.year) == (first, last, first.year)
    assert period.kind is (PeriodKind.QUARTER if "Q" in key else PeriodKind.MONTH)


@pytest.mark.parametrize("key", ["2026", "2026-13", "2026-00", "2026-Q5", "26-01", "2026-1", "2026-01\n", ""])
def test_what_is_no_period_is_refused(key: str) -> None:
    with pytest.raises(PeriodUnknown):
        period_of(key)


def test_reuse_is_by_the_authoritys_own_rule_of_the_year() -> None:
    every = ReuseRule("*", 0, "Trong năm", verified=False)
    rules = ReuseRules((every, ReuseRule("btp", 2, "QĐ 1", verified=True, from_on=date(2026, 1, 1))))
    usable = {(who, year): rules.usable(authority=who, applied_in=2024, year=year) for who in ("btp", "bqp") for year in range(2023, 2028)}
    assert [key for key, counts in usable.items() if counts] == [("btp", 2024), ("btp", 2026), ("bqp", 2024)]
