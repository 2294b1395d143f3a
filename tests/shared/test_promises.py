"""The page of promises leads to tests that exist, and each promise has some."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "shared" / "PROMISES.md").read_text(encoding="utf-8")
SECTIONS = {section.split("\n", 1)[0]: re.findall(r"`(\S+\.py)::(\w+)`", section) for section in PAGE.split("\n## ")[1:]}


def test_the_promises_are_numbered_and_each_names_tests() -> None:
    numbered = [heading for heading in SECTIONS if heading[0].isdigit()]
    assert [heading.split(".")[0] for heading in numbered] == [str(number) for number in range(1, 15)]
    assert all(SECTIONS.values())


@pytest.mark.parametrize(("file", "test"), sorted({place for places in SECTIONS.values() for place in places}))
def test_each_test_that_is_named_exists(file: str, test: str) -> None:
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
