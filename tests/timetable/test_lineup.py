"""Line-ups: as much demand as can be met, proven, each pick with what it adds."""

import random
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings

from matchmaker.timetable.lineup import Demand, ImpossibleLineUp, LineUp, choose_line_up, greedy_line_up
from tests.timetable.brute import chances

# Three who all want a little of "solar"; two of them more of "wind", one more of "coal".
THREE = {
    "alice": {"solar": 0.5, "wind": 0.8},
    "bob": {"solar": 0.5, "wind": 0.9, "grid": 0.85},
    "erin": {"solar": 0.5, "coal": 0.6},
}


def picks(line_up: LineUp) -> list[str]:
    return [pick.achievement for pick in line_up.picks]


def test_line_up_meets_more_than_its_strongest_matches_would() -> None:
    line_up = choose_line_up(Demand(2, THREE))
    assert (picks(line_up), line_up.total, line_up.is_optimal) == (["wind", "coal"], Fraction("2.3"), True)
    assert line_up.demanded == Fraction("2.3")


def test_each_pick_says_what_it_adds_and_for_whom() -> None:
    line_up = choose_line_up(Demand(3, THREE, second=Fraction(1, 10)))
    assert [(pick.achievement, pick.gain, pick.organizations) for pick in line_up.picks] == [
        ("wind", Fraction("1.7"), (("bob", Fraction("0.9")), ("alice", Fraction("0.8")))),
        ("coal", Fraction("0.6"), (("erin", Fraction("0.6")),)),
        ("solar", Fraction("0.15"), tuple((name, Fraction("0.05")) for name in ("alice", "bob", "erin"))),
    ]
    assert line_up.total == sum(pick.gain for pick in line_up.picks)


def test_what_adds_nothing_takes_no_place() -> None:
    assert picks(choose_line_up(Demand(4, THREE))) == ["wind", "coal"]


def test_best_line_up_beats_the_greedy_one() -> None:
    two = {"alice": {"both": 0.6, "one": 1}, "bob": {"both": 0.6, "other": 1}}
    greedy, best = greedy_line_up(Demand(2, two)), choose_line_up(Demand(2, two))
    assert (picks(greedy), greedy.total) == (["both", "one"], Fraction("1.6"))
    assert (picks(best), best.total, best.is_optimal) == (["one", "other"], 2, True)


def test_must_never_weights_and_owners_are_kept() -> None:
    assert picks(choose_line_up(Demand(2, THREE, must=frozenset({"grid"})))) == ["solar", "grid"]
    assert picks(choose_line_up(Demand(1, THREE, never=frozenset({"wind"})))) == ["solar"]
    assert picks(choose_line_up(Demand(1, THREE, weights={"erin": 50}))) == ["coal"]
    owners = {"wind": "bob", "coal": "bob", "grid": "carol"}
    assert picks(choose_line_up(Demand(2, THREE, owners=owners, per_owner=1))) == ["wind", "solar"]
    assert picks(choose_line_up(Demand(0, THREE))) == picks(choose_line_up(Demand(3, {}))) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"must": frozenset({"wind", "coal"}), "places": 1}, "必选的有 2 项，多于 1 个名额。"),
        ({"must": frozenset({"wind"}), "never": frozenset({"wind"})}, "wind 既列为必选，又列为不选。"),
        (
            {"must": frozenset({"wind", "coal"}), "owners": {"wind": "bob", "coal": "bob"}, "per_owner": 1},
            "bob 必选的有 2 项，多于每家 1 项的上限。",
        ),
    ],
)
def test_what_cannot_be_is_told(change: dict[str, object], reason: str) -> None:
    with pytest.raises(ImpossibleLineUp) as caught:
        choose_line_up(replace(Demand(3, THREE), **change))
    assert str(caught.value.saying) == reason


def invented(chance: random.Random) -> Demand:
    names = [f"a{number}" for number in range(7)]
    strengths = {
        f"o{number}": {name: chance.randint(0, 20) / 20 for name in chance.sample(names, chance.randint(0, 5))}
        for number in range(6)
    }
    owners = {name: chance.choice(["bob", "carol"]) for name in names}
    limits = {"owners": owners, "per_owner": chance.choice([None, 1, 2])}
    return Demand(chance.randint(1, 4), strengths, second=Fraction(chance.choice([0, 0, 1, 3]), 10), **limits)


def best_total(demand: Demand) -> Fraction:
    """Try every line-up."""
    names = sorted({name for row in demand.strengths.values() for name in row})
    totals = [Fraction(0)]
    for size in range(1, demand.places + 1):
        for chosen in combinations(names, size):
            owners = [demand.owners[name] for name in chosen]
            if demand.per_owner is None or max(map(owners.count, owners)) <= demand.per_owner:
                totals.append(_total(demand, chosen))
    return max(totals)


def _total(demand: Demand, chosen: tuple[str, ...]) -> Fraction:
    total = Fraction(0)
    for row in demand.strengths.values():
        found = sorted((Fraction(str(row.get(name, 0))) for name in chosen), reverse=True)
        total += found[0] + (demand.second * found[1] if len(found) > 1 else 0)
    return total


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(chances())
def test_line_up_is_as_good_as_trying_every_one(chance: random.Random) -> None:
    demand = invented(chance)
    line_up, greedy = choose_line_up(demand), greedy_line_up(demand)
    assert (line_up.total, line_up.bound) == (best_total(demand), line_up.total)
    assert _total(demand, tuple(picks(line_up)) or ("none",)) == line_up.total
    assert greedy.total >= line_up.total / 2
