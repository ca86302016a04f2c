"""A tiny synthetic year, played once through the services for all tests of this module, which only read it."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from synthetic.measuring import settings_of
from synthetic.play import Played, play_at
from synthetic.sizes import TINY, Sizes

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.events import Event
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.listings import Listing

pytestmark = pytest.mark.slow

YEAR = 2025


@pytest.fixture(scope="module")
def settings_of_year(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return settings_of(tmp_path_factory.mktemp("year"))


@pytest.fixture(scope="module")
def played(settings_of_year: Settings) -> Played:
    return play_at(settings_of_year, TINY, year=YEAR)


@pytest.fixture(scope="module")
def year(settings_of_year: Settings, played: Played) -> Iterator[Session]:
    database = Database(settings_of_year.database_url)
    with database.read() as session:
        yield session
    database.dispose()


def test_journal_has_the_dates_of_the_year_in_order(year: Session) -> None:
    moments = list(year.scalars(sa.select(JournalEntry.at).order_by(JournalEntry.id)))
    assert moments == sorted(moments)
    assert datetime(2024, 12, 31, 16, tzinfo=UTC) <= moments[0] <= moments[-1] < datetime(2025, 12, 31, 16, tzinfo=UTC)


def test_as_much_happened_as_was_asked_for(year: Session, played: Played) -> None:
    kinds = Counter(year.scalars(sa.select(Listing.kind)))
    assert kinds == {"need": TINY.needs, "achievement": TINY.achievements}
    assert len(set(year.scalars(sa.select(Event.kind)))) == 5
    assert year.scalar(sa.select(sa.func.count()).select_from(Event)) == TINY.events
    assert played.counts["meetings held"] > 0


def test_same_seed_tells_the_same_story(tmp_path: Path) -> None:
    few = Sizes(2, 1, 1, 1, needs=2, achievements=2, events=1, visitors=2, deals=0, contracts=0, records=0)
    told = [_told(tmp_path / name, few, seed) for name, seed in (("one", 3), ("again", 3), ("other", 4))]
    assert told[0] == told[1]
    assert told[0] != told[2]


def _told(folder: Path, sizes: Sizes, seed: int) -> list[tuple[object, ...]]:
    settings = settings_of(folder)
    play_at(settings, sizes, year=YEAR, seed=seed)
    database = Database(settings.database_url)
    columns = JournalEntry.at, JournalEntry.action, JournalEntry.subject_kind, JournalEntry.subject_id
    with database.read() as session:
        rows = [tuple(row) for row in session.execute(sa.select(*columns).order_by(JournalEntry.id))]
    database.dispose()
    return rows


def test_no_day_of_the_story_is_outside_its_year(year: Session) -> None:
    days = [moment.date() for moment in year.scalars(sa.select(Listing.published_at)) if moment is not None]
    assert date(YEAR, 1, 1) <= min(days) <= max(days) <= date(YEAR, 12, 31)
