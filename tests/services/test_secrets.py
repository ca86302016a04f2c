"""The secret key: made once, kept, the same for all processes."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from matchmaker.services.secrets import load_secret_key

LOAD = "import sys; from pathlib import Path; from matchmaker.services.secrets import load_secret_key as load; "


def test_secret_key_is_made_once_and_kept(tmp_path: Path) -> None:
    assert load_secret_key(tmp_path / "data") == load_secret_key(tmp_path / "data")


def test_secret_key_differs_between_installations(tmp_path: Path) -> None:
    assert load_secret_key(tmp_path / "one") != load_secret_key(tmp_path / "two")


def test_secret_key_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    load_secret_key(tmp_path)
    assert [stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()] == [0o600]


def test_secret_key_is_the_same_for_processes_that_start_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LOAD + f"print(load(Path({str(tmp_path)!r})).decode())"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    keys = {process.communicate()[0].strip() for process in running}
    assert keys == {load_secret_key(tmp_path).decode()}


def test_secret_key_that_was_emptied_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_bytes(b"")
    with pytest.raises(ValueError, match="damaged"):
        load_secret_key(tmp_path)
