"""Failpoints by themselves: nothing without the variable, death at the time that is named, and no silent mistake in a name."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from shared.errors import ConfigurationError
from shared.failpoints import POINTS, VARIABLE, armed

REACH = "from shared.failpoints import reached\nfor at in range(1, 6):\n    reached('fold.after_commit')\n    print(at, flush=True)"


def reached(failpoint: str) -> subprocess.CompletedProcess[str]:
    """A process that gets five times to fold.after_commit and says so after each."""
    return subprocess.run(
        [sys.executable, "-c", REACH], env={**os.environ, VARIABLE: failpoint}, capture_output=True, text=True, timeout=30, check=False
    )


@pytest.mark.parametrize(("failpoint", "last"), [("fold.after_commit", ""), ("fold.after_commit:1", ""), ("fold.after_commit:4", "123")])
def test_a_process_dies_at_the_time_that_is_named(failpoint: str, last: str) -> None:
    done = reached(failpoint)
    assert (done.returncode, done.stdout.replace("\n", "")) == (-signal.SIGKILL, last)


@pytest.mark.parametrize("failpoint", ["", "fold.after_commit:6", "fold.before_commit:1"])
def test_it_lives_without_the_variable_before_its_time_and_at_other_points(failpoint: str) -> None:
    done = reached(failpoint)
    assert (done.returncode, done.stdout.split()) == (0, ["1", "2", "3", "4", "5"])


@pytest.mark.parametrize("wrong", ["fold.after", "relay.after_publish:0", "relay.after_publish:soon", ":3", "relay.after_publish:-1"])
def test_a_point_that_is_not_known_is_refused(wrong: str) -> None:
    with pytest.raises(ConfigurationError, match=VARIABLE):
        armed({VARIABLE: wrong})


def test_without_the_variable_all_points_do_the_same_nothing() -> None:
    assert armed({}) is armed({VARIABLE: ""})
    for point in POINTS:
        armed({})(point)
