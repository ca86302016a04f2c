"""Play a synthetic year through the services into a database of its own, and say what it took.

    python scripts/synthetic_year.py FOLDER [--size full|small|tiny] [--year 2025] [--seed 1] [--lists all|needs]

FOLDER becomes the data folder (`MATCHMAKER_DATA`) of a site that can be looked at afterwards, with the hashing encoder
(`MATCHMAKER_MODEL=hashing`); it must be empty. The same seed tells the same story. With `--lists needs` the
achievements' own lists of matches, which nobody in the story looks at, are left for the worker.
"""

import argparse
from pathlib import Path

from synthetic.measuring import settings_of
from synthetic.play import Played, play_at
from synthetic.sizes import NAMED


def main() -> None:
    """Play and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", choices=NAMED, default="full")
    parser.add_argument("--year", type=int, default=2025)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lists", choices=("all", "needs"), default="all")
    chosen = parser.parse_args()
    if chosen.folder.exists() and any(chosen.folder.iterdir()):
        parser.error(f"{chosen.folder} is not empty")
    report(
        play_at(
            settings_of(chosen.folder),
            NAMED[chosen.size],
            year=chosen.year,
            seed=chosen.seed,
            all_lists=chosen.lists == "all",
        )
    )


def report(played: Played) -> None:
    """Print counts, and where the time went."""
    for name, count in sorted(played.counts.items()):
        print(f"{name:<28} {count:>8,}")
    print(f"\n{'spent on':<28} {'seconds':>8}")
    for name, seconds in sorted(played.seconds.items(), key=lambda item: -item[1]):
        print(f"{name:<28} {seconds:>8.1f}")
    print(f"{'all':<28} {played.total_seconds:>8.1f}")


if __name__ == "__main__":
    main()
