"""How fast the ledger, its drill-down, the charts and the deal board are, from a cold process; ten years beside one.

    python scripts/bench_ledger.py [FOLDER] [--size full|small|tiny] [--runs 3] [--years 10]

Without a played FOLDER (see synthetic_year.py) one is played first. Each page is the first request of a process of its
own, logged in as the bureau; the page 关于 is measured beside them for what every page costs a cold process. Other
years are copies of the played one, moved by whole years: they are for timing alone.
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

from synthetic.measuring import TIMES, PageTimes, measure_page, settings_of
from synthetic.play import play_at
from synthetic.sizes import NAMED
from synthetic.years import add_years

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


@dataclass(frozen=True, slots=True)
class Measured:
    """Medians of several cold processes, in milliseconds; `status` is what the page answered."""

    status: int
    first: float
    again: float
    statements: int


def main() -> None:
    """Play where needed, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--size", choices=NAMED, default="full")
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
        many = Path(made) / "many"
        shutil.copytree(folder, many)
        add_years(settings_of(many).database_url, chosen.years - 1)
        compare(folder, many, chosen.runs, chosen.years)


def compare(one: Path, many: Path, runs: int, years: int) -> None:
    """Print each page over one year and over many."""
    print(f"\n{'first request of a process, ms':<42} {'1 year':>9} {f'{years} years':>9} {'again':>7} {'SQL':>5}")
    for page in PAGES:
        single, several = measured(one, page, runs), measured(many, page, runs)
        if single.status != 200:
            print(f"{page:<42} answers {single.status}")
            continue
        line = f"{page:<42} {single.first:>9.0f} {several.first:>9.0f} {several.again:>7.0f} {several.statements:>5}"
        print(line + ("" if single.first <= TARGET_MS else f"   over {TARGET_MS} ms"))


def measured(folder: Path, page: str, runs: int) -> Measured:
    """Return the medians of `runs` cold processes."""
    found = [_cold(folder, page) for _ in range(runs)]
    return Measured(
        found[0].status,
        statistics.median(each.first for each in found),
        statistics.median(each.again for each in found),
        found[0].statements,
    )


def _cold(folder: Path, page: str) -> PageTimes:
    time.sleep(0.2)
    command = [sys.executable, __file__, str(folder), "--page", page]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return PageTimes(**json.loads(output.splitlines()[-1]))


if __name__ == "__main__":
    main()
