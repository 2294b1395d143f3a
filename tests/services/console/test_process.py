"""What a process of services is made to be before anything else is imported."""

from __future__ import annotations

import subprocess
import sys


def test_names_are_looked_up_anew_each_time() -> None:
    """A database or broker that comes back under another address is found: no resolver of ours keeps the old one."""
    program = (
        "from services.console.process import patch; patch(); import socket; "
        "print(socket.getaddrinfo.__module__); import sys; print('eventlet.support.greendns' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["socket", "False"]
