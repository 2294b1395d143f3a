"""The template gallery: each table as it was found, published where it adds up and refused where the form in use does not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from services.campaigns.domain import PublishRubric, RubricGround, rubric
from services.campaigns.templates import Standing, Template, gallery, read
from services.rankings.domain import Score, standings
from shared.errors import ConfigurationError
from shared.rubric import Kind, RubricUnbalanced, copied, to_data
from tests.support.deciding import decided

WRONG = {"mau-02": ("group:B", "70", "65", "-5"), "mau-03": ("group:A", "30", "30.5", "0.5")}


def publish(template: Template, key: str = "R-2027") -> PublishRubric:
    days = (date(2027, 1, 1), date(2027, 12, 31))
    return PublishRubric(to_data(copied(template.rubric, key=key, title="Năm 2027", season=2027, days=days, based_on=None)))


@pytest.mark.parametrize("key", sorted(gallery().keys() - WRONG.keys()))
def test_a_template_that_adds_up_is_published_as_a_copy(key: str) -> None:
    (event,) = decided(rubric(RubricGround()), [], publish(gallery()[key]))
    assert (event.rubric, event.content["season"], event.effective_on) == ("R-2027", 2027, date(2027, 1, 1))
    assert gallery()[key].refusal is None


@pytest.mark.parametrize(("key", "wrong"), WRONG.items())
def test_a_form_in_use_that_does_not_add_up_is_refused_with_the_group_named(key: str, wrong: tuple[str, ...]) -> None:
    with pytest.raises(RubricUnbalanced) as refused:
        decided(rubric(RubricGround()), [], publish(gallery()[key]))
    (found,) = refused.value.details["imbalances"]
    assert tuple(found[name] for name in ("at", "declared", "found", "difference")) == wrong
    assert isinstance(gallery()[key].refusal, RubricUnbalanced)


def test_they_are_refused_in_these_words() -> None:
    said = {key: str(gallery()[key].refusal) for key in WRONG}
    assert "group B (Kết quả thực hiện nhiệm vụ) declares 70 but its items sum to 65, a difference of -5." in said["mau-02"]
    assert "group A (Tiêu chí chung) declares 30 but its items sum to 30.5, a difference of +0.5." in said["mau-03"]


def test_the_tables_are_those_that_were_found() -> None:
    """Source: the tables T1, T2, T3 and T7 of the domain reference, and Decree 335/2025."""
    found = {key: [(group.key, group.maximum) for group in template.rubric.groups] for key, template in gallery().items()}
    form = [("A", Decimal(30)), ("B", Decimal(70)), ("C", Decimal(7)), ("D", Decimal(0))]
    assert found == {
        "decree-335-2025": [("A", Decimal(30)), ("B", Decimal(70))],
        "hcmc-2008": [("I", Decimal(100))],
        "hcmc-flags": [("I", Decimal(100)), ("II", Decimal(25))],
        "mau-02": form,
        "mau-03": form,
        "thua-thien-hue-2018": [("I", Decimal(950)), ("II", Decimal(50))],
    }
    penalties = {
        key: sum(item.maximum for item in template.rubric.items() if item.kind is Kind.PENALTY) for key, template in gallery().items()
    }
    assert {key: value for key, value in penalties.items() if value} == {"thua-thien-hue-2018": 8, "mau-02": 5, "mau-03": 5}


def test_each_says_how_far_its_source_goes() -> None:
    standing = {key: template.standing for key, template in gallery().items()}
    assert {key for key, value in standing.items() if value is Standing.OLD} == {"hcmc-2008", "hcmc-flags"}
    unverified = {key: [item.key for item in template.rubric.items() if item.unverified] for key, template in gallery().items()}
    assert {key: items for key, items in unverified.items() if items} == {
        "decree-335-2025": ["B.1", "B.2", "B.3"],
        "hcmc-2008": ["8"],
        "thua-thien-hue-2018": ["I.1", "I.2", "I.3"],
    }
    for template in gallery().values():
        assert all(item.source for item in template.rubric.items() if item.unverified)


def test_a_bonus_for_a_flag_goes_beyond_the_scale_as_published() -> None:
    """Source: Bảng biểu 4, Phòng Giáo dục Quận 5: 97 + 10 = 107."""
    at = datetime(2008, 12, 31, tzinfo=UTC)
    scores = [Score("q5", item, "central", "so-gd", Decimal(score), at) for item, score in (("I.1", "97"), ("II.1", "10"))]
    (row,) = standings(gallery()["hcmc-flags"].rubric, ["q5"], scores).rows
    assert (row.content, row.bonus, row.total) == (Decimal(97), Decimal(10), Decimal(107))


def test_a_template_that_cannot_be_read_stops_the_service_with_its_name() -> None:
    with pytest.raises(ConfigurationError, match="Template broken of the gallery"):
        read("broken", "standing: sure\nsource: S\n")
    with pytest.raises(ConfigurationError, match="season: missing"):
        read("broken", "standing: old\nsource: S\nnote: {vi: a, en: b}\nrubric: {key: R, title: T, scale: 1}\n")
