"""Conflicts of interest: derived, declared, denied; recusal; what is refused on their account. Given, when, then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.evaluations import domain
from services.evaluations.domain import ConflictGround as Ground
from services.evaluations.domain import ConflictOfInterest, RecusalStays, RecusalUnknown, ScorerIsRecused
from services.evaluations.rules.checking import CONFLICTS, read_conflicts
from shared.errors import ConfigurationError, DomainError, NotAllowed
from tests.services.evaluations import given_checking as the
from tests.support.deciding import decided

KNOWN = domain.Circumstances(
    "self", parents=frozenset({"bo"}), children=frozenset({"chi-cuc"}), posts=frozenset({"person-1"}), account_unit="ban"
)


@pytest.mark.parametrize(
    ("scorer", "pass_key", "changes", "found"),
    [
        ("toa-an", "self", {"account_unit": "toa-an", "nominated": True}, ()),
        ("toa-an", "cluster", {}, (Ground.OWN_UNIT,)),
        ("bo", "cluster", {}, (Ground.PARENT,)),
        ("chi-cuc", "self", {}, (Ground.CHILD,)),
        ("person-1", "cluster", {}, (Ground.POST,)),
        ("kiem-toan", "cluster", {}, ()),
        ("kiem-toan", "cluster", {"account_unit": "toa-an"}, (Ground.ACCOUNT,)),
        ("kiem-toan", "cluster", {"nominated": True}, (Ground.NOMINATION,)),
        ("bo", "cluster", {"account_unit": "toa-an", "nominated": True}, (Ground.PARENT, Ground.ACCOUNT, Ground.NOMINATION)),
    ],
)
def test_a_ground_follows_from_the_circumstances(scorer: str, pass_key: str, changes: dict[str, Any], found: tuple[Ground, ...]) -> None:
    assert domain.derived_grounds("toa-an", pass_key, scorer, replace(KNOWN, **changes)) == found


def _check(*found: Ground, past: tuple[Any, ...] = (), pass_key: str = "cluster") -> None:
    state = domain.READ_CONFLICTS.fold(past)
    domain.check_conflict(CONFLICTS, the.TODAY, "toa-an", pass_key, "kiem-toan", found, state)


def test_a_blocking_ground_is_named_with_what_to_do() -> None:
    with pytest.raises(ConflictOfInterest, match=r"parent.*recuse the scorer, or the office denies") as refused:
        _check(Ground.PARENT)
    assert refused.value.details["ground"] == "parent"
    assert refused.value.details["deniable"] is True
    with pytest.raises(ConflictOfInterest, match="another account enters it"):
        _check(Ground.ACCOUNT)


def test_a_ground_that_only_shows_hinders_nothing() -> None:
    _check(Ground.PARENT, pass_key="central")
    _check(past=(replace(the.DECLARED, ground=Ground.OTHER),))


def test_a_declared_conflict_blocks_until_it_is_withdrawn_or_denied() -> None:
    with pytest.raises(ConflictOfInterest, match="interest"):
        _check(past=(the.DECLARED,))
    _check(past=(the.DECLARED, the.WITHDRAWN))
    _check(past=(the.DECLARED, the.DENIED))
    with pytest.raises(ConflictOfInterest):
        _check(past=(the.DECLARED, the.DENIED, the.DECLARED))


def test_a_denial_of_one_ground_leaves_the_others() -> None:
    denied = replace(the.DENIED, ground=Ground.PARENT)
    _check(Ground.PARENT, past=(denied,))
    with pytest.raises(ConflictOfInterest, match="own_unit"):
        _check(Ground.PARENT, Ground.OWN_UNIT, past=(denied,))


def test_a_recusal_holds_for_its_pass_only() -> None:
    with pytest.raises(ScorerIsRecused, match="recused"):
        _check(past=(the.RECUSED,))
    _check(past=(the.RECUSED,), pass_key="central")


def test_a_conflict_is_declared_by_a_party_or_the_office() -> None:
    assert decided(the.conflict(), [], the.declare()) == [the.DECLARED]
    by_unit = decided(the.conflict(speaks_for=frozenset({"toa-an"})), [], the.declare())
    by_office = decided(the.conflict(speaks_for=frozenset({domain.OFFICE})), [], the.declare())
    assert [event.declared_by for event in (*by_unit, *by_office)] == ["toa-an", "office"]


def test_other_words_are_declared_anew() -> None:
    other = replace(the.DECLARED, note="Khác")
    assert decided(the.conflict(), [the.DECLARED], the.declare(note="Khác")) == [other]


def test_what_is_derived_is_not_declared() -> None:
    with pytest.raises(DomainError, match="found by itself"):
        decided(the.conflict(), [], the.declare(ground=Ground.PARENT))


WITHDRAW = domain.WithdrawConflict(**the.CONFLICT, ground=Ground.INTEREST, reason=the.WITHDRAWN.reason)
DENY = domain.DenyConflict(**the.CONFLICT, ground=Ground.INTEREST, reason=the.LONG)
RECUSE = domain.RecuseScorer(**the.CONFLICT, pass_key="cluster", ground=Ground.INTEREST, reason=the.RECUSED.reason)
RESUME = domain.WithdrawRecusal(**the.CONFLICT, pass_key="cluster", reason=the.RESUMED.reason)


def test_who_declared_withdraws_and_so_does_the_office() -> None:
    assert decided(the.conflict(), [the.DECLARED], WITHDRAW) == [the.WITHDRAWN]
    assert decided(the.conflict(speaks_for=frozenset({domain.OFFICE})), [the.DECLARED], WITHDRAW) == [the.WITHDRAWN]
    with pytest.raises(NotAllowed, match="kiem-toan declared"):
        decided(the.conflict(speaks_for=frozenset({"toa-an"})), [the.DECLARED], WITHDRAW)
    with pytest.raises(DomainError, match="No conflict"):
        decided(the.conflict(), [], WITHDRAW)


def test_the_office_denies_with_a_reason_what_may_be_denied() -> None:
    assert decided(the.conflict(), [the.DECLARED], DENY) == [the.DENIED]
    assert decided(the.conflict(), [the.DECLARED], replace(DENY, reason=f" {'x' * 20} "))
    with pytest.raises(DomainError, match="20 letters"):
        decided(the.conflict(), [the.DECLARED], replace(DENY, reason=f" {'x' * 19} "))
    with pytest.raises(DomainError, match="No conflict"):
        decided(the.conflict(), [], DENY)
    parent = replace(DENY, ground=Ground.PARENT)
    assert decided(the.conflict(found={"cluster": (Ground.PARENT,)}), [], parent) == [replace(the.DENIED, ground=Ground.PARENT)]
    with pytest.raises(DomainError, match="cannot be denied"):
        decided(the.conflict(found={"cluster": (Ground.OWN_UNIT,)}), [], replace(DENY, ground=Ground.OWN_UNIT))


def test_a_scorer_steps_back_from_a_sheet_that_is_owed() -> None:
    assert decided(the.conflict(), [], RECUSE) == [the.RECUSED]
    assert decided(the.conflict(), [the.RECUSED], replace(RECUSE, reason="Khác")) == []
    with pytest.raises(DomainError, match="not assigned"):
        decided(the.conflict(found={}), [], RECUSE)
    with pytest.raises(DomainError, match="returned first"):
        decided(the.conflict(handed_in=frozenset({"cluster"})), [], RECUSE)


def test_a_recusal_is_taken_back_while_its_pass_is_open() -> None:
    assert decided(the.conflict(), [the.RECUSED], RESUME) == [the.RESUMED]
    assert decided(the.conflict(), [the.RECUSED, the.RESUMED], replace(RESUME, reason="Khác")) == []
    assert decided(the.conflict(open=frozenset()), [the.RECUSED, the.RESUMED], RESUME) == [], "said before, and so it is"
    with pytest.raises(RecusalStays, match="cluster is closed"):
        decided(the.conflict(open=frozenset({"central"})), [the.RECUSED], RESUME)
    with pytest.raises(RecusalUnknown, match="nothing to take back"):
        decided(the.conflict(), [replace(the.RECUSED, pass_key="central")], RESUME)


def test_who_takes_part_again_is_checked_as_before_and_may_step_back_once_more() -> None:
    _check(past=(the.RECUSED, the.RESUMED))
    with pytest.raises(ConflictOfInterest, match="interest"):
        _check(past=(the.DECLARED, the.RECUSED, the.RESUMED))
    assert decided(the.conflict(), [the.RECUSED, the.RESUMED], RECUSE) == [the.RECUSED]
    with pytest.raises(ScorerIsRecused):
        _check(past=(the.RECUSED, the.RESUMED, the.RECUSED))


RULE = "- {ground: %s, effect: blocks, basis: B, verified: false%s}\n"
ALL = "".join(RULE % (ground, "") for ground in Ground)


def test_the_rule_of_a_pass_goes_before_that_of_all_and_the_later_before_the_earlier() -> None:
    more = RULE % ("parent", ", passes: [x], from_on: 2025-01-01") + RULE.replace("blocks", "shows") % ("parent", ", passes: [x]")
    rules = read_conflicts(ALL + more)
    found = [rules.at(Ground.PARENT, key, the.TODAY.replace(year=year)) for key, year in (("x", 2024), ("x", 2025), ("y", 2025))]
    assert [(rule and rule.effect, rule and rule.passes) for rule in found] == [
        (domain.Effect.SHOWS, ("x",)),
        (domain.Effect.BLOCKS, ("x",)),
        (domain.Effect.BLOCKS, ()),
    ]


def test_of_two_rules_the_later_holds_from_its_first_day_whichever_is_written_first() -> None:
    later, earlier = RULE % ("parent", ", passes: [x], from_on: 2025-01-01"), RULE % ("parent", ", passes: [x], from_on: 2024-01-01")
    for text in (later + earlier, earlier + later):
        rules = read_conflicts(ALL + text)
        found = [rules.at(Ground.PARENT, "x", day) for day in (date(2024, 12, 31), date(2025, 1, 1))]
        assert [rule and rule.from_on for rule in found] == [date(2024, 1, 1), date(2025, 1, 1)]


def test_a_ground_for_which_there_is_no_rule_blocks_nothing() -> None:
    none = domain.ConflictRules(())
    domain.check_conflict(none, the.TODAY, "toa-an", "cluster", "kiem-toan", [Ground.PARENT], domain.READ_CONFLICTS.initial)


def test_what_only_shows_may_be_denied_though_its_rule_does_not_say_so() -> None:
    shows = domain.ConflictRules((domain.ConflictRule(Ground.PARENT, domain.Effect.SHOWS, "B", verified=False),))
    case = the.conflict(rules=shows, found={"cluster": (Ground.PARENT,)})
    assert decided(case, [], replace(DENY, ground=Ground.PARENT)) == [replace(the.DENIED, ground=Ground.PARENT)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ALL + RULE % ("parent", ""), "Rule 11 .*another from the same day"),
        (ALL + 2 * (RULE % ("parent", ", passes: [x]")), "Rule 12 .*another from the same day"),
        (ALL + RULE % ("parents", ""), "Rule 11 .*ground"),
        (ALL.replace("ground: dispute", "passes: [x], ground: dispute"), "no rule for all passes for dispute"),
    ],
)
def test_rules_that_cannot_be_say_so(text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        read_conflicts(text)


def test_every_basis_that_no_text_was_read_for_is_marked() -> None:
    assert all(rule.verified is ("HD 804" in rule.basis) for rule in CONFLICTS.rules)
