"""The words: every id that is used has both languages, none lies unused, and both take the same values."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from services.gateway import i18n

ROOM = Path(i18n.__file__).parent
SOURCES = [path for path in ROOM.rglob("*") if path.suffix in (".py", ".html")]
LITERAL = re.compile(r"""["']([a-z_]+\.[A-Za-z0-9_.]+)["']""")
BY_DATA = re.compile(r"""f?["']([a-z_]+\.[a-z_]*)(?:["'] ~|\{)""")
"""Ids made from data: t("state." ~ value), f"problem.{code}"."""


def used() -> tuple[set[str], tuple[str, ...]]:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    called = set(re.findall(r"""\bt\(\s*["']([a-z_]+\.[A-Za-z0-9_.]+)["'](?! ~)""", text))
    return called | {found for found in LITERAL.findall(text) if found in i18n.catalogue()}, tuple(set(BY_DATA.findall(text)))


def test_every_id_has_both_languages() -> None:
    for message, words in i18n.catalogue().items():
        assert set(words) == {"vi", "en"}, message
        assert all(text.strip() for text in words.values()), message


def test_every_id_that_is_used_is_there() -> None:
    literal, _ = used()
    assert len(literal) > 200
    assert not literal - set(i18n.catalogue())


def test_no_id_lies_unused() -> None:
    literal, families = used()
    assert not [message for message in i18n.catalogue() if message not in literal and not message.startswith(families)]


def test_both_languages_take_the_same_values() -> None:
    for message, words in i18n.catalogue().items():
        values = {language: {name for _, name, _, _ in Formatter().parse(text) if name} for language, text in words.items()}
        assert values["vi"] == values["en"], message


@pytest.mark.parametrize(
    ("family", "keys"),
    [
        ("state.", "waiting open submitted closed proposed voted decided final open_campaign provisional"),
        ("status.", "ranked disqualified no_scores"),
        ("kind.", "penalty bonus gate"),
        ("total.", "content bonus penalty total"),
        ("statistic.", "mean trimmed_mean median sum"),
        ("tie.", "group item content bonus penalties count_highest scorers vote"),
        ("use.", "counted dropped earlier_pass superseded withdrawal"),
        ("note.", "too_few_scores"),
        ("ineligible.", "not_registered covenant_unsigned dissolved disqualified below_threshold incomplete no_scores"),
        ("leader.rule_", "rotation elected rank"),
        ("basis.", "elected rotation appointed"),
        ("finding.", "gap changed missing"),
        ("home.owes_", "registration covenant"),
        ("home.go_", "registration covenant"),
        (
            "rating_fault.",
            "missing unclear below_zero above_maximum above_other no_choice too_precise nothing_assigned leaders_only unknown_figure "
            "unknown_fact unknown_grade grade_raised reason_missing twice meanwhile",
        ),
        ("quota_rounding.", "floor half_up ceiling min_one"),
        ("rating_state.", "open submitted approved"),
        ("scope.", "grassroots ministry_or_province nationwide"),
        ("initiative_state.", "submitted recognised refused withdrawn"),
    ],
)
def test_words_that_hang_on_data_are_there(family: str, keys: str) -> None:
    assert not [key for key in keys.split() if not i18n.known(family + key)]


def test_the_kinds_of_the_rubric_and_the_boards_all_have_words() -> None:
    from services.rankings.domain.board import Note, Status
    from services.rankings.domain.explanation import Use
    from services.rankings.domain.flag import Ineligible
    from services.rankings.domain.leader import LeaderRule
    from services.registry.domain import Basis
    from shared.rubric.model import Kind, Statistic, TieBy

    families = {
        "status.": Status,
        "use.": Use,
        "note.": Note,
        "ineligible.": Ineligible,
        "leader.rule_": LeaderRule,
        "basis.": Basis,
        "statistic.": Statistic,
        "tie.": TieBy,
    }
    missing = [
        family + str(member.value) for family, kinds in families.items() for member in kinds if not i18n.known(family + member.value)
    ]
    missing += [f"kind.{kind.value}" for kind in Kind if kind is not Kind.CONTENT and not i18n.known(f"kind.{kind.value}")]
    assert not missing
