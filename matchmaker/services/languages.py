"""How well listings in each language are matched: what the site holds in it, and what was measured.

A language is marked as weak where its latest figure with the model that serves lies below the threshold of the
settings. Figures from parallel texts go before those from the list of terms, which are short and so harder to tell.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from matchmaker.config import Settings
from matchmaker.domain.errors import Forbidden
from matchmaker.domain.jobs import ENDED, Job, JobKind
from matchmaker.domain.language import N_
from matchmaker.domain.language_measures import LanguageMeasure, MeasureMethod
from matchmaker.domain.listings import Listing, Revision, on_market
from matchmaker.domain.matches import Match
from matchmaker.domain.permissions import Actor, can_see_languages
from matchmaker.search.languages import LANGUAGES, SOURCE
from matchmaker.services import jobs
from matchmaker.services.embedding_models import active_model

if TYPE_CHECKING:
    from matchmaker.search.crosslingual import LanguageFigures

GOOD_GRADE = 2
"""A match of this grade (较强) or better counts as found."""


@dataclass(frozen=True, slots=True)
class LanguageRow:
    """One language: published listings, stored pairs with one of them, listings that have a good match, and figures.

    `share_found` is None without listings; `texts` and `terms` are None where nothing was measured with this model.
    """

    language: str
    listings: int
    matches: int
    found: int
    texts: LanguageMeasure | None
    terms: LanguageMeasure | None
    threshold: float

    @property
    def share_found(self) -> float | None:
        """The part of its listings that have a good match."""
        return self.found / self.listings if self.listings else None

    @property
    def figure(self) -> float | None:
        """The recall at 1 that decides."""
        measure = self.texts or self.terms
        return measure.recall_1 if measure else None

    @property
    def is_weak(self) -> bool:
        """Whether people are warned of its matches."""
        return self.figure is not None and self.figure < self.threshold


def language_rows(session: Session, actor: Actor, settings: Settings) -> tuple[LanguageRow, ...]:
    """Return a row for each language.

    Raises:
        Forbidden: the page is the administrators'.
    """
    _require(actor)
    listings, found, matches = _listings(session), _found(session), _matches(session)
    measures = _latest(session)
    return tuple(
        LanguageRow(
            language=language,
            listings=listings.get(language, 0),
            matches=matches.get(language, 0),
            found=found.get(language, 0),
            texts=measures.get((language, MeasureMethod.TEXTS)),
            terms=measures.get((language, MeasureMethod.TERMS)),
            threshold=_threshold(settings),
        )
        for language in LANGUAGES
    )


def is_weak(session: Session, settings: Settings, language: str) -> bool:
    """Whether matches of listings in `language` should be checked by a person; never for Chinese itself."""
    if language == SOURCE or language not in LANGUAGES:
        return False
    measures = _latest(session)
    measure = measures.get((language, MeasureMethod.TEXTS)) or measures.get((language, MeasureMethod.TERMS))
    return measure is not None and measure.recall_1 < _threshold(settings)


def order_measuring(session: Session, actor: Actor) -> Job:
    """Have the list of terms measured by the worker; one at a time, so ordering twice is ordering once.

    Raises:
        Forbidden: the page is the administrators'.
    """
    _require(actor)
    return open_measuring(session) or jobs.order(session, actor, JobKind.MEASURE_LANGUAGES)


def open_measuring(session: Session) -> Job | None:
    """Return the measuring that waits or runs, if there is one."""
    query = sa.select(Job).where(Job.kind == JobKind.MEASURE_LANGUAGES, Job.state.not_in(ENDED))
    return session.scalar(query.order_by(Job.id.desc()).limit(1))


def record_texts(session: Session, actor: Actor, figures: "LanguageFigures") -> bool:
    """Keep what was measured on parallel texts; return whether it is of a language that listings come in.

    Raises:
        Forbidden: the actor may not.
    """
    _require(actor)
    if figures.language not in LANGUAGES or figures.language == SOURCE:
        return False
    first, tenth = figures.recall["hybrid"]
    sizes = (figures.queries, figures.documents)
    record_measure(session, figures.language, MeasureMethod.TEXTS, figures.model, sizes, (first, tenth))
    return True


def record_measure(
    session: Session,
    language: str,
    method: MeasureMethod,
    model_id: str,
    sizes: tuple[int, int],
    recall: tuple[float, float],
) -> None:
    """Write one figure: `sizes` are the numbers of queries and documents, `recall` at 1 and at 10."""
    session.add(
        LanguageMeasure(
            language=language,
            method=method,
            model_id=model_id,
            queries=sizes[0],
            documents=sizes[1],
            recall_1=recall[0],
            recall_10=recall[1],
        )
    )


def _require(actor: Actor) -> None:
    if not can_see_languages(actor):
        raise Forbidden(N_("只有平台管理员可以查看各语言的匹配情况。"))


def _threshold(settings: Settings) -> float:
    return settings.language_threshold / 100


def _latest(session: Session) -> dict[tuple[str, str], LanguageMeasure]:
    """The latest figure by language and method, of the model that serves (of any where none does yet)."""
    model = active_model(session)
    query = sa.select(sa.func.max(LanguageMeasure.id)).group_by(LanguageMeasure.language, LanguageMeasure.method)
    if model is not None:
        query = query.where(LanguageMeasure.model_id == model.model_id)
    rows = session.scalars(sa.select(LanguageMeasure).where(LanguageMeasure.id.in_(query)))
    return {(row.language, row.method): row for row in rows}


def _listings(session: Session) -> Mapping[str, int]:
    return _counts(session, sa.func.count(), sa.true())


def _found(session: Session) -> Mapping[str, int]:
    good = sa.exists().where(
        sa.or_(Match.need_id == Listing.id, Match.achievement_id == Listing.id), Match.grade >= GOOD_GRADE
    )
    return _counts(session, sa.func.count(), good)


def _counts(session: Session, counted: sa.ColumnElement[int], condition: sa.ColumnElement[bool]) -> Mapping[str, int]:
    rows = session.execute(
        sa.select(Revision.language, counted)
        .join(Listing, Listing.published_revision_id == Revision.id)
        .where(on_market(), condition)
        .group_by(Revision.language)
    )
    return {row[0]: row[1] for row in rows}


def _matches(session: Session) -> Mapping[str, int]:
    """Pairs with a listing in a language on either side; one with both sides in it counts once."""
    need, achievement = aliased(Revision), aliased(Revision)
    one, other = aliased(Listing), aliased(Listing)
    rows = session.execute(
        sa.select(need.language, achievement.language, sa.func.count())
        .select_from(Match)
        .join(one, one.id == Match.need_id)
        .join(need, need.id == one.published_revision_id)
        .join(other, other.id == Match.achievement_id)
        .join(achievement, achievement.id == other.published_revision_id)
        .where(on_market(one), on_market(other))
        .group_by(need.language, achievement.language)
    )
    counts: dict[str, int] = {}
    for left, right, count in rows:
        for language in {left, right}:
            counts[language] = counts.get(language, 0) + count
    return counts
