"""Problems for the solver's tests: random events as in the literature, and small ones where everything is used."""

import random
from fractions import Fraction

from matchmaker.timetable.problem import Broker, Fixed, Interpreter, Meeting, Party, Problem

LANGUAGES = ("en", "kk", "ru")


def event(
    parties: int, slots: int, tables: int, filled: float, *, seed: int = 0, interpreters: int = 0, away: float = 0
) -> Problem:
    """Return an event of uniform pairs that fill a share of all places, each party with as many as slots at most."""
    chance = random.Random(seed)
    count = [0] * parties
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < round(slots * tables * filled):
        one, other = sorted(chance.sample(range(parties), 2))
        if (one, other) not in pairs and max(count[one], count[other]) < slots:
            pairs.add((one, other))
            count[one] += 1
            count[other] += 1
    return Problem(
        slots=slots,
        tables=tables,
        parties=tuple(Party(f"p{place}", _some(chance, slots, away)) for place in range(parties)),
        meetings=tuple(
            Meeting(
                f"m{place}",
                (f"p{one}", f"p{other}"),
                Fraction(chance.randint(1, 100), 10),
                language=chance.choice(LANGUAGES) if interpreters and chance.random() < 0.2 else None,
            )
            for place, (one, other) in enumerate(sorted(pairs))
        ),
        interpreters=tuple(
            Interpreter(f"i{place}", frozenset(chance.sample(LANGUAGES, 2)), _some(chance, slots, 0.1))
            for place in range(interpreters)
        ),
    )


def small_event(seed: int) -> Problem:
    """Return a small problem in which anything may occur: musts, fixed places, brokers, closed tables, vetoes."""
    chance = random.Random(seed)
    slots, tables, parties = chance.randint(2, 6), chance.randint(1, 4), chance.randint(3, 9)
    names = [f"p{place}" for place in range(parties)]
    return Problem(
        slots=slots,
        tables=tables,
        parties=tuple(
            Party(name, _some(chance, slots, 0.2), chance.choice((None, None, None, 1, 2, 3))) for name in names
        ),
        meetings=tuple(_meeting(f"m{place}", chance, names, slots, tables) for place in range(chance.randint(1, 18))),
        interpreters=tuple(
            Interpreter(f"i{place}", frozenset(chance.sample(LANGUAGES, 2)), _some(chance, slots, 0.2))
            for place in range(chance.randint(0, 3))
        ),
        brokers=tuple(Broker(f"b{place}", _some(chance, slots, 0.2)) for place in range(2)),
        vetoes=frozenset(frozenset(chance.sample(names, 2)) for _ in range(chance.randint(0, 2))),
        closed=frozenset((chance.randrange(slots), chance.randrange(tables)) for _ in range(chance.randint(0, 2))),
    )


def _meeting(name: str, chance: random.Random, names: list[str], slots: int, tables: int) -> Meeting:
    one, other = chance.sample(names, 2)
    fixed = Fixed(chance.randrange(slots), chance.choice((None, chance.randrange(tables))))
    return Meeting(
        name,
        (one, other),
        Fraction(chance.randint(0, 30), chance.choice((1, 3, 7))),
        must=chance.random() < 0.08,
        fixed=fixed if chance.random() < 0.15 else None,
        language=chance.choice(LANGUAGES) if chance.random() < 0.3 else None,
        broker=f"b{chance.randrange(2)}" if chance.random() < 0.2 else None,
    )


def _some(chance: random.Random, slots: int, share: float) -> frozenset[int]:
    return frozenset(slot for slot in range(slots) if chance.random() < share)
