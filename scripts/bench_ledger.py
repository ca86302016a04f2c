"""How fast the ledger, its drill-down, the charts and the deal board are, from a cold process; ten years beside one.

    python scripts/bench_ledger.py [FOLDER] [--size full|small|tiny] [--times 1] [--runs 3] [--years 10]

Without a played FOLDER (see synthetic_year.py) one is played first. Each page is the first request of a process of its
own, logged in as the bureau; the page 关于 is measured beside them for what every page costs a cold process. `--times`
fills the year with that many copies of itself, and the other years are copies moved by whole years: for timing alone.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from synthetic.measuring import TIMES, PageTimes, measure_page, settings_of
from synthetic.play import play_at
from synthetic.sizes import NAMED
from synthetic.years import copy_year

from matchmaker import migrations
from matchmaker.domain.base import Database

YEAR = 2025
REFERENCE = "/about"
PAGES = (
    REFERENCE,
    f"/ledger?year={YEAR}",
    f"/ledger/contract_value?year={YEAR}",
    f"/ledger/contract_value/rows?year={YEAR}",
    f"/ledger/published_needs/rows?year={YEAR}",
    f"/charts?year={YEAR}",
    "/deals",
    "/contracts",
    "/reports",
)
TARGET_MS = 300
COUNTED = {
    "needs": "SELECT count(*) FROM listings WHERE kind = 'need'",
    "achievements": "SELECT count(*) FROM listings WHERE kind = 'achievement'",
    "events": "SELECT count(*) FROM events",
    "contracts": "SELECT count(*) FROM contracts",
    "journal entries": "SELECT count(*) FROM journal",
}


@dataclass(frozen=True, slots=True)
class Measured:
    """Medians of several cold processes, in milliseconds; `status` is what the page answered."""

    status: int
    first: float
    processor: float
    statements: int


def main() -> None:
    """Play where needed, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--size", choices=NAMED, default="full")
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--page", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.page:
        print(json.dumps({name: getattr(measure_page(chosen.folder, chosen.page), name) for name in TIMES}))
        return
    with tempfile.TemporaryDirectory() as made:
        folder = chosen.folder or Path(made) / "one"
        if not (folder / "matchmaker.db").exists():
            print(f"playing a year of size {chosen.size} into {folder}")
            print(f"played in {play_at(settings_of(folder), NAMED[chosen.size], year=YEAR).total_seconds:.0f} s")
        one, many = Path(made) / "one-copied", Path(made) / "many"
        for copy, years in ((one, 1), (many, chosen.years)):
            shutil.copytree(folder, copy)
            _upgrade(copy)
            copy_year(settings_of(copy).database_url, times=chosen.times, years=years)
        describe(one, many)
        compare(one, many, chosen.runs, chosen.years)


def describe(*folders: Path) -> None:
    """Print how much there is to count."""
    for folder in folders:
        database = Database(settings_of(folder).database_url)
        with database.read() as session:
            counts = {name: session.scalar(sa.text(query)) for name, query in COUNTED.items()}
        database.dispose()
        print(", ".join(f"{count:,} {name}" for name, count in counts.items()))


def _upgrade(folder: Path) -> None:
    database = Database(settings_of(folder).database_url)
    migrations.upgrade(database.engine)
    database.dispose()


def compare(one: Path, many: Path, runs: int, years: int) -> None:
    """Print each page over one year and over many."""
    print(f"\n{'first request of a process':<40} {'1 year':>17} {f'{years} years':>17} {'SQL':>4}")
    print(f"{'ms (of these in the processor)':<40}", flush=True)
    for page in PAGES:
        single, several = measured(one, page, runs), measured(many, page, runs)
        if single.status != 200:
            print(f"{page:<40} answers {single.status}", flush=True)
            continue
        times = " ".join(f"{f'{each.first:.0f} ({each.processor:.0f})':>17}" for each in (single, several))
        late = "" if single.first <= TARGET_MS else f"   over {TARGET_MS} ms"
        print(f"{page:<40} {times} {several.statements:>4}{late}", flush=True)


def measured(folder: Path, page: str, runs: int) -> Measured:
    """Return the medians of `runs` cold processes."""
    found = [_cold(folder, page) for _ in range(runs)]
    return Measured(
        found[0].status,
        statistics.median(each.first for each in found),
        statistics.median(each.processor for each in found),
        found[0].statements,
    )


def _cold(folder: Path, page: str) -> PageTimes:
    time.sleep(0.2)
    command = [sys.executable, __file__, str(folder), "--page", page]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return PageTimes(**json.loads(output.splitlines()[-1]))


if __name__ == "__main__":
    main()
