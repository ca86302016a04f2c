"""What the journal's chain costs: an entry with and without it, and verifying a million of them.

    python scripts/bench_journal.py [--entries 2000] [--rows 1000000] [--url URL]

Entries are committed one by one, chained and, with the chain's listener taken away, unchained, in turns in the same
run. The rows to verify are written by SQL in batches. Without a URL on SQLite in a temporary folder.
"""

import argparse
import resource
import tempfile
import time
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain import journal
from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.journal import JournalEntry, record
from matchmaker.domain.journal_chain import GENESIS, JournalLink, canonical, head, link_hash
from matchmaker.domain.permissions import Actor
from matchmaker.domain.tables import metadata
from matchmaker.services.journal.verifying import verify

BATCH = 10_000
TURNS = 4


def main() -> None:
    """Print microseconds an entry, rows a second and the memory held."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=2_000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--url")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bare = Database(options.url or f"sqlite:///{Path(folder) / 'bare.db'}")
        metadata.create_all(bare.engine)
        _entries(bare, options.entries)
        bare.dispose()
        if options.url is None:
            large = Database(f"sqlite:///{Path(folder) / 'large.db'}")
            metadata.create_all(large.engine)
            _verify(large, options.rows)
            large.dispose()


def _entries(database: Database, count: int) -> None:
    seconds = {True: 0.0, False: 0.0}
    for turn in range(TURNS):
        for chained in (True, False) if turn % 2 else (False, True):
            seconds[chained] += _append(database, count // TURNS, chained=chained)
    for chained, name in ((False, "unchained"), (True, "chained")):
        print(f"one entry a transaction, {name:<10} {seconds[chained] / count * 1e6:8.0f} microseconds")
    print(f"the chain's part {(seconds[True] - seconds[False]) / count * 1e6:26.0f} microseconds")
    large = {chained: _append_at_once(database, 10_000, chained=chained) for chained in (False, True)}
    for chained, name in ((False, "unchained"), (True, "chained")):
        print(f"10,000 entries in one, {name:<12} {large[chained] / 10_000 * 1e6:8.0f} microseconds each")


def _append(database: Database, count: int, *, chained: bool) -> float:
    with _Listening(chained):
        begun = time.perf_counter()
        for number in range(count):
            with database.transaction() as session:
                record(session, Actor.system(), "move", "deal", number, before="lead", after="talks", reason="谈过一次")
        return time.perf_counter() - begun


def _append_at_once(database: Database, count: int, *, chained: bool) -> float:
    with _Listening(chained):
        begun = time.perf_counter()
        with database.transaction() as session:
            for number in range(count):
                record(session, Actor.system(), "move", "deal", number, before="lead", after="talks", reason="谈过一次")
        return time.perf_counter() - begun


class _Listening:
    """Take the chain's listener away for a while, unless it is wanted."""

    def __init__(self, wanted: bool) -> None:
        self.wanted = wanted

    def __enter__(self) -> None:
        if not self.wanted:
            sa.event.remove(Session, "before_commit", journal._chain_at_the_end)

    def __exit__(self, *_error: object) -> None:
        if not self.wanted:
            sa.event.listen(Session, "before_commit", journal._chain_at_the_end)


def _verify(database: Database, rows: int) -> None:
    previous = GENESIS
    for start in range(1, rows + 1, BATCH):
        entries, links = [], []
        for position in range(start, min(start + BATCH, rows + 1)):
            at = utc_now()
            plain = (None, None, "deal", position % 5_000, "move", "lead", "talks", "谈过一次")
            values = (position, str(at), *plain, '{"version": 3}')
            previous = link_hash(previous, position, canonical(values))
            names = (
                *("actor_id", "organization_id", "subject_kind", "subject_id"),
                *("action", "before", "after", "reason"),
            )
            entries.append({"id": position, "at": at, **dict(zip(names, plain, strict=True)), "data": {"version": 3}})
            links.append({"position": position, "entry_id": position, "hash": previous})
        with database.transaction() as session:
            session.execute(sa.insert(metadata.tables[JournalEntry.__tablename__]), entries)
            session.execute(sa.insert(JournalLink), links)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    found = verify(database)
    seconds = time.perf_counter() - begun
    with database.read() as session:
        assert (found.broken, found.head) == (None, head(session))
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held) / 1024
    print(f"verified {found.checked} rows in {seconds:.1f} s: {found.checked / seconds:.0f} rows/s, {more:.0f} MB more")


if __name__ == "__main__":
    main()
