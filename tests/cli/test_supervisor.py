"""The supervisor with real child processes."""

import os
import signal
import threading
from pathlib import Path

import pytest

from matchmaker.cli import supervisor
from matchmaker.cli.supervisor import Child, Supervisor, python_module


def _sleeper(folder: Path, name: str, restarts: bool) -> Child:
    # Says that it runs by making its file, then waits for a signal.
    code = f"import pathlib, signal; pathlib.Path({str(folder / name)!r}).touch(); signal.pause()"
    return Child(name, [*python_module("this")[:1], "-c", code], restarts=restarts)


def _run_until_started(watcher: Supervisor, files: list[Path]) -> int:
    def stop_when_all_run() -> None:
        while not all(file.exists() for file in files):
            threading.Event().wait(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    return watcher.run(stop_when_all_run)


@pytest.fixture(autouse=True)
def _former_handlers():
    former = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in former.items():
        signal.signal(number, handler)


def test_supervisor_stops_both_children_on_interrupt(tmp_path: Path) -> None:
    children = [_sleeper(tmp_path, "server", False), _sleeper(tmp_path, "worker", True)]
    status = _run_until_started(Supervisor(children, say=print), [tmp_path / "server", tmp_path / "worker"])
    assert status == 0
    assert [child.ended() for child in children] == [-signal.SIGTERM, -signal.SIGTERM]


def test_supervisor_ends_when_the_server_ends(tmp_path: Path) -> None:
    said: list[str] = []
    server = Child("server", [*python_module("this")[:1], "-c", "raise SystemExit(3)"], restarts=False)
    worker = _sleeper(tmp_path, "worker", True)
    assert Supervisor([server, worker], say=said.append).run(lambda: None) == 3
    assert said == ["server ended with status 3"]
    assert worker.ended() == -signal.SIGTERM


def test_supervisor_restarts_the_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "RESTART_PAUSE_SECONDS", 0.0)
    runs = tmp_path / "runs"
    code = f"import os; os.write(os.open({str(runs)!r}, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600), b'x')"
    worker = Child("worker", [*python_module("this")[:1], "-c", code], restarts=True)
    said: list[str] = []

    def say(text: str) -> None:
        said.append(text)
        if len(said) == 3:
            os.kill(os.getpid(), signal.SIGINT)

    assert Supervisor([worker], say=say).run(lambda: None) == 0
    assert runs.read_bytes()[:3] == b"xxx"
