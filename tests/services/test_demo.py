"""The demonstration's data: loaded once for the tests of this module, which only read it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.listings import Listing
from matchmaker.domain.tables import metadata
from matchmaker.services.demo import load_demo

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('demo') / 'demo.db'}")
    metadata.create_all(database.engine)
    with database.transaction() as session:
        load_demo(session)
    with database.read() as session:
        yield session
    database.dispose()


def test_demo_journal_is_in_the_order_of_its_days(demo: Session) -> None:
    moments = list(demo.scalars(sa.select(JournalEntry.at).order_by(JournalEntry.id)))
    assert moments == sorted(moments)
    assert moments[-1] <= utc_now()


def test_demo_has_something_new_and_something_of_every_month(demo: Session) -> None:
    published = list(demo.scalars(sa.select(Listing.published_at).where(Listing.published_at.is_not(None))))
    ages = {(utc_now() - at).days // 30 for at in published if at is not None}
    assert ages >= set(range(10))
    assert sum(utc_now() - at < timedelta(days=7) for at in published if at is not None) > 10
