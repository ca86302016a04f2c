"""Languages of listings: told at save, stated by the owner; figures, threshold, and the measuring of terms."""

from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.errors import Forbidden
from matchmaker.domain.jobs import JobKind
from matchmaker.domain.language_measures import LanguageMeasure, MeasureMethod
from matchmaker.search.crosslingual import LanguageFigures
from matchmaker.services.engine import Engine
from matchmaker.services.job_runner import JobRunner
from matchmaker.services.language_jobs import measure_terms
from matchmaker.services.languages import is_weak, language_rows, order_measuring, record_measure, record_texts
from matchmaker.services.reading import form_values
from matchmaker.services.revisions import save_draft
from tests.cast import Cast
from tests.drafts import make_draft
from tests.pairs import publish

FIGURES = LanguageFigures("ru", 10, 10, "m", {"meaning": (0.5, 0.9), "keywords": (0.1, 0.2), "hybrid": (0.7, 0.9)})


def language_after(session: Session, cast: Cast, kind: str = "achievement", **raw: str) -> tuple[str, bool]:
    member = cast.bob if kind == "achievement" else cast.alice
    listing = make_draft(session, member, kind)
    revision = listing.working_revision
    save_draft(session, member.actor, listing, raw, revision.version)
    return revision.language, revision.language_is_stated


RUSSIAN = {
    "title": "Уборка хлопка",
    "abstract": "Комбайн для уборки хлопка.",
    "description": "Описание",
    "problem": "Проблема",
}


@pytest.mark.parametrize("kind", ["need", "achievement"])
def test_language_is_told_when_a_draft_is_saved(session: Session, cast: Cast, kind: str) -> None:
    assert language_after(session, cast, kind, **RUSSIAN) == ("ru", False)


def test_owner_states_the_language_and_takes_it_back(session: Session, cast: Cast) -> None:
    assert language_after(session, cast, **RUSSIAN, language="kk") == ("kk", True)
    assert language_after(session, cast, **RUSSIAN, language="") == ("ru", False)


def test_form_shows_only_what_the_owner_has_stated(session: Session, cast: Cast) -> None:
    listing = make_draft(session, cast.bob, "achievement")
    assert form_values(listing.working_revision)["language"] == ""


def test_empty_draft_counts_as_chinese(session: Session, cast: Cast) -> None:
    empty = dict.fromkeys(("title", "abstract", "description"), "")
    assert language_after(session, cast, **empty) == ("zh", False)


def test_rows_count_listings_by_language(session: Session, cast: Cast, settings: Settings) -> None:
    publish(session, cast.alice, "need", "棉花打包")
    publish(session, cast.bob, "achievement", "Комбайн для уборки хлопка", language="ru")
    rows = {row.language: row for row in language_rows(session, cast.erin.actor, settings)}
    assert {language: row.listings for language, row in rows.items()} == {"zh": 1, "en": 0, "ru": 1, "kk": 0}
    assert (rows["ru"].share_found, rows["en"].share_found, rows["ru"].figure) == (0.0, None, None)


def test_language_below_the_threshold_is_weak_by_its_latest_figure(
    session: Session, cast: Cast, settings: Settings
) -> None:
    actor = cast.erin.actor
    record_measure(session, "ru", MeasureMethod.TERMS, "m", (5, 5), (0.95, 1.0))
    record_measure(session, "kk", MeasureMethod.TERMS, "m", (5, 5), (0.8, 1.0))
    assert record_texts(session, actor, FIGURES)
    session.flush()
    assert [is_weak(session, settings, language) for language in ("zh", "en", "ru", "kk", "xx")] == [
        False,
        False,
        True,
        False,
        False,
    ]
    assert is_weak(session, replace(settings, language_threshold=81), "kk")
    record_texts(session, actor, replace(FIGURES, recall={**FIGURES.recall, "hybrid": (0.9, 0.9)}))
    session.flush()
    assert not is_weak(session, settings, "ru")


def test_figures_of_chinese_or_no_language_are_not_kept(session: Session, cast: Cast) -> None:
    kept = [record_texts(session, cast.erin.actor, replace(FIGURES, language=language)) for language in ("zh", None)]
    assert kept == [False, False]


@pytest.mark.parametrize("who", ["alice", "carol", "dave", "mallory"])
def test_figures_are_the_administrators(session: Session, cast: Cast, settings: Settings, who: str) -> None:
    for attempt in (
        lambda: language_rows(session, cast[who].actor, settings),
        lambda: order_measuring(session, cast[who].actor),
        lambda: record_texts(session, cast[who].actor, FIGURES),
    ):
        with pytest.raises(Forbidden):
            attempt()


def test_measuring_ordered_twice_is_one_job(session: Session, cast: Cast) -> None:
    assert order_measuring(session, cast.erin.actor).id == order_measuring(session, cast.erin.actor).id


@pytest.mark.slow
def test_worker_measures_the_terms(settings: Settings, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        order_measuring(session, cast.erin.actor)
    engine = Engine(settings)
    runner = JobRunner(database, settings, {JobKind.MEASURE_LANGUAGES: partial(measure_terms, engine)}, "one")
    while runner.step():
        pass
    with database.read() as session:
        found = {row.language: row for row in session.query(LanguageMeasure)}
    assert set(found) == {"en", "ru", "kk"}
    assert all(0 <= row.recall_1 <= row.recall_10 <= 1 and row.queries > 200 for row in found.values())
