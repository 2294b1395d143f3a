"""The examples of shared/rubric/README.md run, and print what it says."""

import re
from pathlib import Path

from click.testing import CliRunner

from services.console.rank import rank
from shared.rubric import check, load_yaml

README = Path(__file__).resolve().parents[3] / "shared" / "rubric" / "README.md"


def _block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


def test_the_example_rubric_adds_up() -> None:
    check(load_yaml(_block("yaml")))


def test_the_example_files_give_the_printed_board(tmp_path: Path) -> None:
    rubric, scores = tmp_path / "rubric.yaml", tmp_path / "scores.csv"
    rubric.write_text(_block("yaml"), encoding="utf-8")
    scores.write_text(_block("csv"), encoding="utf-8")

    files = ["--rubric", str(rubric), "--scores", str(scores)]
    result = CliRunner().invoke(rank, [*files, "--format", "csv"])

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == _block("text")

    for options in (["--explain", "DV-A"], ["--as-of", "2024-12-10T00:00:00+07:00"], ["--format", "json"]):
        assert CliRunner().invoke(rank, [*files, *options]).exit_code == 0
