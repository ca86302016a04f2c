"""Evidence of one pair as one reader sees it: made from the texts of his own views only (see projection.py)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from matchmaker.domain.base import upsert
from matchmaker.domain.evidence import Evidence
from matchmaker.domain.fields import field_of, fields_of
from matchmaker.domain.listings import Listing
from matchmaker.domain.matches import Match
from matchmaker.search.evidence import CERTAIN
from matchmaker.search.explain import Fragment, mark, matched_words
from matchmaker.search.passages import letters
from matchmaker.search.statistics import load_statistics
from matchmaker.services.evidence.sentences import MOST
from matchmaker.services.listing_views import ListingView

Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class SaidView:
    """One sentence as it was written: label of its field, its language, its fragments with shared words marked."""

    label: str
    language: str
    fragments: tuple[Fragment, ...]

    @property
    def text(self) -> str:
        """The sentence as plain text."""
        return "".join(fragment.text for fragment in self.fragments)


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A sentence of the need and what answers it, None where nothing does; `likelihood` is then 0.

    `is_worded` says that the two share words, and do not only mean the same.
    """

    need: SaidView
    answer: SaidView | None
    likelihood: float
    is_worded: bool = False

    @property
    def is_certain(self) -> bool:
        """Whether the answer is a clear one."""
        return self.likelihood >= CERTAIN


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """All sentences of the need that the reader may see, in the order in which they were written.

    Not `is_ready`: the worker has not compared the pair yet, or one side has changed since; `is_wanted`: it knows that
    somebody waits.
    """

    rows: tuple[EvidenceRow, ...] = ()
    is_ready: bool = True
    is_wanted: bool = False

    @property
    def answered(self) -> int:
        """How many sentences have an answer."""
        return sum(row.answer is not None for row in self.rows)

    @property
    def best(self) -> tuple[EvidenceRow, ...]:
        """The sentences with an answer, the clearest first."""
        return tuple(sorted((row for row in self.rows if row.answer), key=lambda row: -row.likelihood))


def evidence_of(session: Session, match_id: int, need: ListingView, achievement: ListingView) -> EvidenceView:
    """Return the evidence of a pair between two listings as the caller's reader sees them."""
    row, holds = _stored(session, match_id)
    if row is None or row.content is None or not holds:
        return EvidenceView(is_ready=False, is_wanted=row is not None and row.is_wanted)
    asked, said = _visible(row.content["need"], need), _visible(row.content["achievement"], achievement)
    best = _best(row.content["answers"], asked, said)
    if max((likelihood for _, likelihood in best.values()), default=0.0) < CERTAIN:
        best = {}  # likenesses here and there are what any two texts have
    places = sorted(asked, key=lambda place: _reading_order(need, asked[place]))
    return EvidenceView(tuple(_row(need, achievement, asked[place], said, best.get(place)) for place in places))


def want_evidence(session: Session, match_id: int) -> None:
    """Ask the worker to compare a pair next; the caller has checked that somebody may see it."""
    insert = upsert(session, Evidence).values(match_id=match_id, is_wanted=True)
    session.execute(insert.on_conflict_do_update(index_elements=["match_id"], set_={"is_wanted": True}))


def _stored(session: Session, match_id: int) -> tuple[Evidence | None, bool]:
    """Return what is stored of a pair, and whether it holds for what both sides say now."""
    need, achievement = aliased(Listing), aliased(Listing)
    holds = sa.and_(
        Evidence.need_revision_id == need.published_revision_id,
        Evidence.achievement_revision_id == achievement.published_revision_id,
    )
    found = session.execute(
        sa.select(Evidence, sa.case((holds, True), else_=False))
        .join(Match, Match.id == Evidence.match_id)
        .join(need, need.id == Match.need_id)
        .join(achievement, achievement.id == Match.achievement_id)
        .where(Evidence.match_id == match_id)
    ).one_or_none()
    return (None, False) if found is None else (found[0], bool(found[1]))


def _visible(places: Iterable[Place], view: ListingView) -> dict[int, Place]:
    """The sentences that a reader may see, the most telling ones, no two alike, by their number."""
    kept: dict[str, int] = {}
    found: dict[int, Place] = {}
    for number, place in enumerate(places):
        text = _text(view, place)
        if text and len(kept) < MOST and kept.setdefault(letters(text).text, number) == number:
            found[number] = place
    return found


def _best(
    answers: Iterable[tuple[int, int, float]], asked: Mapping[int, Place], said: Mapping[int, Place]
) -> dict[int, tuple[int, float]]:
    best: dict[int, tuple[int, float]] = {}
    for one, other, likelihood in answers:
        if one in asked and other in said and likelihood > best.get(one, (0, 0.0))[1]:
            best[one] = other, likelihood
    return best


def _row(
    need: ListingView,
    achievement: ListingView,
    place: Place,
    said: Mapping[int, Place],
    best: tuple[int, float] | None,
) -> EvidenceRow:
    if best is None:
        return EvidenceRow(_said(need, place, ()), None, 0.0)
    other, likelihood = said[best[0]], best[1]
    words = matched_words(_text(need, place), _text(achievement, other), load_statistics())
    return EvidenceRow(_said(need, place, words), _said(achievement, other, words), likelihood, bool(words))


def _said(view: ListingView, place: Place, words: Sequence[str]) -> SaidView:
    name, _, _ = place
    spec = field_of(view.kind, name)
    assert spec is not None  # noqa: S101 - its text is visible
    language = view.value("second_language") if name.startswith("second_") else view.language
    return SaidView(spec.label, language or view.language, tuple(mark(_text(view, place), words)))


def _text(view: ListingView, place: Place) -> str:
    name, start, end = place
    return view.prose(name)[start:end]


def _reading_order(view: ListingView, place: Place) -> tuple[int, int]:
    return [spec.name for spec in fields_of(view.kind)].index(place[0]), place[1]
