"""A trained model with networks: prepared beside the one that serves, then read pairs in its scores."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.listings import Listing
from matchmaker.domain.matches import Match
from matchmaker.domain.rankers import PairReading, RankerChoice, TunedVector, UnreadList
from matchmaker.search.networks import LoadedNetworks
from matchmaker.search.trained import read_trained
from matchmaker.services.engine import Engine
from matchmaker.services.indexing import note_change
from matchmaker.services.rankers.choosing import choose
from tests.cast import Cast
from tests.drafts import make_published
from tests.models import write_model
from tests.working import finish, work, working

pytestmark = pytest.mark.slow

TITLES = ("风电叶片防冰涂层", "棉花采摘机械", "风电机组叶片检测")


def post_market(database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        make_published(session, cast.alice, cast.carol, visibility="anonymous")
        for title in TITLES:
            make_published(session, cast.bob, cast.carol, "achievement", title=title)


def states(database: Database) -> list[tuple[str | None, str]]:
    with database.read() as session:
        return [(row.name, row.state) for row in session.scalars(sa.select(RankerChoice).order_by(RankerChoice.id))]


def terms(database: Database, name: str) -> list[tuple[float | None, float]]:
    """Return value and contribution of a term in every stored score, those of the owners' views included; all scores
    must be the sums of their terms."""
    found = []
    with database.read() as session:
        for match in session.scalars(sa.select(Match).order_by(Match.id)):
            views = [view for view in (match.need_view, match.achievement_view) if view is not None]
            for score, row in ((match.score, match.terms), *((view["score"], view["terms"]) for view in views)):
                assert sum(term[2] for term in row) == pytest.approx(score, abs=1e-6)
                found += [(value, added) for term, value, added in row if term == name]
    return found


def test_ranker_with_networks_serves_once_every_listing_has_its_vector(
    settings: Settings, database: Database, cast: Cast, base: Path
) -> None:
    post_market(database, cast)
    path = write_model(settings, "deep", base)
    with working(settings, database) as worker:
        finish(worker)
        with database.transaction() as session:
            choose(session, settings, cast.erin.actor, "deep")
        assert states(database) == [("deep", "building")]
        worker.step()
        assert (states(database), terms(database, "reading")) == ([("deep", "building")], [])
        finish(worker)
    assert states(database) == [("deep", "active")]
    with database.read() as session:
        vectors = session.scalars(sa.select(TunedVector)).all()
        assert sorted({(row.scope, len(row.vector)) for row in vectors}) == [
            ("inside", 256),
            ("open", 256),
            ("outside", 256),
        ]
        assert session.scalar(sa.select(sa.func.count()).select_from(UnreadList)) == 0
    assert [value is None for value, _ in terms(database, "meaning_tuned")] == [False] * 6
    read = terms(database, "reading")
    assert [value is None for value, _ in read] == [False] * 6
    # Each pair is read once: who may read less of the need reads the same titles.
    with database.read() as session:
        stored = session.scalars(sa.select(PairReading).order_by(PairReading.achievement_id)).all()
        networks = LoadedNetworks(base, read_trained(path))
        engine, listings = Engine(settings), {row.id: row for row in session.scalars(sa.select(Listing))}
        prepared = engine.prepare(session, list(listings.values()), "hashing-256")
        need = next(side.document for (_, scope), side in prepared.items() if scope == "inside")
        pairs = [(need, prepared[row.achievement_id, "open"].document) for row in stored]
        assert networks.reader is not None
        assert [row.value for row in stored] == pytest.approx(networks.reader.read(pairs).tolist(), abs=1e-5)
    assert sorted({round(row.value, 6) for row in stored}) == sorted({value for value, _ in read})


def test_pair_is_estimated_until_it_was_read(settings: Settings, database: Database, cast: Cast, base: Path) -> None:
    write_model(settings, "deep", base)
    with database.transaction() as session:
        choose(session, settings, cast.erin.actor, "deep")
    post_market(database, cast)
    with working(settings, database) as worker:
        for _ in range(100):
            if rows := terms(database, "reading"):
                break
            worker.step()
        assert {value for value, _ in rows} == {None}
        assert all(added for _, added in rows)
        finish(worker)
    assert None not in {value for value, _ in terms(database, "reading")}


def test_edit_of_a_title_has_the_pair_read_again_and_of_a_body_not(
    settings: Settings, database: Database, cast: Cast, base: Path
) -> None:
    write_model(settings, "deep", base)
    with database.transaction() as session:
        choose(session, settings, cast.erin.actor, "deep")
    post_market(database, cast)
    with working(settings, database) as worker:
        finish(worker)
        before = _readings(database)
        for column, value in (("description", "换了说法的全文，讲的是机组与叶片。"), ("title", "棉花机组")):
            with database.transaction() as session:
                listing = session.scalars(sa.select(Listing).where(Listing.kind == "achievement")).first()
                setattr(listing.published_revision, column, value)
                listing.text_revision += 1
                listing.pair_revision += 1
                session.flush()
                note_change(session, listing.id)
            finish(worker)
            after = _readings(database)
            assert (len(after), after == before) == (len(before), column == "description")


def test_worker_killed_between_choice_and_switch_goes_on(
    settings: Settings, database: Database, cast: Cast, base: Path
) -> None:
    post_market(database, cast)
    write_model(settings, "deep", base)
    work(settings, database)
    with database.transaction() as session:
        choose(session, settings, cast.erin.actor, "deep")
    with working(settings, database) as killed:
        killed.step()
    assert states(database) == [("deep", "building")]
    work(settings, database)
    assert states(database) == [("deep", "active")]
    assert {value is None for value, _ in terms(database, "meaning_tuned")} == {False}


def test_what_networks_made_goes_with_their_model(
    settings: Settings, database: Database, cast: Cast, base: Path
) -> None:
    post_market(database, cast)
    write_model(settings, "deep", base)
    with database.transaction() as session:
        choose(session, settings, cast.erin.actor, "deep")
    with working(settings, database) as worker:
        finish(worker)
        with database.transaction() as session:
            choose(session, settings, cast.erin.actor, "shipped")
        finish(worker)
        worker._rankers.forget()
    with database.read() as session:
        left = [session.scalar(sa.select(sa.func.count()).select_from(table)) for table in (TunedVector, PairReading)]
        assert left == [0, 0]
    assert terms(database, "reading") == []


def test_networks_that_cannot_be_loaded_hold_nothing_up(
    settings: Settings, database: Database, cast: Cast, base: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write_model(settings, "deep", base)
    (path / "tuned.safetensors").write_bytes(b"no tensors")
    post_market(database, cast)
    work(settings, database)
    with database.transaction() as session:
        choose(session, settings, cast.erin.actor, "deep")
    work(settings, database)
    assert states(database) == [("deep", "building")]
    assert "networks of the ranker deep cannot be used" in caplog.text


def _readings(database: Database) -> list[tuple[int, int, float]]:
    with database.read() as session:
        rows = session.scalars(sa.select(PairReading).order_by(PairReading.need_id, PairReading.achievement_id))
        return [(row.need_id, row.achievement_id, round(row.value, 6)) for row in rows]
