"""What the two tables say together: the units of January, what became of them by 30 June, and the pairs of 1 July.

The tables hold typing errors and leave things out. What can be told from the tables alone is understood and said by line; what cannot is
said by line and left open. Nothing is guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from services.console.reorganisation.notes import Note, Share, understood
from services.console.reorganisation.spelling import kind_of, same_name, with_kind
from services.console.reorganisation.tables import JANUARY, JULY, Commune, Conversion, Place


class Weight(StrEnum):
    """understood: read from the tables in spite of an error; open: the tables do not say; unreadable: the line says nothing known."""

    UNDERSTOOD = "understood"
    OPEN = "open"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a line that a person should know."""

    weight: Weight
    file: str
    line: int
    words: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.words}"


@dataclass(frozen=True, slots=True)
class Unit:
    """A commune as of 30 June: the code of January that tells it, and name and code as the July table has them."""

    told_by: str
    was: Place | None
    now: Place
    district: str
    line: int


@dataclass(frozen=True, slots=True)
class Pair:
    """What of a unit goes to a new commune. `unit` is the January code of a commune, "" where the old side is a whole district."""

    line: int
    unit: str
    district: str
    heir: str
    note: Note


@dataclass
class Understanding:
    """Both tables, understood. Codes are statistics codes; communes of January and July are told apart by the table they stand in."""

    provinces: dict[str, Place]
    districts: dict[str, tuple[Place, str]]
    communes: dict[str, Commune]
    standing: dict[str, Unit] = field(default_factory=dict)
    """By told_by: the communes of 30 June."""
    ended: dict[str, Commune] = field(default_factory=dict)
    """By code of January: communes that are gone by 30 June; the tables do not say into what."""
    heirs: dict[str, tuple[Place, str]] = field(default_factory=dict)
    """By code: the communes of 1 July with their province's code."""
    provinces_after: dict[str, Place] = field(default_factory=dict)
    province_heirs: dict[str, str] = field(default_factory=dict)
    """Province before (code) to province after (code)."""
    pairs: list[Pair] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def say(self, weight: Weight, file: str, line: int, words: str) -> None:
        self.findings.append(Finding(weight, file, line, words))


def understand(january: Iterable[Commune], july: Iterable[Conversion]) -> Understanding:
    """Read both tables together."""
    tree = _tree(january)
    conversions = list(july)
    told = _told(tree, conversions)
    _renamed(tree)
    for code, commune in tree.communes.items():
        if code not in tree.standing:
            tree.ended[code] = commune
            tree.say(
                Weight.OPEN,
                JANUARY,
                commune.line,
                f"{_words(commune.commune)} of {commune.district.name} is not in the July table; it ended by 30 June, and neither table "
                f"says into what. Record its heirs from the resolution.",
            )
    _after(tree, conversions)
    _pair(tree, conversions, told)
    return tree


def _tree(january: Iterable[Commune]) -> Understanding:
    tree = Understanding({}, {}, {})
    for row in january:
        tree.provinces.setdefault(row.province.code, row.province)
        tree.districts.setdefault(row.district.code, (row.district, row.province.code))
        if row.commune is not None:
            tree.communes[row.commune.code] = row
    return tree


def _told(tree: Understanding, conversions: list[Conversion]) -> dict[int, str]:
    """By line: the code of January of the old commune that the line is about; fills `standing`.

    A code of the July table may be of no commune of January, or of one with another name. Then name and district decide, if they can.
    """
    by_name: dict[tuple[str, str], list[str]] = defaultdict(list)
    for code, held in tree.communes.items():
        by_name[held.district.code, same_name(_place(held).name)].append(code)
    typed: dict[str, set[str]] = defaultdict(set)
    for row in conversions:
        typed[row.old.code].add(same_name(row.old.name))
    told: dict[int, str] = {}
    said: set[tuple[str, str]] = set()
    for row in conversions:
        if not row.old.code:
            continue
        told[row.line] = _told_by(tree, row, by_name[row.old_district.code, same_name(row.old.name)], typed, said)
    return told


def _told_by(tree: Understanding, row: Conversion, namesakes: list[str], typed: Mapping[str, set[str]], said: set[tuple[str, str]]) -> str:
    """`namesakes`: codes of January of this name in this district; `typed`: by code, the names that July gives it."""
    code, held = row.old.code, tree.communes.get(row.old.code)
    if held is not None:
        was = _place(held)
        name = with_kind(row.old.name, kind_of(was.name))
        if same_name(was.name) == same_name(name):
            tree.standing.setdefault(code, Unit(code, was, was, held.district.code, row.line))
            return code
        if same_name(was.name) in typed[code] and len(namesakes) == 1:
            return _typed_wrongly(tree, row, namesakes[0])
    unheard_of = [one for one in namesakes if one not in typed]
    if len(unheard_of) == 1:
        return _recoded(tree, row, unheard_of[0], said)
    if held is None:
        return _appeared(tree, row, said)
    tree.standing.setdefault(code, Unit(code, was, Place(name, code), held.district.code, row.line))
    return code


def _typed_wrongly(tree: Understanding, row: Conversion, code: str) -> str:
    tree.say(
        Weight.UNDERSTOOD,
        JULY,
        row.line,
        f"{_words(row.old)}: this code is that of {_place(tree.communes[row.old.code]).name}, which has a line of its own; the only "
        f"{row.old.name} of {row.old_district.name} has {code}. Read as {code}.",
    )
    unit = tree.communes[code]
    tree.standing.setdefault(code, Unit(code, _place(unit), Place(_place(unit).name, code), unit.district.code, row.line))
    return code


def _recoded(tree: Understanding, row: Conversion, code: str, said: set[tuple[str, str]]) -> str:
    """The unit of this name and district had another code in January, which the July table has nowhere."""
    if ("recoded", code) not in said:
        said.add(("recoded", code))
        tree.say(
            Weight.UNDERSTOOD,
            JULY,
            row.line,
            f"{_words(row.old)} of {row.old_district.name} had the code {code} in January, which stands nowhere in July. Recorded as a "
            f"change of code by 30 June.",
        )
    unit = tree.communes[code]
    tree.standing.setdefault(code, Unit(code, _place(unit), Place(_place(unit).name, row.old.code), unit.district.code, row.line))
    return code


def _appeared(tree: Understanding, row: Conversion, said: set[tuple[str, str]]) -> str:
    code = row.old.code
    if ("appeared", code) not in said:
        said.add(("appeared", code))
        tree.say(
            Weight.OPEN,
            JULY,
            row.line,
            f"{_words(row.old)} of {row.old_district.name} is not in the table of January; it was formed by 30 June, and neither table "
            f"says from what. Record its predecessors from the resolution.",
        )
    tree.standing.setdefault(code, Unit(code, None, row.old, row.old_district.code, row.line))
    return code


def _renamed(tree: Understanding) -> None:
    for unit in tree.standing.values():
        if unit.was is not None and unit.was.name != unit.now.name:
            tree.say(
                Weight.UNDERSTOOD,
                JULY,
                unit.line,
                f"{_words(unit.now)} was {unit.was.name} in January: renamed or spelled otherwise, the tables do not say which. "
                f"Recorded as a change of name by 30 June.",
            )


def _after(tree: Understanding, conversions: list[Conversion]) -> None:
    """Provinces and communes of 1 July, and which province each of the old ones became."""
    became: dict[str, set[str]] = defaultdict(set)
    for row in conversions:
        tree.provinces_after.setdefault(row.province.code, row.province)
        name = with_kind(row.commune.name)
        if row.commune.code not in tree.heirs and name != row.commune.name:
            tree.say(Weight.UNDERSTOOD, JULY, row.line, f"{row.commune.name} is read as {name}.")
        place, province = tree.heirs.setdefault(row.commune.code, (Place(name, row.commune.code), row.province.code))
        if same_name(place.name) != same_name(name) or province != row.province.code:
            tree.say(
                Weight.UNREADABLE,
                JULY,
                row.line,
                f"The new code {row.commune.code} is that of {place.name} above, and of {row.commune.name} here; say which is right.",
            )
        _, before = tree.districts.get(row.old_district.code, (None, None))
        if before is None:
            tree.say(Weight.UNREADABLE, JULY, row.line, f"{_words(row.old_district)} is no district of January.")
            continue
        if before != row.old_province.code:
            tree.say(
                Weight.UNDERSTOOD,
                JULY,
                row.line,
                f"{_words(row.old_province)} is given as the old province, but {_words(row.old_district)} was in "
                f"{_words(tree.provinces[before])}. Read as the latter.",
            )
        became[before].add(row.province.code)
    for before, after in became.items():
        if len(after) > 1:
            names = ", ".join(tree.provinces_after[code].name for code in sorted(after))
            tree.say(Weight.UNREADABLE, JULY, 1, f"{_words(tree.provinces[before])} goes to several provinces: {names}.")
        else:
            tree.province_heirs[before] = next(iter(after))


def _pair(tree: Understanding, conversions: list[Conversion], told: Mapping[int, str]) -> None:
    for row in conversions:
        note = understood(row.note)
        if note is None:
            tree.say(Weight.UNREADABLE, JULY, row.line, f"The note {row.note!r} is none that is known; say what it means.")
            continue
        if note.typed_wrongly:
            tree.say(Weight.UNDERSTOOD, JULY, row.line, f"The note {row.note!r} is read as {note.words!r}.")
        if row.old.code:
            tree.pairs.append(Pair(row.line, told[row.line], row.old_district.code, row.commune.code, note))
        elif row.old.name:
            tree.say(
                Weight.OPEN,
                JULY,
                row.line,
                f"{row.old.name} of {row.old_district.name} is land without a code, no unit; nothing is recorded of it.",
            )
        else:
            tree.pairs.append(Pair(row.line, "", row.old_district.code, row.commune.code, note))
    _look_over(tree)


def _look_over(tree: Understanding) -> None:
    by_unit: dict[str, list[Pair]] = defaultdict(list)
    for pair in tree.pairs:
        if pair.unit:
            by_unit[pair.unit].append(pair)
    for pairs in by_unit.values():
        shares = {pair.note.share for pair in pairs}
        if len(pairs) > 1 and shares != {Share.PART}:
            lines = ", ".join(str(pair.line) for pair in pairs)
            tree.say(Weight.OPEN, JULY, pairs[0].line, f"Lines {lines} give this unit several heirs, yet one says that it goes over whole.")
        elif len(pairs) == 1 and shares == {Share.PART}:
            tree.say(Weight.OPEN, JULY, pairs[0].line, "Only a part of the unit is said to go over, and no line says where the rest went.")


def _place(row: Commune) -> Place:
    if row.commune is None:
        raise TypeError("a district without communes has none")
    return row.commune


def _words(place: Place | None) -> str:
    return "" if place is None else f"{place.name} ({place.code})"
