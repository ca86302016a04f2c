"""A roadshow's line-up: which achievements to show so that as much as possible of the audience's demand is met.

Each organization counts by the best match that it finds in the line-up, and by a part of its second best if so wished:
another achievement for the same people adds little, whatever its matches. Choosing greedily by what a pick adds reaches
at least 1 - 1/e of the greatest coverage (Nemhauser, Wolsey, Fisher 1978; half of it with a limit per owner); CP-SAT
starts there, after exchanging single picks, and proves a bound together with a linear relaxation.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from matchmaker.timetable.wording import N_, Saying, say

UNITS = 10**6  # strengths count in millionths


@dataclass(frozen=True)
class Demand:
    """What the line-up is chosen from: places, and how well which achievement answers which organization.

    `strengths`: organization -> achievement -> match strength, 0 to 1. `weights`: how much an organization counts (1
    where it is not named). `second`: the part of its second-best match that counts beside the best, 0 to 1, to a
    thousandth. `owners`: achievement -> its owner, of whom at most `per_owner` are shown; `must` are, `never` not.
    """

    places: int
    strengths: Mapping[str, Mapping[str, float]]
    weights: Mapping[str, float] = field(default_factory=dict)
    second: Fraction = Fraction(0)
    owners: Mapping[str, str] = field(default_factory=dict)
    per_owner: int | None = None
    must: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Pick:
    """An achievement in the line-up: what it adds to those before it, and for which organizations, most first."""

    achievement: str
    gain: Fraction
    organizations: tuple[tuple[str, Fraction], ...]


@dataclass(frozen=True, slots=True)
class LineUp:
    """Picks in the order of what they add; `total` is met of `demanded`, and no line-up meets more than `bound`.

    `demanded` is what everything on offer together would meet. There are fewer picks than places where no other adds
    anything.
    """

    picks: tuple[Pick, ...]
    total: Fraction
    bound: Fraction
    demanded: Fraction

    @property
    def is_optimal(self) -> bool:
        """Whether no line-up is proven to meet more."""
        return self.total == self.bound


class ImpossibleLineUp(Exception):
    """What must be shown cannot be; `saying` tells why."""

    def __init__(self, saying: Saying) -> None:
        self.saying = saying
        super().__init__(str(saying))


def choose_line_up(demand: Demand, *, seconds: float = 10, seed: int = 0) -> LineUp:
    """Return the line-up that meets the most demand, or the best found in time with a proven bound.

    Raises:
        ImpossibleLineUp: More must be shown than there are places, or than one owner may show, or what never may be.
    """
    coverage = Coverage(demand)
    coverage.require_possible()
    start = coverage.exchanged(coverage.greedy())
    from matchmaker.timetable.lineup_model import improve

    chosen, bound = improve(coverage, start, seconds=seconds, seed=seed)
    return coverage.line_up(chosen, bound)


def greedy_line_up(demand: Demand) -> LineUp:
    """Return the line-up that takes what adds most, pick by pick; its bound is what everything would meet.

    Raises:
        ImpossibleLineUp: As `choose_line_up`.
    """
    coverage = Coverage(demand)
    coverage.require_possible()
    return coverage.line_up(coverage.greedy(), coverage.of(coverage.candidates))


class Coverage:
    """Demand in whole numbers: `strengths` in units; `first`, `second`: how often best and second best count."""

    def __init__(self, demand: Demand) -> None:
        self.demand = demand
        second = demand.second.limit_denominator(1000)
        self.first, self.second = second.denominator, second.numerator
        self.strengths = {
            organization: self._units(row, demand.weights.get(organization, 1))
            for organization, row in demand.strengths.items()
        }
        named = {achievement for row in self.strengths.values() for achievement in row}
        self.candidates = sorted((named | demand.must) - demand.never)
        self.wanted_by: dict[str, list[str]] = {achievement: [] for achievement in self.candidates}
        for organization, row in self.strengths.items():
            for achievement in row:
                self.wanted_by[achievement].append(organization)

    def _units(self, row: Mapping[str, float], weight: float) -> dict[str, int]:
        units = {achievement: round(strength * weight * UNITS) for achievement, strength in row.items()}
        return {name: each for name, each in units.items() if each > 0 and name not in self.demand.never}

    def require_possible(self) -> None:
        """Raise what makes every line-up impossible.

        Raises:
            ImpossibleLineUp: Something does.
        """
        demand = self.demand
        for achievement in sorted(demand.must & demand.never):
            raise ImpossibleLineUp(say(N_("%(achievement)s 既列为必选，又列为不选。"), achievement=achievement))
        if len(demand.must) > demand.places:
            template = N_("必选的有 %(count)s 项，多于 %(places)s 个名额。")
            raise ImpossibleLineUp(say(template, count=len(demand.must), places=demand.places))
        shown = Counter(demand.owners[each] for each in demand.must if each in demand.owners)
        for owner, count in sorted(shown.items()):
            if demand.per_owner is not None and count > demand.per_owner:
                template = N_("%(owner)s 必选的有 %(count)s 项，多于每家 %(most)s 项的上限。")
                raise ImpossibleLineUp(say(template, owner=owner, count=count, most=demand.per_owner))

    def greedy(self) -> list[str]:
        """Return what must be shown, then what adds most each time, as long as there is room and something is added."""
        chosen: list[str] = []
        best: dict[str, tuple[int, int]] = {}
        shown: Counter[str | None] = Counter()
        waiting = sorted(self.demand.must)
        while len(chosen) < self.demand.places:
            rest = waiting or [each for each in self.candidates if each not in chosen and self._has_room(each, shown)]
            if not rest:
                break
            gain, pick = max(((sum(self.gains(each, best).values()), each) for each in rest), key=_most_first)
            if not gain and not waiting:
                break
            waiting = [each for each in waiting if each != pick]
            self._take(pick, best)
            chosen.append(pick)
            shown[self.demand.owners.get(pick)] += 1
        return chosen

    def exchanged(self, start: Sequence[str]) -> list[str]:
        """Return a line-up in which no single pick can be exchanged for a better one."""
        chosen = list(start)
        while True:
            found = [
                (gain - self.of(chosen), out, pick)
                for out in chosen
                if out not in self.demand.must
                for gain, pick in [self._best_beside([each for each in chosen if each != out])]
            ]
            better, out, pick = max(found, default=(0, "", ""))
            if better <= 0:
                return chosen
            chosen[chosen.index(out)] = pick

    def _best_beside(self, chosen: Sequence[str]) -> tuple[int, str]:
        """Return the greatest total that one more pick reaches, and that pick."""
        best, shown = self._best(chosen), Counter(self.demand.owners.get(each) for each in chosen)
        rest = [each for each in self.candidates if each not in chosen and self._has_room(each, shown)]
        gain, pick = max(((sum(self.gains(each, best).values()), each) for each in rest), default=(0, ""))
        return self.of(chosen) + gain, pick

    def _has_room(self, achievement: str, shown: Mapping[str | None, int]) -> bool:
        owner, most = self.demand.owners.get(achievement), self.demand.per_owner
        return owner is None or most is None or shown.get(owner, 0) < most

    def gains(self, achievement: str, best: Mapping[str, tuple[int, int]]) -> dict[str, int]:
        """Return what an achievement adds for each organization that it adds anything for."""
        found = {}
        for organization in self.wanted_by[achievement]:
            strength = self.strengths[organization][achievement]
            first, second = best.get(organization, (0, 0))
            if strength > first:
                found[organization] = self.first * (strength - first) + self.second * (first - second)
            elif strength > second and self.second:
                found[organization] = self.second * (strength - second)
        return found

    def _take(self, achievement: str, best: dict[str, tuple[int, int]]) -> None:
        for organization in self.wanted_by[achievement]:
            three = (*best.get(organization, (0, 0)), self.strengths[organization][achievement])
            first, second, _least = sorted(three, reverse=True)
            best[organization] = first, second

    def of(self, chosen: Iterable[str]) -> int:
        """Return what a line-up meets."""
        return sum(self.first * first + self.second * second for first, second in self._best(chosen).values())

    def _best(self, chosen: Iterable[str]) -> dict[str, tuple[int, int]]:
        best: dict[str, tuple[int, int]] = {}
        for achievement in chosen:
            self._take(achievement, best)
        return best

    def levels(self) -> Iterator[tuple[int, list[str]]]:
        """Yield, of each organization, each height of its matches: the step up from the next lower, and who reaches it.

        An organization's best match is the sum of the steps that at least one in the line-up reaches, its second best
        the sum of those that two reach.
        """
        for row in self.strengths.values():
            heights = sorted(set(row.values()))
            for below, height in zip([0, *heights], heights, strict=False):
                yield height - below, [name for name, strength in row.items() if strength >= height]

    def line_up(self, chosen: Iterable[str], bound: int) -> LineUp:
        """Return chosen achievements in the order of what they add to each other."""
        rest, picks, best = set(chosen), [], dict[str, tuple[int, int]]()
        while rest:
            gains = {each: self.gains(each, best) for each in rest}
            _gain, pick = max(((sum(gains[each].values()), each) for each in rest), key=_most_first)
            rest.remove(pick)
            self._take(pick, best)
            if gains[pick] or pick in self.demand.must:
                picks.append(self._pick(pick, gains[pick]))
        total = sum((pick.gain for pick in picks), Fraction(0))
        return LineUp(tuple(picks), total, self._amount(bound), self._amount(self.of(self.candidates)))

    def _pick(self, achievement: str, gains: Mapping[str, int]) -> Pick:
        rows = sorted(gains.items(), key=lambda row: (-row[1], row[0]))
        organizations = tuple((organization, self._amount(gain)) for organization, gain in rows)
        return Pick(achievement, self._amount(sum(gains.values())), organizations)

    def _amount(self, units: int) -> Fraction:
        return Fraction(units, self.first * UNITS)


def _most_first(row: tuple[int, str]) -> tuple[int, list[int]]:
    # Of two that add the same, the one whose id comes first.
    gain, achievement = row
    return gain, [-ord(letter) for letter in achievement]
