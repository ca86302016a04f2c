"""A worker in a process of its own, killed on the way."""

import os
import signal
import subprocess
import sys

from matchmaker.config import Settings


def run_and_kill(settings: Settings, seconds: float) -> None:
    """Let a worker run for so many seconds, then kill it."""
    environment = {
        **os.environ,
        "MATCHMAKER_DATA": str(settings.data),
        "MATCHMAKER_INDEXES": str(settings.indexes),
        "MATCHMAKER_MODEL": "hashing",
    }
    worker = subprocess.Popen(
        [sys.executable, "-m", "matchmaker.cli", "worker"], env=environment, stderr=subprocess.PIPE
    )
    try:
        worker.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
    assert worker.returncode == -signal.SIGKILL
