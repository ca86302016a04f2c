"""Heads of the chain kept outside of it: a file in the data folder that the worker adds to, and backups' manifests.

A chain that was cut off at its end, or written anew from somewhere on, is whole in itself: only a head that was noted
before tells.
"""

from matchmaker.config import Settings
from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.journal_chain import Head, head

FILE = "journal-heads.txt"


def kept_heads(settings: Settings) -> list[Head]:
    """Return the heads that were kept, the oldest first; lines that are none of ours are passed over."""
    return [found for line in _lines(settings) if (found := _read(line)) is not None]


def keep_head(settings: Settings, database: Database) -> None:
    """Note the chain's end in the file, once a day (UTC) and only where it has moved since."""
    now = utc_now().isoformat(timespec="seconds")
    lines = _lines(settings)
    if lines and lines[-1][:10] == now[:10]:
        return
    with database.read() as session:
        present = head(session)
    last = _read(lines[-1]) if lines else None
    if present.position and (last is None or last.position < present.position):
        with (settings.data / FILE).open("a", encoding="ascii") as opened:
            opened.write(f"{now} {present.position} {present.hash}\n")


def _lines(settings: Settings) -> list[str]:
    try:
        return (settings.data / FILE).read_text("ascii", errors="replace").splitlines()
    except FileNotFoundError:
        return []


def _read(line: str) -> Head | None:
    match line.split():
        case [_at, position, found] if position.isdigit() and len(found) == 64:
            return Head(int(position), found)
    return None
