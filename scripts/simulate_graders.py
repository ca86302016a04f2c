"""How soon invented graders are found out: honest, noisy, harsh, random, spiteful; prints a table for the README.

Each pair fits by a hidden amount and is graded by two of the graders, drawn by chance. `simulate_graders.py [SEEDS]`
"""

import random
import statistics
import sys
from collections import defaultdict
from collections.abc import Sequence

from matchmaker.search.graders import Given, estimate_graders

KINDS = ("honest", "honest", "honest", "honest", "honest", "noisy", "harsh", "random", "spiteful", "spiteful")
SHARES = (0.4, 0.25, 0.2, 0.15)
"""Of the grades 0 to 3 among drawn pairs."""
PAIRS = (50, 100, 200, 500, 1000)


def said(kind: str, fits: float, chance: random.Random) -> int:
    """Return the grade that a grader of a kind gives."""
    heard = {
        "honest": fits + chance.gauss(0, 0.5),
        "noisy": fits + chance.gauss(0, 1.1),
        "harsh": fits - 1 + chance.gauss(0, 0.5),
        "random": chance.uniform(-0.5, 3.5),
        "spiteful": 3 - fits + chance.gauss(0, 0.3),
        "idle": 0,
    }[kind]
    return min(3, max(0, round(heard)))


def graded(kinds: Sequence[str], pairs: int, seed: int) -> list[Given]:
    """Let two graders grade each of many pairs."""
    chance = random.Random(seed)
    rows: list[Given] = []
    for pair in range(pairs):
        fits = chance.choices(range(4), SHARES)[0] + chance.gauss(0, 0.3)
        rows += [(pair, grader, said(kinds[grader], fits, chance)) for grader in chance.sample(range(len(kinds)), 2)]
    return rows


def main(seeds: int) -> None:
    """Print weight (mean, and lowest to highest) and shift by kind, for growing numbers of pairs."""
    for pairs in PAIRS:
        weights, shifts = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
        for seed in range(seeds):
            for grader, found in estimate_graders(graded(KINDS, pairs, seed)).items():
                weights[KINDS[grader]].append(found.reliability)
                shifts[KINDS[grader]].append(found.shift)
        each = 2 * pairs // len(KINDS)
        told = (
            f"{kind} {statistics.mean(row):.2f} ({min(row):.2f}-{max(row):.2f}) {statistics.mean(shifts[kind]):+.2f}"
            for kind, row in weights.items()
        )
        print(f"{pairs:>5} pairs, {each:>3} each:  " + "   ".join(sorted(told)))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
