"""A reorganisation of a whole country into the registry: its commands decided, recorded and folded, in batches as the console sends them.

Beside it the same facts without any decision, as an import by hand would write them: what deciding costs is the distance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from services.console.reorganisation.command import BATCH
from services.console.reorganisation.plan import Change, plan
from services.console.reorganisation.tables import Commune, Conversion, Place
from services.console.reorganisation.understanding import understand
from services.registry import domain, schemas, views
from services.registry.domain.lineage import Ground, record
from services.registry.service import RegistryService
from shared.event import NewEvent
from shared.facts import Facts
from shared.feed.page import Page
from shared.projection import Projector
from shared.rpc import Request
from shared.service import Views
from shared.store import ANY, Append, EventStore, open_database
from tests.benchmarks.measure import NO_PAYLOAD, OURS, Bench, Job, Measure, Sides, account, timed
from tests.benchmarks.workload import CONTEXT

UNDECIDED = "the same facts, undecided"
RATE = Measure("import", "changes/s")
SITE = "central"

COMMUNES_OF_A_DISTRICT, DISTRICTS_OF_A_PROVINCE, MERGED = 15, 11, 3
"""About as in 2025: 10,000 communes in 700 districts of 63 provinces, of three of which each new one is formed."""


def country(communes: int) -> Sequence[Change]:
    """The changes of a country that has so many communes before, whose every third place keeps name and code for the new commune."""
    before, after = [], []
    for number in range(communes):
        district, province = number // COMMUNES_OF_A_DISTRICT, number // COMMUNES_OF_A_DISTRICT // DISTRICTS_OF_A_PROVINCE
        under = Place(f"Tỉnh số {province}", f"{province:02}"), Place(f"Huyện số {district}", f"{district:03}")
        place, first = (Place(f"Xã số {one}", f"{one:05}") for one in (number, number - number % MERGED))
        before.append(Commune(number + 2, *under, place))
        after.append(Conversion(number + 4, under[0], first, place, "Nhập toàn bộ", under[1], under[0]))
    return plan(understand(before, after))


def _bare() -> Any:
    """The service without a container: what nameko would inject is put in by hand."""
    return RegistryService()


class Registering:
    """The registry with everything around it but broker and HTTP."""

    def __init__(self, url: str) -> None:
        self._store = EventStore(open_database(url), site=SITE, service="registry")
        self._store.prepare()
        self._projector = Projector(self._store.database, views.MODEL)
        self._projector.prepare()
        self._service = _bare()
        self._service.facts = Facts(self._store, schemas.EVENTS)
        self._service.views = Views(self._projector)
        role = NewEvent("registry.RoleGranted", 1, {"account": CONTEXT.actor, "role": "office", "scope": "*"})
        self._store.append(Append("account-office", ANY, [role]), CONTEXT)
        self._follow()

    def decided(self, changes: Sequence[Change]) -> None:
        for start in range(0, len(changes), BATCH):
            request = Request(CONTEXT.actor, {"changes": list(changes[start : start + BATCH])})
            answer = self._service.record_organisations(request.to_data())
            if "error" in answer:
                raise AssertionError(answer["error"])
            self._follow()

    def undecided(self, batches: Sequence[Sequence[Append]]) -> None:
        for batch in batches:
            self._store.append_all(batch, CONTEXT)
            self._follow()

    def recorded(self) -> int:
        return self._store.head() - 1

    def close(self) -> None:
        self._store.database.close()

    def _follow(self) -> None:
        self._projector.receive(Page.announcement(SITE, "registry", self._store.head()), lambda _service, after: self._store.feed(after))


def _batches(changes: Sequence[Change]) -> list[list[Append]]:
    """The facts that the changes come to, batch by batch."""
    made: list[list[Append]] = []
    organisations: dict[str, Any] = {}
    for start in range(0, len(changes), BATCH):
        loaded = schemas.load_changes({"changes": list(changes[start : start + BATCH])})
        facts = record(Ground(organisations, {}), loaded)
        made.append([Append(f"organisation-{key}", ANY, [schemas.EVENTS.encode(fact) for fact in found]) for key, found in facts.items()])
        for key, found in facts.items():
            state = organisations.get(key, domain.Organisation())
            for fact in found:
                state = domain.ORGANISATION.evolve(state, fact)
            organisations[key] = state
    return made


@contextmanager
def _sides(bench: Bench, _payload: int) -> Iterator[Sides]:
    changes = country(bench.volume.import_communes)
    batches = _batches(changes)

    def measured(name: str) -> dict[Measure, float]:
        with bench.server.place() as place:
            side = Registering(place.url)
            try:
                work = partial(side.decided, changes) if name == OURS else partial(side.undecided, batches)
                seconds = timed(bench.server, work)
                account(name, "facts", side.recorded(), len(changes))
            finally:
                side.close()
        return {RATE: len(changes) / seconds}

    yield {name: partial(measured, name) for name in (OURS, UNDECIDED)}


JOBS = (
    Job(
        "import",
        "import of a reorganisation into the registry, PostgreSQL",
        _sides,
        measures=(RATE,),
        payloads=(NO_PAYLOAD,),
    ),
)
