"""What README says is so: its commands run, its links lead somewhere, its targets exist."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from services.console.main import COMMANDS
from tests.support.network import RunningNetwork

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("curl") is None, reason="the walk is written for curl, which is not installed here")
def test_the_walk_over_the_api_works_as_written(network: RunningNetwork) -> None:
    (walk,) = re.findall(r"<!-- run by tests/system/test_readme.py -->\n```sh\n(.*?)```", README, re.DOTALL)
    here = walk.replace("http://127.0.0.1:8000", network.url)
    assert here != walk
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", here], capture_output=True, text=True, timeout=60, check=True)
    decoder = json.JSONDecoder()
    recorded, end = decoder.raw_decode(done.stdout)
    board, _ = decoder.raw_decode(done.stdout[end:].lstrip())
    assert recorded["stream"] == "sheet-noi-chinh-2024:btp:self:btp"
    assert len(board["rows"]) == 8


def test_links_lead_to_files() -> None:
    for page in [ROOT / "README.md", *ROOT.glob("services/*/README.md"), *ROOT.glob("shared/**/README.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"


def test_targets_and_commands_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"(?:`|^)make ([a-z]+)", README, re.MULTILINE)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for command in re.findall(r"`([a-z]+)`(?=[,` ])", README.split("`.venv/bin/commendation`")[1].splitlines()[0]):
        assert command in COMMANDS, command


def test_every_dependency_has_its_line() -> None:
    declared = re.findall(
        r'^    "([A-Za-z0-9-]+)', (ROOT / "pyproject.toml").read_text(encoding="utf-8").split("[project.scripts]")[0], re.M
    )
    told = README.split("## Dependencies")[1].lower()
    for name in declared:
        if not name.startswith("types-"):
            assert name.lower() in told, f"README does not say why {name} is there"
