"""How likely a place is looked at: recovered from simulated lists, whatever their heads hold."""

import numpy as np
import pytest

from matchmaker.search.training.examination import Examination, Impression, fit_examination

DEPTH = 20


def _impressions(eta: float, *, lists: int, seed: int = 7) -> list[Impression]:
    """Lists of 20 that put what is wanted first, each twice: the second time a little out of order."""
    random = np.random.default_rng(seed)
    found = []
    for number in range(lists):
        wanted = np.sort(random.beta(0.8, 1.6, DEPTH))[::-1]
        for _time in range(2):
            order = np.argsort(-(wanted + random.normal(0, 0.25, DEPTH)))
            for place, entry in enumerate(order, start=1):
                opened = bool(random.random() < wanted[entry] * place**-eta)
                found.append(Impression((number, int(entry)), place, opened))
    return found


@pytest.mark.parametrize("eta", [0.0, 0.6, 1.0, 1.5])
def test_eta_is_recovered_from_clicks_whatever_the_head_of_a_list_holds(eta: float) -> None:
    found = fit_examination(_impressions(eta, lists=400))
    assert abs(found.eta - eta) < 0.12
    assert found.compared > 1000


def test_few_lists_leave_the_prior_nearly_as_it_is() -> None:
    assert fit_examination([]) == Examination(1.0, 0)
    moved = [Impression(name, place, place == 1) for name in "ab" for place in (1, 5)]
    assert abs(fit_examination(moved).eta - 1.0) < 0.2
    once = [Impression(name, place, place == 1) for place, name in enumerate("abc", start=1)]
    assert fit_examination(once) == Examination(1.0, 0)


def test_seen_again_is_seen_more_likely() -> None:
    steep = Examination(1.0)
    assert (steep.chance(1), steep.chance(4), steep.chance(0)) == (1.0, 0.25, 1.0)
    assert steep.seen([]) == 0.0
    assert steep.seen([4, 4]) == pytest.approx(1 - 0.75**2)
    assert steep.chance(60) == steep.chance(50)
