"""How much happens in a synthetic year."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many of each thing a year holds; `deals` are those that are opened, `contracts` those that are signed."""

    enterprises: int = 300
    universities: int = 24
    brokers: int = 24
    branches: int = 8
    needs: int = 2000
    achievements: int = 6000
    events: int = 60
    visitors: int = 14
    deals: int = 760
    contracts: int = 400
    records: int = 160
    reports: int = 4


FULL = Sizes()
TINY = Sizes(
    enterprises=6,
    universities=3,
    brokers=3,
    branches=2,
    needs=14,
    achievements=18,
    events=6,
    visitors=4,
    deals=9,
    contracts=5,
    records=44,
    reports=2,
)
SMALL = Sizes(
    enterprises=60,
    universities=8,
    brokers=8,
    branches=4,
    needs=200,
    achievements=400,
    events=20,
    visitors=10,
    deals=90,
    contracts=45,
    records=40,
)
NAMED = {"full": FULL, "small": SMALL, "tiny": TINY}
