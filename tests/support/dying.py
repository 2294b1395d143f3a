"""A sample season that dies at failpoints: loaded by one embedded process after another, each killed where it is told to die.

Its read models are rebuilt by other processes beside them, which are killed in the same way.
"""

from __future__ import annotations

import subprocess
import time

from shared.failpoints import VARIABLE
from tests.support.network import COMMENDATION, START_SECONDS_MAX, RunningNetwork

WHILE_LOADING = ("append.before_commit", "append.after_commit", "relay.after_publish", "fold.before_commit", "fold.after_commit")
WHILE_REBUILDING = ("rebuild.after_page", "rebuild.caught_up", "rebuild.before_go_live", "rebuild.after_go_live")
KILLED = -9
LOAD_SECONDS_MAX = 2 * START_SECONDS_MAX
LOADED = b"Listening on"


def load_until_dead(network: RunningNetwork, failpoint: str, times: int) -> bool:
    """Go on loading the sample in a process that dies at the failpoint; whether it did, or had loaded all before it got there."""
    network.var.mkdir(parents=True, exist_ok=True)
    path = network.var / "network.out"
    begun = path.stat().st_size if path.exists() else 0
    with path.open("ab") as out:
        process = subprocess.Popen(
            [COMMENDATION, "run", "--sample"], env=network.env | {VARIABLE: f"{failpoint}:{times}"}, stdout=out, stderr=out
        )
    network.processes["network"] = process
    deadline = time.monotonic() + LOAD_SECONDS_MAX
    while process.poll() is None:
        assert time.monotonic() < deadline, f"neither dead at {failpoint} nor loaded:\n{network.log_text()[-4000:]}"
        if LOADED in path.read_bytes()[begun:]:
            network.kill()
            return False
        time.sleep(0.1)
    assert process.returncode == KILLED, f"ended with {process.returncode} on the way to {failpoint}:\n{network.log_text()[-4000:]}"
    return True


def rebuild_until_dead(network: RunningNetwork, failpoint: str, times: int) -> bool:
    """Rebuild the read models beside the live network in a process that dies at the failpoint; whether it did, or went live."""
    ended = network.cli("rebuild", **{VARIABLE: f"{failpoint}:{times}"})
    assert ended.returncode in (0, KILLED), f"ended with {ended.returncode} on the way to {failpoint}:\n{ended.stderr[-4000:]}"
    return ended.returncode == KILLED


def rebuild_while_loading_until_dead(network: RunningNetwork, failpoint: str, times: int) -> bool:
    """The same while the network goes on loading the sample, which is killed then, too; whether the rebuild died."""
    network.spawn("network", "run", "--sample")
    network.wait_ready()
    died = rebuild_until_dead(network, failpoint, times)
    network.kill()
    return died
