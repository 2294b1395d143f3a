"""The paper of a secret ballot: opened by its box alone, of one length whatever it says, and never twice the same."""

from __future__ import annotations

from itertools import product

import pytest

from shared.ballot_paper import MARKS, new_secret, opened_paper, public_key_of, sealed_paper
from shared.sealing import SealBroken

SECRET = new_secret()
PUBLIC = public_key_of(SECRET)


@pytest.mark.parametrize("marks", list(product(MARKS, repeat=2)))
def test_a_paper_opens_to_what_was_marked(marks: tuple[str, ...]) -> None:
    assert opened_paper(SECRET, "b1", sealed_paper(PUBLIC, "b1", marks)) == marks


def test_papers_of_a_ballot_have_one_length_and_are_never_alike() -> None:
    papers = [sealed_paper(PUBLIC, "b1", marks) for marks in product(MARKS, repeat=3) for _ in range(2)]
    assert len({len(paper) for paper in papers}) == 1
    assert len(set(papers)) == len(papers)


@pytest.mark.parametrize("secret_of_another", [True, False])
def test_no_other_key_and_no_other_ballot_opens_it(secret_of_another: bool) -> None:
    paper = sealed_paper(PUBLIC, "b1", ["for"])
    with pytest.raises(SealBroken):
        opened_paper(new_secret() if secret_of_another else SECRET, "b1" if secret_of_another else "b2", paper)


CUT_OFF = sealed_paper(PUBLIC, "b1", ["for"])[:-4]
NO_PAPERS = {"nothing": "", "a letter": "ố", "too short": "AAAA", "cut off": CUT_OFF, "zeros": "A" * 70 + "=="}


@pytest.mark.parametrize("paper", NO_PAPERS.values(), ids=NO_PAPERS)  # a sealed paper is never the same twice: not in the name of a test
def test_what_is_no_paper_is_refused_without_a_word_of_it(paper: str) -> None:
    with pytest.raises(SealBroken) as found:
        opened_paper(SECRET, "b1", paper)
    assert found.value.__cause__ is None
    assert not found.value.details


def test_there_are_no_other_marks() -> None:
    with pytest.raises(ValueError, match="not in"):
        sealed_paper(PUBLIC, "b1", ["yes"])
