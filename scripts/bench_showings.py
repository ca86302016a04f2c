"""What keeping showings costs: the time a page spends on noting a list, and how long the lock is held to write them."""

import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from matchmaker.domain.base import Database
from matchmaker.domain.days import today
from matchmaker.domain.people import Organization
from matchmaker.domain.showings import ListKind
from matchmaker.domain.tables import metadata
from matchmaker.services.showings.counter import AT_ONCE, SightCounter
from matchmaker.services.showings.lists import ListShown, Seen, Viewer
from matchmaker.services.showings.writing import write_sights

PAIRS = 50
ROUNDS = 30


def main() -> None:
    """Note and write lists of 50 pairs, all different, and print milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
        metadata.create_all(database.engine)
        with database.transaction() as session:
            organization = Organization(kind="enterprise", name="天山机械有限公司", region="650104")
            session.add(organization)
            session.flush()
            viewer = Viewer(organization.id, "enterprise")
        counter = SightCounter(database)
        lists = [_list(viewer, number) for number in range(ROUNDS * AT_ONCE)]
        noted = [_timed(partial(counter.note, shown, "Mozilla/5.0")) for shown in lists[:4000]]
        written = []
        for start in range(0, len(lists), AT_ONCE):
            sights = {shown: Seen.now() for shown in lists[start : start + AT_ONCE]}
            written.append(_timed(partial(_write, database, sights)))
        print(f"note a list of {PAIRS}: median {statistics.median(noted):.4f} ms, most {max(noted):.3f} ms")
        held = f"median {statistics.median(written):.1f} ms, most {max(written):.1f} ms"
        print(f"write {AT_ONCE} lists in one transaction: {held}")
        size = sum(path.stat().st_size for path in Path(folder).glob("bench.db*"))
        print(f"{len(lists)} lists of {PAIRS} pairs: {size / len(lists):.0f} bytes each")
        database.dispose()


def _list(viewer: Viewer, number: int) -> ListShown:
    pairs = tuple((number, 100_000 + place, round(3.0 - place / 20, 4)) for place in range(PAIRS))
    return ListShown(viewer, today(), ListKind.TRIAGE, None, "shipped-7", "multilingual-e5-small", 1, pairs)


def _write(database: Database, sights: Mapping[ListShown, Seen]) -> None:
    with database.transaction() as session:
        write_sights(session, dict(sights.items()))


def _timed(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
