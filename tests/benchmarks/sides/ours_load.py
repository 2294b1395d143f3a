"""The service evaluations with a load of appends inside: what its workers would append, without the requests that ask for it."""

from __future__ import annotations

import json
import sys
import time

import eventlet
from nameko.extensions import DependencyProvider

from services.evaluations.service import EvaluationsService
from shared.event import NewEvent
from shared.ground import Ground
from shared.store import Append
from tests.benchmarks.sides.plan import Plan
from tests.benchmarks.workload import CONTEXT, EVENT_TYPE, decisions


class Load(DependencyProvider):
    """Appends what the plan says, then prints when it did so: a line of JSON."""

    ground = Ground()

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan

    def start(self) -> None:
        self.container.spawn_managed_thread(self._run, identifier="load")

    def _run(self) -> None:
        plan = self.plan
        work = decisions(plan.events, plan.per_commit, plan.payload_bytes)
        due: list[float] = []
        called: list[float] = []
        begin = time.monotonic() + 0.1
        for number, decision in enumerate(work):
            if plan.per_second:
                due.append(begin + number * plan.per_commit / plan.per_second)
                while (left := due[-1] - time.monotonic()) > 0:
                    eventlet.sleep(left)
            write = Append(decision.stream, decision.version, [NewEvent(EVENT_TYPE, 1, data) for data in decision.facts])
            called.append(time.monotonic())
            self.ground.store.append(write, CONTEXT)
        print(json.dumps({"due": due, "called": called}), flush=True)


class LoadedEvaluationsService(EvaluationsService):
    """Evaluations as it is, and the load of the process's plan."""

    load = Load(Plan.of(sys.argv))
