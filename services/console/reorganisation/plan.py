"""The changes that record the reorganisation: three days of them, in the order in which the registry can take them.

Who goes on: a unit that is kept (giữ nguyên), renamed or retyped, and a province that took in no other. Whatever was formed of several, or
of parts, is a new organisation, also where it took over the name and code of one of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from services.console.reorganisation.notes import Share
from services.console.reorganisation.spelling import kind_of
from services.console.reorganisation.tables import Place
from services.console.reorganisation.understanding import Pair, Understanding, Unit

Change = dict[str, Any]
"""A change as `registry.record_organisations` takes it."""

INTERIM = date(2025, 6, 30)
"""What changed between 4 January and 1 July is recorded for this day: the tables do not say when, only that it was so on the day before."""

REORGANISED = date(2025, 7, 1)

OF_JANUARY = "Danh mục đơn vị hành chính ngày 04/01/2025, Tổng cục Thống kê"
OF_JULY = "Bảng chuyển đổi đơn vị hành chính từ ngày 01/7/2025, Cục Thống kê"

_LEVELS = {2: "Cấp tỉnh", 3: "Cấp huyện", 5: "Cấp xã"}
"""By the length of the statistics code."""


def plan(tables: Understanding) -> tuple[Change, ...]:
    """Every change, from the provinces of January to the end of the districts."""
    return (*_january(tables), *_interim(tables), *_Reorganisation(tables).changes())


def province_id(code: str) -> str:
    return f"tinh-{code}"


def district_id(code: str) -> str:
    return f"huyen-{code}"


def commune_id(code: str) -> str:
    """The organisation of a code of January."""
    return f"xa-{code}"


def _january(tables: Understanding) -> Iterator[Change]:
    for place in tables.provinces.values():
        yield _register(province_id(place.code), place, parent=None)
    for place, province in tables.districts.values():
        yield _register(district_id(place.code), place, parent=province_id(province))
    for row in tables.communes.values():
        if row.commune is not None:
            yield _register(commune_id(row.commune.code), row.commune, parent=district_id(row.district.code))


def _interim(tables: Understanding) -> Iterator[Change]:
    for code in tables.ended:
        yield _change("dissolve", commune_id(code), INTERIM, OF_JULY)
    for unit in tables.standing.values():
        organisation = commune_id(unit.told_by)
        if unit.was is None:
            yield _register(organisation, unit.now, parent=district_id(unit.district), opened_on=INTERIM)
        else:
            yield from _altered(organisation, unit.was, unit.now, INTERIM)


class _Reorganisation:
    """1 July: new provinces and communes, what the old ones became, the end of the districts."""

    def __init__(self, tables: Understanding) -> None:
        self._tables = tables
        self._of_unit: dict[str, list[Pair]] = defaultdict(list)
        self._of_heir: dict[str, list[Pair]] = defaultdict(list)
        for pair in tables.pairs:
            self._of_heir[pair.heir].append(pair)
            if pair.unit:
                self._of_unit[pair.unit].append(pair)
        self._taken_in: dict[str, list[str]] = defaultdict(list)
        for before, after in tables.province_heirs.items():
            self._taken_in[after].append(before)

    def changes(self) -> Iterator[Change]:
        yield from self._new_provinces()
        yield from self._communes()
        yield from self._ends()
        yield from self._codes()

    def _goes_on(self, province: str) -> bool:
        return self._taken_in[province] == [province]

    def _province(self, code: str) -> str:
        return province_id(code) if self._goes_on(code) else f"{province_id(code)}-{REORGANISED.year}"

    def _kept(self, heir: str) -> Unit | None:
        """The unit that goes on as this commune of 1 July."""
        pairs = self._of_heir[heir]
        if len(pairs) == 1 and pairs[0].note.share is Share.SAME and len(self._of_unit[pairs[0].unit]) == 1:
            return self._tables.standing[pairs[0].unit]
        return None

    def _heir(self, code: str) -> str:
        kept = self._kept(code)
        return f"{commune_id(code)}-{REORGANISED.year}" if kept is None else commune_id(kept.told_by)

    def _new_provinces(self) -> Iterator[Change]:
        for place in self._tables.provinces_after.values():
            if not self._goes_on(place.code):
                yield _register(self._province(place.code), place, parent=None, opened_on=REORGANISED, code=None)

    def _communes(self) -> Iterator[Change]:
        for place, province in self._tables.heirs.values():
            kept = self._kept(place.code)
            if kept is None:
                parent = self._province(province)
                yield _register(self._heir(place.code), place, parent=parent, opened_on=REORGANISED, code=None)
            else:
                organisation = commune_id(kept.told_by)
                more = {"parent": self._province(province), "sector_parent": None}
                yield _change("move", organisation, REORGANISED, OF_JULY, **more)
                yield from _altered(organisation, kept.now, place, REORGANISED)

    def _ends(self) -> Iterator[Change]:
        for unit, pairs in self._of_unit.items():
            heirs = [self._heir(pair.heir) for pair in pairs]
            if heirs == [commune_id(unit)]:
                continue
            if len(set(heirs)) == 1:
                yield _change("merge", commune_id(unit), REORGANISED, OF_JULY, into=heirs[0])
            else:
                said = [{"organisation": heir, "share": None, "note": pair.note.words} for heir, pair in zip(heirs, pairs, strict=True)]
                yield _change("split", commune_id(unit), REORGANISED, OF_JULY, heirs=said)
        zones = {pair.district: pair for pair in self._tables.pairs if not pair.unit}
        for code in self._tables.districts:
            if code in zones:
                yield _change("merge", district_id(code), REORGANISED, OF_JULY, into=self._heir(zones[code].heir))
            else:
                yield _change("dissolve", district_id(code), REORGANISED, OF_JULY)
        for before, after in self._tables.province_heirs.items():
            if not self._goes_on(after):
                yield _change("merge", province_id(before), REORGANISED, OF_JULY, into=self._province(after))

    def _codes(self) -> Iterator[Change]:
        """Codes last: many a new organisation took over the code of one that it was formed of, which must have ended first."""
        for place in self._tables.provinces_after.values():
            if not self._goes_on(place.code):
                yield _change("recode", self._province(place.code), REORGANISED, OF_JULY, code=place.code)
        for place, _ in self._tables.heirs.values():
            if self._kept(place.code) is None:
                yield _change("recode", self._heir(place.code), REORGANISED, OF_JULY, code=place.code)


def _altered(organisation: str, was: Place, now: Place, on: date) -> Iterator[Change]:
    if was.name != now.name:
        yield _change("rename", organisation, on, OF_JULY, name=now.name)
    if kind_of(was.name) != kind_of(now.name):
        yield _change("retype", organisation, on, OF_JULY, kind=kind_of(now.name), level=_LEVELS[len(now.code)])
    if was.code != now.code:
        yield _change("recode", organisation, on, OF_JULY, code=now.code)


def _register(organisation: str, place: Place, *, parent: str | None, opened_on: date | None = None, code: str | None = "") -> Change:
    """`code` None: it is given later; the place's own otherwise."""
    return {
        "change": "register",
        "organisation": organisation,
        "name": place.name,
        "kind": kind_of(place.name),
        "level": _LEVELS[len(place.code)],
        "opened_on": opened_on and opened_on.isoformat(),
        "code": None if code is None else place.code,
        "parent": parent,
        "sector_parent": None,
    }


def _change(change: str, organisation: str, on: date, document: str, **more: Any) -> Change:
    return {"change": change, "organisation": organisation, "effective_on": on.isoformat(), "document": document, **more}
