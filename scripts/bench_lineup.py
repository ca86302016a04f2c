"""Compare line-ups of invented roadshows: the strongest achievements, greedy choice and the proven optimum.

Organizations have one or two fields, achievements one; a match is strong within a field and weak across. Fields
differ in size, as in a city: that is what makes the strongest achievements resemble each other. Printed are means over
the seeds, as shares of what everything on offer together would meet.

    python scripts/bench_lineup.py [--seeds 5] [--seconds 10]
"""

import argparse
import random
import time
from collections import Counter
from statistics import mean

from matchmaker.timetable.lineup import Coverage, Demand, LineUp, choose_line_up, greedy_line_up

# organizations, achievements, places
SIZES = ((40, 30, 6), (120, 80, 10), (400, 200, 15))
FIELDS = 12
MATCHES = 12


def invent(organizations: int, achievements: int, places: int, seed: int) -> Demand:
    """Return a demand in which each organization has about a dozen matches."""
    chance = random.Random(seed)
    sizes = [1 / (1 + field) for field in range(FIELDS)]
    fields = {f"a{number}": chance.choices(range(FIELDS), sizes)[0] for number in range(achievements)}
    strengths = {}
    for number in range(organizations):
        own = set(chance.choices(range(FIELDS), sizes, k=chance.choice([1, 2])))
        near = [name for name, field in fields.items() if field in own]
        far = chance.sample(sorted(fields), 3)
        matches = chance.sample(near, min(len(near), MATCHES))
        strengths[f"o{number}"] = {
            **{name: round(chance.uniform(0.05, 0.3), 3) for name in far},
            **{name: round(chance.betavariate(3, 2), 3) for name in matches},
        }
    return Demand(places, strengths)


def strongest(demand: Demand) -> LineUp:
    """Return the achievements whose matches are strongest in sum, whoever has them."""
    sums: Counter[str] = Counter()
    for row in demand.strengths.values():
        sums.update(row)
    coverage = Coverage(demand)
    return coverage.line_up([name for name, _sum in sums.most_common(demand.places)], coverage.of(coverage.candidates))


def main() -> None:
    """Print one line a size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()
    print("| organizations, achievements, places | strongest | greedy | chosen | bound | proven | seconds |")
    print("|---|---|---|---|---|---|---|")
    for size in SIZES:
        rows = []
        for seed in range(options.seeds):
            demand = invent(*size, seed)
            started = time.perf_counter()
            best = choose_line_up(demand, seconds=options.seconds)
            seconds = time.perf_counter() - started
            plain, greedy = strongest(demand), greedy_line_up(demand)
            shares = (float(each / best.demanded) for each in (plain.total, greedy.total, best.total, best.bound))
            rows.append((*shares, best.is_optimal, seconds))
        met = " | ".join(f"{mean(row[column] for row in rows):.1%}" for column in range(4))
        proven = f"{sum(row[4] for row in rows)} of {len(rows)}"
        print(f"| {', '.join(map(str, size))} | {met} | {proven} | {mean(row[5] for row in rows):.2f} |")


if __name__ == "__main__":
    main()
