"""Times of a programme, and its orders."""

from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain.programme import Candidate, alternated, by_demand, by_field, by_trl, drawn, turns

START = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
PITCHES = (
    Candidate(1, 10, "energy", 4, 0.5),
    Candidate(2, 10, "materials", 8, 1.5),
    Candidate(3, 20, "energy", None, 0.9),
    Candidate(4, 10, None, 8, 0.0),
)
pitches = st.lists(st.integers(1, 4), max_size=9).map(
    lambda offices: [Candidate(number, office) for number, office in enumerate(offices, start=1)]
)


def clock(moment: datetime) -> str:
    return f"{moment:%H:%M}"


def test_turns_follow_one_another_with_breaks_between() -> None:
    found = turns(START, [(8, 7), (8, 12), (8, 7)], break_every=2, break_minutes=10)
    assert [(clock(t.starts_at), clock(t.questions_at), clock(t.ends_at)) for t in found] == [
        ("02:00", "02:08", "02:15"),
        ("02:15", "02:23", "02:35"),
        ("02:45", "02:53", "03:00"),
    ]
    assert [t.pause_until and clock(t.pause_until) for t in found] == [None, "02:45", None]


def test_turns_end_without_a_break() -> None:
    assert [t.pause_until for t in turns(START, [(8, 7)] * 2, break_every=2, break_minutes=10)] == [None, None]


def test_by_field_puts_a_field_together_and_keeps_the_rest() -> None:
    assert by_field(PITCHES) == [1, 3, 2, 4]


def test_by_trl_puts_the_most_mature_first_and_the_unsaid_last() -> None:
    assert by_trl(PITCHES) == [2, 4, 1, 3]


def test_by_demand_puts_the_most_wanted_first() -> None:
    assert by_demand(PITCHES) == [2, 3, 1, 4]


def test_drawn_depends_on_the_seed_alone() -> None:
    assert drawn(PITCHES, 7) == drawn(PITCHES[::-1], 7) == [4, 2, 1, 3]
    assert {tuple(drawn(PITCHES, seed)) for seed in range(200)} >= {(1, 2, 3, 4), (4, 3, 2, 1)}


@given(pitches)
def test_alternated_has_neighbours_only_where_nothing_else_is_possible(found: list[Candidate]) -> None:
    office = {pitch.id: pitch.organization_id for pitch in found}
    order = alternated(found)
    assert sorted(order) == sorted(office)
    most = max((list(office.values()).count(each) for each in office.values()), default=0)
    neighbours = sum(office[one] == office[other] for one, other in pairwise(order))
    assert neighbours == max(0, most - (len(found) - most) - 1)
