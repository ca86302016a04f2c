"""What lists were worth month by month: the scores as shown against the grades that came later."""

from datetime import UTC, datetime

from matchmaker.domain.showings import ListKind
from matchmaker.services.refits.months import MonthFigure, month_figures, shown_scores
from matchmaker.services.showings.reading import ShownList, ShownPair


def _list(at: datetime, scores: dict[int, float]) -> ShownList:
    pairs = tuple(
        ShownPair(place, 1, achievement, score, False, "additive-2", "hashing")
        for place, (achievement, score) in enumerate(scores.items(), start=1)
    )
    return ShownList(7, "enterprise", at, at, 1, ListKind.LISTING, 1, "additive-2", "hashing", pairs)


def test_month_is_the_citys_and_the_last_showing_of_it_counts() -> None:
    january, february = datetime(2026, 1, 31, 10, tzinfo=UTC), datetime(2026, 1, 31, 20, tzinfo=UTC)
    lists = [_list(january, {11: 2.0, 12: 1.0}), _list(january, {11: 0.5, 12: 1.0}), _list(february, {11: 3.0})]
    shown = shown_scores(lists)
    assert shown == {"2026-01": {"1": {"11": 0.5, "12": 1.0}}, "2026-02": {"1": {"11": 3.0}}}
    # February's one graded pair has no order; in January the worse one stood first.
    (figure,) = month_figures(shown, {"1": {"11": 3, "12": 0, "13": 3}}, {"1": {"11": 2.0, "12": -1.0}})
    assert (figure.month, figure.needs, figure.pairs, figure.present) == ("2026-01", 1, 2, 1.0)
    assert round(figure.served, 3) == 0.631


def test_month_without_graded_pairs_is_left_out() -> None:
    shown = shown_scores([_list(datetime(2026, 3, 2, tzinfo=UTC), {11: 2.0, 12: 1.0})])
    none: tuple[MonthFigure, ...] = ()
    assert month_figures(shown, {}, {}) == none
    assert month_figures(shown, {"1": {"11": 0, "12": 0}}, {}) == none
