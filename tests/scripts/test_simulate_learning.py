"""The proof of the learning, in small: an invented city's ranking rises towards its hidden truth, poison fades."""

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

pytestmark = pytest.mark.slow
SCRIPTS = Path(__file__).parents[2] / "scripts"
MONTHS, NEEDS, SEED = 3, 36, 2


@pytest.fixture(scope="module")
def simulation() -> ModuleType:
    """The script."""
    sys.path.insert(0, str(SCRIPTS))
    try:
        return importlib.import_module("simulate_learning")
    finally:
        sys.path.remove(str(SCRIPTS))


@pytest.fixture(scope="module")
def ways(simulation: ModuleType) -> dict[str, Any]:
    """How an untrained ranker and one with poisoned graders, weighed, went, by their names."""
    courses = tuple(c for c in simulation.COURSES if not c.learns or (c.judges and c.weighs))
    world = simulation.make_world(NEEDS, SEED)
    found = simulation.simulate(world, MONTHS, SEED, courses)
    best, share = simulation.ceiling(world)
    return {way.course.name: way for way in found} | {"best": best, "share": share}


def test_learned_ranking_rises_month_by_month_towards_the_truth(ways: dict[str, Any]) -> None:
    untrained, learned = ways["untrained"], ways["poisoned, weighed"]
    assert untrained.ndcg == [untrained.ndcg[0]] * (MONTHS + 1)
    assert learned.ndcg == sorted(learned.ndcg)
    assert learned.ndcg[-1] - learned.ndcg[0] > 0.3 * (ways["best"] - learned.ndcg[0])
    assert "promoted" in learned.outcomes


def test_poisoned_graders_weigh_little(ways: dict[str, Any]) -> None:
    weights = {name: found.reliability for name, found in ways["poisoned, weighed"].graders.items()}
    assert (
        max(weights["random"], weights["spiteful"])
        < 0.2
        < min(weights[name] for name in ("honest", "harsh", "lenient"))
    )


def test_steepness_of_lists_is_found_out(ways: dict[str, Any]) -> None:
    assert abs(ways["poisoned, weighed"].eta - 1.0) < 0.35


def test_figures_are_printed_and_drawn(simulation: ModuleType, ways: dict[str, Any], tmp_path: Path) -> None:
    found = [ways["untrained"], ways["poisoned, weighed"]]
    lines = simulation.table(found, ways["best"], ways["share"])
    assert f"{'all that terms can tell':<24}{ways['best']:>7.3f}" in lines
    page = tmp_path / "learning.html"
    simulation.write_page(page, "Invented.", found, ways["best"], ways["share"], lines)
    assert page.read_text().count("<svg") == 2
