"""Read models are deterministic: however the feeds interleave and whatever the broker does to pages, the rows are those of a clean run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.rankings import views as rankings
from shared.errors import Unavailable
from shared.event import Event
from shared.feed.page import Page
from shared.projection import Projector, ReadModel, Rows
from shared.store import Database
from tests.shared.diary import Diary, noted, rows_of, torn_out
from tests.shared.given import MORNING, an_event
from tests.support.databases import empty

Logs = Mapping[str, Sequence[Event]]
tried = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@st.composite
def diary_logs(draw: st.DrawFn) -> Logs:
    """Two producers whose streams have the same names."""
    texts = st.sampled_from(["x", "y", "tear"])
    logs: dict[str, list[Event]] = {}
    for service in ("diary", "letters"):
        log = logs[service] = []
        for position, (text, stream) in enumerate(draw(st.lists(st.tuples(texts, st.sampled_from("ab")), max_size=25)), start=1):
            make: Callable[..., Event] = torn_out if text == "tear" else noted
            said = {"service": service, "stream": stream}
            log.append(make(position, **said) if text == "tear" else make(position, f"{text}{position}", **said))
    return logs


UNITS = st.sampled_from(["toa-an", "kiem-toan", "vien-kiem-sat"])
CAMPAIGNS = st.sampled_from(["2023", "2024"])
SCORES = st.none() | st.decimals(0, 100, places=2).map(lambda value: format(value, "f"))


def _record(**fields: st.SearchStrategy[Any] | Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {name: field if isinstance(field, st.SearchStrategy) else st.just(field) for name, field in fields.items()}
    )


def _item_scores() -> st.SearchStrategy[list[dict[str, Any]]]:
    one = _record(item=st.sampled_from(["A1", "A2", "B1"]), score=SCORES, reason=st.none() | st.just("kiểm tra lại"))
    return st.lists(one, min_size=1, max_size=3, unique_by=lambda score: score["item"])


SHEET = {"campaign": CAMPAIGNS, "unit": UNITS, "pass_key": st.sampled_from(["self", "cluster"]), "scorer": UNITS}
ADJUSTMENT = {"adjustment": st.sampled_from(["a1", "a2"]), "campaign": CAMPAIGNS, "unit": UNITS}
DECIDED = {
    "kind": st.sampled_from(["bonus", "penalty"]),
    "points": st.sampled_from(["1", "2.5"]),
    "title": "Thưởng",
    "reason": "Theo quyết định",
    "authority": "Hội đồng",
    "document": "QĐ 1",
    "effective_on": "2025-01-01",
    "expires_on": st.none() | st.just("2025-06-30"),
}
FACTS: dict[str, dict[str, st.SearchStrategy[dict[str, Any]]]] = {
    "registry": {
        "OrganisationRegistered": _record(organisation=UNITS, name=st.sampled_from(["Toà án", "Kiểm toán"])),
        "ClusterFormed": _record(cluster="noi-chinh", name="Khối nội chính", leader_rule="rotation"),
        "LeaderDesignated": _record(
            cluster="noi-chinh", season=st.integers(2023, 2025), leader=UNITS, deputy=st.none() | UNITS, basis="elected", document="BB 1"
        ),
        "RoleGranted": _record(account="an", role="office", scope="*"),
    },
    "campaigns": {
        "CampaignLaunched": _record(
            campaign=CAMPAIGNS,
            title=st.sampled_from(["Phong trào", "Đợt"]),
            cluster="noi-chinh",
            season=2024,
            rubric="R",
            illustrative=st.booleans(),
            audience=st.lists(UNITS, unique=True),
        ),
        "UnitRegistered": _record(campaign=CAMPAIGNS, unit=UNITS),
        "CovenantSigned": _record(campaign=CAMPAIGNS, unit=UNITS),
        "RubricPublished": _record(rubric="R", content=_record(scale=SCORES)),
    },
    "evaluations": {
        "ItemsScored": _record(**SHEET, scores=_item_scores()),
        "SheetSubmitted": _record(**SHEET, late=st.booleans()),
        "SheetReturned": _record(**SHEET),
        "ScorerRecused": _record(**SHEET),
        "RecusalWithdrawn": _record(**SHEET),
        "AdjustmentMade": _record(**ADJUSTMENT, **DECIDED),
        "AdjustmentReversed": _record(**ADJUSTMENT),
        "AppealAnswered": _record(campaign=CAMPAIGNS, unit=UNITS, appeal=st.sampled_from(["k1", "k2"]), scores=_item_scores()),
    },
}


@st.composite
def season_logs(draw: st.DrawFn) -> Logs:
    """Facts of three services in any order that their logs could hold; campaigns that change are launched first, as they are."""
    logs: dict[str, list[Event]] = {}
    for service, kinds in FACTS.items():
        facts = draw(st.lists(st.sampled_from(sorted(kinds)).flatmap(lambda kind: st.tuples(st.just(kind), kinds[kind])), max_size=15))  # noqa: B023
        versions: dict[str, int] = {}
        log = logs[service] = []
        for position, (kind, data) in enumerate(facts, start=1):
            stream = ":".join(str(data[name]) for name in ("campaign", "unit", "pass_key", "scorer") if name in data) or kind
            versions[stream] = versions.get(stream, 0) + 1
            log.append(
                an_event(
                    position,
                    id=f"{service:.8}-{position}",
                    service=service,
                    stream=stream,
                    version=versions[stream],
                    type=f"{service}.{kind}",
                    data=data,
                    recorded_at=MORNING + timedelta(microseconds=position),
                )
            )
    return logs


@st.composite
def deliveries(draw: st.DrawFn, logs: Logs) -> list[Page]:
    """Pages cut anywhere, some twice, some late, some never, and announcements between them."""
    pages: list[Page] = []
    for service, log in logs.items():
        cuts = sorted(draw(st.sets(st.integers(1, len(log) - 1), max_size=6))) if len(log) > 1 else []
        edges = [0, *cuts, len(log)] if log else []
        cut = [Page.of(log[low:high]) for low, high in pairwise(edges)]
        spans = st.tuples(st.integers(0, max(len(log) - 1, 0)), st.integers(1, 9))
        again = [Page.of(log[low : low + size]) for low, size in draw(st.lists(spans, max_size=3))] if log else []
        heads = [Page.announcement("vn", service, head) for head in draw(st.lists(st.integers(0, len(log)), max_size=2))]
        pages += [page for page in [*cut, *again, *heads] if draw(st.integers(0, 9)) > 1]
    return list(draw(st.permutations(pages)))


def _clean(model: ReadModel, logs: Logs) -> dict[str, list[dict[str, Any]]]:
    """The rows after each log in turn, folded in memory without any of the machinery under test."""
    rows = Rows()
    for log in logs.values():
        for event in log:
            for fold in model.folds_of(event):
                fold(rows, event)
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in model.metadata.tables}
    for table, written, _ in rows.changes():
        found[table.name] = written
    return found


def _sorted(model: ReadModel, rows: Mapping[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """In the order of Python's text, which is not that of PostgreSQL."""
    keys = {name: [column.name for column in table.primary_key] for name, table in model.metadata.tables.items()}
    return {name: sorted(rows[name], key=lambda row: tuple(row[key] for key in keys[name])) for name in rows}


def _deliver(database: Database, model: ReadModel, logs: Logs, data: st.DataObject) -> Projector:
    empty(database)
    projector = Projector(database, model, pause=lambda _seconds: None)
    projector.prepare()
    limits = st.integers(1, 8)

    def fetch(service: str, after: int) -> Sequence[Event]:
        return logs[service][after : after + data.draw(limits, label=f"events of {service} after {after}")]

    def moody(service: str, after: int) -> Sequence[Event]:
        match data.draw(st.integers(0, 3), label="does the producer answer"):
            case 0:
                raise Unavailable(f"{service} does not answer")
            case 1:
                return []
        return fetch(service, after)

    for page in data.draw(deliveries(logs), label="pages"):
        try:
            projector.receive(page, moody)
        except Unavailable:
            continue
    for service, log in logs.items():
        projector.receive(Page.announcement("vn", service, len(log)), fetch)
        assert projector.cursor("vn", service) == len(log)
    assert projector.parked() == []
    return projector


@pytest.mark.parametrize("name", ["diary", "rankings"])
@tried
@given(st.data())
def test_any_way_that_pages_come_gives_the_rows_of_a_clean_run(database: Database, name: str, data: st.DataObject) -> None:
    model = Diary().model if name == "diary" else rankings.MODEL
    logs = data.draw(diary_logs() if name == "diary" else season_logs(), label="logs")
    projector = _deliver(database, model, logs, data)
    assert _sorted(model, rows_of(projector)) == _sorted(model, _clean(model, logs))
