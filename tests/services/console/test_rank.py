"""`commendation rank`: a board from two files, and wrong files refused whole."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from services.console.rank import rank

RUBRIC = """
key: R
title: Thang điểm [minh hoạ]
season: 2024
scale: 110
passes: [{key: self, title: Tự chấm}, {key: cluster, title: Khối chấm}]
groups:
  - key: I
    title: Chuyên môn
    maximum: 100
    items:
      - {key: I.1, title: Chỉ tiêu, maximum: 70}
      - {key: I.2, title: Kỷ luật, maximum: 30, places: 0}
      - {key: I.3, title: Không đăng ký, kind: penalty, maximum: 8}
      - {key: I.4, title: Liêm chính, kind: gate, maximum: 1, threshold: 1}
  - {key: II, title: Thưởng, maximum: 10, items: [{key: II.1, title: Mô hình, kind: bonus, maximum: 10}]}
tie_breaks: [{by: bonus}]
"""
SCORES = """\
unit,item,score,pass,scorer,recorded_at
B,I.1,60,cluster,head,2024-12-16T09:00:00+07:00
B,I.2,20,cluster,head,2024-12-16T09:00:00+07:00
B,I.4,1,cluster,head,2024-12-16T09:00:00+07:00
A,I.1,70,self,A,2024-12-01T09:00:00+07:00
A,I.1,60.5,cluster,head,2024-12-16T09:00:00+07:00
A,I.1,55,cluster,head,2024-12-17T09:00:00+07:00
A,I.2,18,cluster,head,2024-12-16T09:00:00+07:00
A,I.3,3,cluster,head,2024-12-16T09:00:00+07:00
A,I.4,1,cluster,head,2024-12-16T09:00:00+07:00
A,II.1,10,cluster,head,2024-12-16T09:00:00+07:00
C,I.4,0,cluster,head,2024-12-16T09:00:00+07:00
D,I.1,,cluster,head,2024-12-16T09:00:00+07:00
"""

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs the command on the given scores and rubric texts."""

    def run(*options: str, scores: str | bytes = SCORES, rubric: str | bytes = RUBRIC) -> Result:
        for name, text in (("rubric.yaml", rubric), ("scores.csv", scores)):
            (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        files = ["--rubric", str(tmp_path / "rubric.yaml"), "--scores", str(tmp_path / "scores.csv")]
        return CliRunner().invoke(rank, [*files, *options])

    return run


def _rows(result: Result) -> list[dict[str, str]]:
    assert result.exit_code == 0, result.stderr
    return list(csv.DictReader(io.StringIO(result.stdout)))


def test_the_board_as_csv_has_a_column_for_each_group(run: Run) -> None:
    assert run("--format", "csv").stdout.splitlines() == [
        "rank,unit,total,content,bonus,penalty,I,II",
        "1,A,80,73,10,3,70,10",
        "2,B,80,80,0,0,80,",
        ",C,0,0,0,0,,",
        ",D,,,,,,",
    ]


def test_as_of_gives_the_board_of_that_time(run: Run) -> None:
    rows = _rows(run("--format", "csv", "--as-of", "2024-12-16T02:00:00Z"))
    assert [(row["rank"], row["unit"], row["total"]) for row in rows[:2]] == [("1", "A", "85.5"), ("2", "B", "80")]
    early = _rows(run("--format", "csv", "--as-of", "2024-12-16T01:59:59Z"))
    assert [(row["rank"], row["unit"], row["total"]) for row in early[:2]] == [("1", "A", "70"), ("", "B", "")]


def test_the_board_as_json_carries_the_explanations(run: Run) -> None:
    data = json.loads(run("--format", "json").stdout)
    assert [(row["rank"], row["unit"], row["status"]) for row in data["rows"]] == [
        (1, "A", "ranked"),
        (2, "B", "ranked"),
        (None, "C", "disqualified"),
        (None, "D", "no_scores"),
    ]
    first = data["rows"][0]["items"][0]
    uses = [(turn["key"], one["score"], one["use"]) for turn in first["passes"] for one in turn["scores"]]
    assert uses == [("self", "70", "earlier_pass"), ("cluster", "55", "counted"), ("cluster", "60.5", "superseded")]
    assert data["rows"][0]["tie_steps"] == [{"by": "bonus", "key": None, "value": "10", "marks": [], "decided": True}]


def test_the_table_tells_ranks_and_remarks(run: Run) -> None:
    shown = run().stdout
    assert "Thang điểm [minh hoạ] (2024)" in shown
    remarks = {line.split("│")[2].strip(): line.split("│")[-2].strip() for line in shown.splitlines() if "│" in line}
    assert remarks["A"] == "total equal to B: bonus 10 (decides)"
    assert remarks["C"] == "I.4: 0 is below its threshold 1; not scored: I.1, I.2"
    assert remarks["D"] == "no scores"


def test_one_unit_is_explained_in_each_format(run: Run) -> None:
    shown = run("--explain", "A").stdout
    assert "A: rank 1 of 2, total 80 on a scale of 110" in shown
    assert "content 73 + bonus 10 - penalty 3 = total 80" in shown
    assert "total equal to B: bonus 10 (decides)" in shown
    assert json.loads(run("--explain", "A", "--format", "json").stdout)["unit"] == "A"
    lines = _rows(run("--explain", "A", "--format", "csv"))
    assert [line["use"] for line in lines if line["item"] == "I.1"] == ["earlier_pass", "counted", "superseded"]


def test_without_further_columns_the_last_pass_and_one_scorer_are_meant(run: Run) -> None:
    result = run("--explain", "A", "--format", "json", scores="score,unit,item\n70,A,I.1\n")
    (turn,) = json.loads(result.stdout)["items"][0]["passes"]
    assert turn["key"] == "cluster"
    assert turn["scores"] == [{"scorer": "-", "score": "70", "reason": None, "event": None, "use": "counted"}]


def test_a_file_from_a_spreadsheet_with_byte_order_mark_and_blank_lines_is_read(run: Run) -> None:
    scores = b"\xef\xbb\xbfUnit, Item ,SCORE\r\n A , I.1 , 70 \r\n\r\n,,\r\n"
    assert [(row["unit"], row["total"]) for row in _rows(run("--format", "csv", scores=scores))] == [("A", "70")]


HEAD = "unit,item,score,pass,scorer,recorded_at\n"
AT = "2024-12-16T09:00:00Z"


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        (f"{HEAD}A,I.1,70.01,self,A,{AT}\n", "line 2, column score: Item I.1: 70.01 is outside 0 to 70"),
        (f"{HEAD}A,I.1,-1,self,A,{AT}\n", "line 2, column score: Item I.1: -1 is outside"),
        (f"{HEAD}A,I.2,9.5,self,A,{AT}\n", "line 2, column score: Item I.2: 9.5 (maximum 30) has 1 decimals"),
        (f"{HEAD}A,I.1,1e1,self,A,{AT}\n", "line 2, column score: '1e1' is not a number"),
        (f'{HEAD}A,I.1,"8,5",self,A,{AT}\n', "line 2, column score: '8,5' has a decimal comma; write a point"),
        (f"{HEAD}A,I.1,8,5,self,A,{AT}\n", "line 2: 7 cells for 6 columns; a decimal comma"),
        (f"{HEAD}A,I.1,8\n", "line 2: 3 cells for 6 columns"),
        (f"{HEAD},I.1,8,self,A,{AT}\n", "line 2, column unit: it is empty"),
        (f"{HEAD}A,X,8,self,A,{AT}\n", "line 2, column item: 'X' is not an item of the rubric: I.1, I.2"),
        (f"{HEAD}A,I.1,8,final,A,{AT}\n", "line 2, column pass: 'final' is not a pass of the rubric: self, cluster"),
        (f"{HEAD}A,I.1,8,self,A,2024-12-16T09:00:00\n", "line 2, column recorded_at: '2024-12-16T09:00:00' has no time zone"),
        (f"{HEAD}A,I.1,8,self,A,\n", "line 2, column recorded_at: '' is no ISO 8601 time"),
        (f"{HEAD}A,I.1,8,self,A,{AT}\nA,I.1,9,self,A,{AT}\n", "line 3, column score: A, I.1, self, A was already scored on line 2"),
        ("unit;item;score\nA;I.1;8\n", "line 1: columns are separated by semicolons"),
        ("unit,score\nA,8\n", "line 1: column item is missing"),
        ("unit,item,score,colour\nA,I.1,8,red\n", "line 1: column 'colour' is unknown"),
        ("unit,item,score,score\nA,I.1,8,8\n", "line 1: column score stands 2 times"),
        ("unit,item,score\n", "file: it holds no scores"),
        ("", "line 1: column unit is missing"),
        (b"unit,item,score\n\xff\xfe,I.1,8\n", "file: it is not UTF-8"),
        ('unit,item,score\n"A,I.1,8\n', "file: it is not readable as CSV"),
    ],
)
def test_a_wrong_score_file_is_refused_with_its_place(run: Run, scores: str | bytes, said: str) -> None:
    result = run(scores=scores)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"scores.csv: {said}" in result.stderr


def test_all_errors_of_a_file_are_named_in_one_run(run: Run) -> None:
    result = run(scores="unit,item,score\nA,X,8\n,I.1,99\nA,I.2,5\nA,I.1,x\n")
    assert [line.split("scores.csv: ")[1].split(":")[0] for line in result.stderr.splitlines()] == [
        "line 2, column item",
        "line 3, column unit",
        "line 3, column score",
        "line 5, column score",
    ]


@pytest.mark.parametrize(
    ("rubric", "said"),
    [
        (RUBRIC.replace("maximum: 30", "maximum: 25"), "group:I: declared 100, found 95, difference -5"),
        (RUBRIC.replace("by: bonus", "by: group, key: Z"), "tie-break group: key Z is none of: I, II"),
        (RUBRIC.replace("scale: 110", "scale: 1,1"), "scale: '1,1' has a comma"),
        ("a: [", "not readable as YAML"),
        (b"\xff", "is not UTF-8"),
    ],
)
def test_a_wrong_rubric_is_refused_with_its_place(run: Run, rubric: str | bytes, said: str) -> None:
    result = run(rubric=rubric)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "rubric.yaml" in result.stderr
    assert said in result.stderr


@pytest.mark.parametrize(
    ("options", "scores", "said"),
    [
        (("--explain", "Z"), SCORES, "Unit Z is not in these standings; they hold A, B, C, D"),
        (("--as-of", AT), "unit,item,score\nA,I.1,8\n", "--as-of needs a column recorded_at"),
        (("--as-of", "2024-12-16"), SCORES, "has no time zone"),
        (("--as-of", "yesterday"), SCORES, "is no ISO 8601 time"),
    ],
)
def test_wrong_options_are_refused(run: Run, options: tuple[str, ...], scores: str, said: str) -> None:
    result = run(*options, scores=scores)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in " ".join(result.stderr.split())


def test_the_command_loads_neither_broker_nor_database() -> None:
    code = "import sys, services.console.rank; print(*sorted({'eventlet', 'nameko', 'kombu', 'sqlalchemy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "\n"
