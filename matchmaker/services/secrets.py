"""The secret key that signs cookies and links: made once, kept in the data folder."""

import os
import secrets
import tempfile
from pathlib import Path

NAME = "secret_key"
SIZE = 32


def load_secret_key(data: Path) -> bytes:
    """Return the secret key kept in the folder `data`, making it on the first call.

    Several processes may start at once: the first to finish wins and all get the same key.

    Raises:
        ValueError: the file is there but too short to be a key, so somebody has damaged it.
    """
    path = data / NAME
    if not path.exists():
        _make(path)
    key = path.read_bytes().strip()
    if len(key) < SIZE:
        raise ValueError(f"{path} is damaged: restore it from a backup, or delete it, which logs everybody out")
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # mkstemp makes the file for its owner only (0600); link() then refuses to replace a key that another process made.
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{NAME}-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_hex(SIZE).encode())
            file.flush()
            os.fsync(file.fileno())
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(name)
