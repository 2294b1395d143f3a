"""The service evaluations with its relay and a load of appends, as a process: `python -m tests.benchmarks.sides.ours_producer PLAN`.

Broker, database and site are those of COMMENDATION_*. It appends, prints one line of JSON and serves until SIGTERM.
"""

from __future__ import annotations

from services.console.process import CLASSES, patch, running


def main() -> None:
    patch()
    from services.console.run import log_to
    from shared.config import load

    config = load()
    log_to(config)
    CLASSES["evaluations"] = "tests.benchmarks.sides.ours_load:LoadedEvaluationsService"
    with running(config, ["evaluations"]) as network:
        network.wait()


if __name__ == "__main__":
    main()
