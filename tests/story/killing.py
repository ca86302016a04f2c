"""A worker in a process of its own, killed on the way."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress

from matchmaker.config import Settings

POLL_SECONDS = 0.05
PATIENCE_SECONDS = 60.0


def run_and_kill(settings: Settings, seconds: float) -> None:
    """Let a worker run for so many seconds, then kill it."""
    worker = _start(settings)
    try:
        worker.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
    assert worker.returncode == -signal.SIGKILL


def run_until(settings: Settings, ready: Callable[[], bool]) -> None:
    """Let a worker run until `ready` says so, then kill it; return once nothing that it started is left."""
    worker = _start(settings)
    try:
        while not ready() and worker.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                worker.wait(POLL_SECONDS)
    finally:
        worker.send_signal(signal.SIGKILL)
        # Whatever the worker started has its error output and holds it open while it lives.
        worker.communicate(timeout=PATIENCE_SECONDS)
    assert worker.returncode == -signal.SIGKILL


def _start(settings: Settings) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "MATCHMAKER_DATA": str(settings.data),
        "MATCHMAKER_INDEXES": str(settings.indexes),
        "MATCHMAKER_MODEL": "hashing",
    }
    return subprocess.Popen([sys.executable, "-m", "matchmaker.cli", "worker"], env=environment, stderr=subprocess.PIPE)
