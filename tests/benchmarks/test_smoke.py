"""That every job runs and accounts for its events and rows, and what is made of the samples; how fast is no matter of tests."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import rfc8785
import sqlalchemy as sa

from services.evaluations import domain
from shared.store import open_database
from tests.benchmarks.__main__ import BROKER_VARIABLE, DATABASE_VARIABLE, main
from tests.benchmarks.databases import NotDurable, Place, PostgresServer, SqliteFiles
from tests.benchmarks.jobs import JOBS, appends, sealing
from tests.benchmarks.jobs.projecting import switch_watched
from tests.benchmarks.measure import OURS, QUICK, RATE, Bench, Goal, Job, Measure, NotAccounted, Sample, Sides, percentile, run
from tests.benchmarks.processes import ProcessFailed, module, process
from tests.benchmarks.provenance import kept, provenance, save
from tests.benchmarks.report import lines, markdown, text
from tests.benchmarks.sides.limit_log import SqliteLimit
from tests.benchmarks.workload import PAYLOADS, Decision, Sheet, commands, count_of, decisions, ground, histories, item_scores, recorded


def _bench(folder: Path) -> Bench:
    database = os.environ.get(DATABASE_VARIABLE)
    return Bench(SqliteFiles(folder), PostgresServer(database) if database else None, os.environ.get(BROKER_VARIABLE), QUICK)


RUN = [job for job in JOBS if job not in sealing.JOBS]
"""All but the one that needs a whole network: test_seal.py tries its parts."""


@pytest.mark.parametrize("job", RUN, ids=lambda job: job.key)
def test_every_side_of_a_job_runs_and_is_accounted_for(job: Job, tmp_path: Path) -> None:
    bench = _bench(tmp_path)
    if missing := job.missing(bench):
        pytest.skip(f"needs {' and '.join(missing)}; `make test` starts both")
    once = replace(job, payloads=job.payloads[-1:])
    samples = list(run([once], bench, 1, lambda _message: None))
    assert all(sample.value > 0 for sample in samples)
    assert {sample.measure for sample in samples} == {measure.name for measure in job.measures}
    assert {goal.beside for goal in job.goals} - {None} <= {sample.side for sample in samples} - {job.ours}
    shown = lines(samples, JOBS)
    assert sum(line.reached != "–" for line in shown) == len(job.goals)


def test_a_run_keeps_every_sample_and_what_it_depends_on(tmp_path: Path) -> None:
    about = provenance(replace(_bench(tmp_path), postgres=None), 1)  # the suite's does not flush
    assert about["packages"]["eventsourcing"]
    samples = [Sample("append-one", 256, OURS, 1, RATE.name, 1_000.5)]
    assert kept(save(about, samples, tmp_path)) == samples


def test_a_server_that_may_lose_what_it_confirmed_is_refused() -> None:
    database = os.environ.get(DATABASE_VARIABLE)
    if not database:
        pytest.skip(f"{DATABASE_VARIABLE} names no PostgreSQL server; `make test` starts one")
    forgetful = sa.make_url(database).update_query_dict({"options": "-csynchronous_commit=off"})
    with pytest.raises(NotDurable, match="Set it to on, or give another server"):
        PostgresServer(forgetful.render_as_string(hide_password=False)).settings()


def test_the_command_shows_a_run_that_was_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rates = {OURS: 900.0, appends.INSERT: 1_000.0}
    kept_in = save({}, [Sample("append-one", 256, side, 1, RATE.name, rate) for side, rate in rates.items()], tmp_path)
    assert main(["--show", str(kept_in), "--markdown"]) == 0
    assert (
        f"| {appends.INSERT} | 900 (900..900) events/s | 1,000 (1,000..1,000) events/s | 0.90 | at least 0.8 | yes |"
        in capsys.readouterr().out
    )


def test_a_job_whose_server_is_not_there_is_left_out_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    assert main(["--only", "replay"]) == 1
    assert f"replay is left out: {DATABASE_VARIABLE} is not set; `make bench` starts PostgreSQL." in capsys.readouterr().err


def test_a_side_that_loses_an_event_is_found_out(tmp_path: Path) -> None:
    class Careless(SqliteLimit):
        def append(self, decisions: Sequence[Decision]) -> None:
            super().append(decisions[:-1])

    @contextmanager
    def careless(bench: Bench, payload: int) -> Iterator[Sides]:
        def open_side(place: Place) -> Careless:
            return Careless(place)

        with appends.sides(bench.sqlite, {"careless": open_side}, 10, 1, payload) as opened:
            yield opened

    with pytest.raises(NotAccounted, match="careless"):
        list(run([Job("careless", "careless", careless, postgres=False)], _bench(tmp_path), 1, lambda _message: None))


def test_a_rebuild_that_switches_in_another_way_is_not_measured_as_if_it_did_not_switch(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'none.db'}")
    with pytest.raises(LookupError, match="makes a generation live"), switch_watched(database.engine), database.read() as connection:
        connection.exec_driver_sql("SELECT 1")
    database.close()


def test_sides_take_turns_and_another_one_comes_first_each_round(tmp_path: Path) -> None:
    @contextmanager
    def two(_bench: Bench, _payload: int) -> Iterator[Sides]:
        yield {OURS: lambda: {RATE: 1.0}, "theirs": lambda: {RATE: 2.0}}

    samples = list(run([Job("two", "two", two, payloads=(256,), postgres=False)], _bench(tmp_path), 3, lambda _message: None))
    assert [(sample.round, sample.side) for sample in samples] == [
        (1, "theirs"),
        (1, OURS),
        (2, OURS),
        (2, "theirs"),
        (3, "theirs"),
        (3, OURS),
    ]


def test_the_table_says_what_was_reached() -> None:
    delay = Measure("delay", "ms", places=1, more_is_better=False)
    job = Job(
        "job",
        "a job",
        appends.JOBS[0].sides,
        goals=(Goal(2.0, "theirs"), Goal(0.8, "limit"), Goal(20, measure=delay)),
        measures=(RATE, delay),
        payloads=(256,),
    )
    rates = {OURS: (100, 300, 200), "theirs": (90, 110, 100), "limit": (1_000, 1_000, 1_000), "another": (50, 50, 50)}
    samples = [Sample("job", 256, side, 1, RATE.name, value) for side, values in rates.items() for value in values]
    samples += [Sample("job", 256, OURS, 1, delay.name, value) for value in (19.0, 25.0, 30.0)]
    shown = lines(samples, [job])
    assert [(line.beside, line.ratio, line.goal, line.reached) for line in shown] == [
        ("theirs", "2.00", "at least 2", "yes"),
        ("limit", "0.20", "at least 0.8", "no"),
        ("another", "4.00", "–", "–"),
        ("–", "–", "under 20 ms", "no"),
    ]
    assert shown[0].ours == "200 (100..300) events/s"
    assert shown[3].ours == "25.0 (19.0..30.0) ms"
    assert len(text(shown).splitlines()) == len(markdown(shown).splitlines()) == len(shown) + 2


def test_a_percentile_is_the_value_that_so_many_do_not_exceed() -> None:
    assert percentile([float(value) for value in range(1, 101)], 0.99) == 99
    assert percentile([5.0], 0.99) == 5


def test_a_process_that_fails_is_quoted(tmp_path: Path) -> None:
    arguments = module("tests.benchmarks.no_such_module")
    with process("silent", arguments, {}, tmp_path) as silent, pytest.raises(ProcessFailed, match="no_such_module"):
        silent.line(30)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_work_is_the_same_each_time_and_of_the_size_it_says(payload: int) -> None:
    work = decisions(1_050, 100, payload)
    assert work == decisions(1_050, 100, payload)
    assert count_of(work) == 1_050
    assert {len(rfc8785.dumps(fact)) for decision in work for fact in decision.facts} == {payload}
    versions: dict[str, int] = {}
    for decision in work:
        assert decision.version == versions.get(decision.stream, 0)
        versions[decision.stream] = decision.version + len(decision.facts)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_filled_log_is_one_that_could_have_been_appended(payload: int) -> None:
    log = list(recorded(13_000, payload))
    assert log == list(recorded(13_000, payload))
    assert [event.position for event in log] == list(range(1, 13_001))
    versions: dict[str, int] = {}
    for event in log:
        data = _canonical(event.data)
        assert len(event.data) == payload
        assert Sheet(data["unit"], data["pass_key"], data["scorer"], data["campaign"]).stream == event.stream
        assert event.version == versions.get(event.stream, 0) + 1
        versions[event.stream] = event.version


def _canonical(text: str) -> dict[str, str]:
    data: dict[str, str] = json.loads(text)
    assert rfc8785.dumps(data).decode() == text
    return data


@pytest.mark.parametrize("payload", PAYLOADS)
def test_every_command_changes_something(payload: int) -> None:
    known = histories(20, 10, 30, payload)
    assert {len(history.facts) for history in known} <= set(range(10, 31))
    sheets = {
        history.sheet: domain.Sheet({score.item: score for data in history.facts for score in item_scores(data)}) for history in known
    }
    for command in commands(100, known, payload):
        sheet = Sheet(command.unit, command.pass_key, command.scorer, command.campaign)
        decider = domain.sheet(ground(command.pass_key))
        (event,) = decider.decide(sheets[sheet], command)
        assert event.scores == command.scores
        sheets[sheet] = decider.evolve(sheets[sheet], event)
