"""What the places of lists make of evidence: seldom seen counts more, never opened a little against."""

from datetime import UTC, datetime, timedelta

import pytest

from matchmaker.domain.showings import ListKind
from matchmaker.search.training.examination import Examination
from matchmaker.services.showings.reading import ShownList, ShownPair
from matchmaker.services.teaching.exposure import CLIP, Exposure, exposure_of

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
ALICE = 7


def _shown(day: int, *achievements: int, opened: tuple[int, ...] = ()) -> ShownList:
    at = MONDAY + timedelta(days=day)
    pairs = tuple(
        ShownPair(place, 1, achievement, 5.0 - place, achievement in opened, "additive-2", "hashing")
        for place, achievement in enumerate(achievements, start=1)
    )
    return ShownList(ALICE, "enterprise", at, at, 1, ListKind.LISTING, 1, "additive-2", "hashing", pairs)


def _exposure(*lists: ShownList, decided: dict[int, int] | None = None) -> Exposure:
    said = {(1, found, ALICE): MONDAY + timedelta(days=day, hours=1) for found, day in (decided or {}).items()}
    return exposure_of(lists, said)


def test_decision_at_the_end_of_a_list_counts_more_than_one_at_its_head() -> None:
    exposure = _exposure(_shown(0, 11, 12, 13, 14), decided={11: 0, 14: 0})
    later = MONDAY + timedelta(hours=1)
    head, end = (exposure.correct((1, found), ALICE, later) for found in (11, 14))
    assert head < 1 < end
    assert (head + end) / 2 == pytest.approx(1.0)
    assert end / head == pytest.approx(1 / exposure.examination.chance(4))
    assert exposure.correct((1, 99), ALICE, later) == 1.0


def test_field_that_is_shown_again_and_again_counts_less_each_time() -> None:
    once = _exposure(_shown(0, 11, 12, 13), decided={13: 0})
    often = _exposure(*(_shown(day, 11, 12, 13) for day in range(6)), decided={13: 5})
    assert once.chance((1, 13), ALICE, MONDAY + timedelta(hours=1)) == pytest.approx(1 / 3)
    assert often.chance((1, 13), ALICE, MONDAY + timedelta(days=6)) == pytest.approx(1 - (2 / 3) ** 6)
    # What was shown after the decision had no part in it.
    assert often.chance((1, 13), ALICE, MONDAY + timedelta(hours=1)) == pytest.approx(1 / 3)


def test_correction_is_clipped() -> None:
    deep = Exposure(Examination(3.0))
    deep = exposure_of([_shown(0, *range(11, 41))], {(1, 40, ALICE): MONDAY + timedelta(hours=1)})
    assert deep.correct((1, 40), ALICE, MONDAY + timedelta(hours=1)) == 1.0
    assert deep.correct((1, 11), ALICE, MONDAY + timedelta(hours=1)) == pytest.approx(1 / CLIP)


def test_pair_at_the_head_of_three_lists_that_nobody_opened_speaks_faintly_against_itself() -> None:
    lists = [_shown(day, 11, 12, 13, 14, opened=(11,) if day == 2 else ()) for day in range(3)]
    found = _exposure(*lists, decided={12: 2}).unopened()
    assert list(found) == [(1, 13)]
    (piece,) = found[1, 13]
    assert (piece.code, piece.taught) == ("unopened", 1)
    assert piece.weight == pytest.approx(0.05 * (1 - (2 / 3) ** 3), rel=0.2)
    assert _exposure(*lists[:2]).unopened() == {}
