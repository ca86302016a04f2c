"""From published listings to stored matches, with the real worker and the hashing encoder."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.embeddings import Embedding, IndexChange
from matchmaker.domain.listings import Listing
from matchmaker.domain.matches import Match
from matchmaker.services import match_lists
from matchmaker.services.closing import Ending, close
from matchmaker.services.decisions import decide
from matchmaker.services.matches import matches_of
from matchmaker.services.restoring import restore
from matchmaker.services.review import publish
from matchmaker.services.revisions import save_draft, start_revision
from matchmaker.services.submission import submit
from tests.cast import Cast
from tests.drafts import make_published
from tests.working import finish, work, working


def _titles(database: Database, cast: Cast, viewer: str, listing_id: int) -> list[str]:
    with database.read() as session:
        listing = session.get_one(Listing, listing_id)
        return [view.other(listing.kind).title for view in matches_of(session, cast[viewer].actor, listing)]


def _rows(session: Session) -> list[tuple[object, ...]]:
    columns = (Match.need_id, Match.achievement_id, Match.score, Match.in_need_list, Match.updated_at)
    return [tuple(row) for row in session.execute(sa.select(*columns).order_by(Match.id))]


def test_matching_ranks_the_fitting_achievement_first_both_ways(
    settings: Settings, database: Database, cast: Cast
) -> None:
    with database.transaction() as session:
        need = make_published(session, cast.alice, cast.carol).id
        fitting = make_published(session, cast.bob, cast.carol, "achievement").id
        make_published(
            session,
            cast.bob,
            cast.carol,
            "achievement",
            title="骆驼奶冻干工艺",
            abstract="驼奶",
            description="冻干奶粉的工艺",
        )
    work(settings, database)
    assert _titles(database, cast, "alice", need) == ["耐候疏冰复合涂料", "骆驼奶冻干工艺"]
    assert _titles(database, cast, "bob", fitting) == ["风电叶片低温除冰涂层"]


def test_matching_terms_add_up_to_the_score(settings: Settings, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        make_published(session, cast.alice, cast.carol)
        make_published(session, cast.bob, cast.carol, "achievement")
    work(settings, database)
    with database.read() as session:
        match = session.scalars(sa.select(Match)).one()
        assert sum(term[2] for term in match.terms) == pytest.approx(match.score)


def test_matching_twice_changes_no_row(settings: Settings, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        make_published(session, cast.alice, cast.carol)
        make_published(session, cast.bob, cast.carol, "achievement")
    work(settings, database)
    with database.transaction() as session:
        before = _rows(session)
        session.execute(sa.update(Listing).values(matched_revision=0))
    work(settings, database)
    with database.read() as session:
        assert _rows(session) == before


def test_matching_hides_an_anonymous_needs_text_from_the_other_side(
    settings: Settings, database: Database, cast: Cast
) -> None:
    with database.transaction() as session:
        need = make_published(session, cast.alice, cast.carol, visibility="anonymous")
        achievement = make_published(session, cast.bob, cast.carol, "achievement")
        need_id, achievement_id = need.id, achievement.id
    work(settings, database)
    with database.read() as session:
        match = session.scalars(sa.select(Match)).one()
        assert match.need_view is None
        assert match.achievement_view is not None
        assert match.achievement_view["score"] == match.achievement_side_score != match.score
        # What the university sees comes from the public text alone: change the hidden one, and it stays the same.
        seen_before = match.achievement_view
        hidden_before = match.score
    _rewrite(
        database,
        cast,
        need_id,
        problem="完全不同的问题：骆驼奶冻干时蛋白变性，需要低温真空工艺和保护剂配方，说明清楚。",
    )
    work(settings, database)
    with database.read() as session:
        match = session.scalars(sa.select(Match).where(Match.achievement_id == achievement_id)).one()
        assert match.score != hidden_before
        assert match.achievement_view == seen_before


def test_matching_never_shows_a_brokers_only_need_to_the_other_side(
    settings: Settings, database: Database, cast: Cast
) -> None:
    with database.transaction() as session:
        need = make_published(session, cast.alice, cast.carol, visibility="brokers").id
        achievement = make_published(session, cast.bob, cast.carol, "achievement").id
    work(settings, database)
    assert _titles(database, cast, "alice", need) == ["耐候疏冰复合涂料"]
    assert _titles(database, cast, "carol", achievement) == ["风电叶片低温除冰涂层"]
    assert _titles(database, cast, "bob", achievement) == []


def test_matching_follows_an_edit_after_its_review(settings: Settings, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        need = make_published(session, cast.alice, cast.carol).id
        make_published(session, cast.bob, cast.carol, "achievement")
    work(settings, database)
    with database.read() as session:
        before = session.scalars(sa.select(Match.score)).one()
    _rewrite(database, cast, need, problem="棉籽蛋白脱酚时得率低、棉酚残留高，需要新的溶剂体系与设备，规模每年一万吨。")
    work(settings, database)
    with database.read() as session:
        assert session.scalars(sa.select(Match.score)).one() < before


def test_matching_drops_a_closed_listing_but_keeps_decisions(
    settings: Settings, database: Database, cast: Cast
) -> None:
    with database.transaction() as session:
        make_published(session, cast.alice, cast.carol)
        kept = make_published(session, cast.bob, cast.carol, "achievement")
        gone = make_published(session, cast.bob, cast.carol, "achievement", title="另一种疏冰涂料")
        kept_id, gone_id = kept.id, gone.id
    work(settings, database)
    with database.transaction() as session:
        pair = session.scalars(sa.select(Match.id).where(Match.achievement_id == kept_id)).one()
        decide(session, cast.alice.actor, pair, "shortlisted")
        for listing_id in (kept_id, gone_id):
            close(session, cast.bob.actor, session.get_one(Listing, listing_id), Ending("withdrawn"))
    work(settings, database)
    with database.read() as session:
        assert session.scalars(sa.select(Match.achievement_id)).all() == [kept_id]


def test_matching_finds_a_restored_listing_again(settings: Settings, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        need = make_published(session, cast.alice, cast.carol).id
        achievement = make_published(session, cast.bob, cast.carol, "achievement").id
    work(settings, database)
    with database.transaction() as session:
        close(session, cast.bob.actor, session.get_one(Listing, achievement), Ending("withdrawn"))
    work(settings, database)
    assert _titles(database, cast, "alice", need) == []
    with database.transaction() as session:
        assert session.scalars(sa.select(Match.id)).all() == []
        restore(session, cast.bob.actor, session.get_one(Listing, achievement))
    work(settings, database)
    assert _titles(database, cast, "alice", need) == ["耐候疏冰复合涂料"]


def test_matching_keeps_lists_at_their_length(
    settings: Settings, database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(match_lists, "LIST_LENGTH", 2)
    with database.transaction() as session:
        achievement = make_published(session, cast.bob, cast.carol, "achievement").id
        for number in range(5):
            make_published(session, cast.alice, cast.carol, title=f"叶片除冰涂层之{number}")
    work(settings, database)
    with database.read() as session:
        listed = sa.select(sa.func.count()).where(Match.achievement_id == achievement, Match.in_achievement_list)
        assert session.scalar(listed) == 2
        best = session.scalars(sa.select(Match.score).order_by(Match.score.desc())).all()
        shown = session.scalars(sa.select(Match.score).where(Match.in_achievement_list)).all()
        assert sorted(shown, reverse=True) == best[:2]


def test_worker_writes_nothing_when_the_text_changed_while_it_encoded(
    settings: Settings, database: Database, cast: Cast
) -> None:
    with database.transaction() as session:
        listing_id = make_published(session, cast.alice, cast.carol).id
    with working(settings, database) as worker:
        encoder = worker.engine.encoder
        encode = encoder.encode_queries

        def edit_meanwhile(texts: list[str]) -> object:
            with database.transaction() as session:
                session.execute(sa.update(Listing).values(text_revision=Listing.text_revision + 1))
            encoder.encode_queries = encode
            return encode(texts)

        encoder.encode_queries = edit_meanwhile
        worker.step()
        with database.read() as session:
            assert session.scalar(sa.select(sa.func.count()).select_from(Embedding)) == 0
        finish(worker)
    with database.read() as session:
        revision = session.get_one(Listing, listing_id).text_revision
        assert set(session.scalars(sa.select(Embedding.text_revision))) == {revision}


def test_index_change_is_written_with_the_publication(database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        listing_id = make_published(session, cast.alice, cast.carol).id
    with database.read() as session:
        assert session.scalars(sa.select(IndexChange.listing_id)).all() == [listing_id]


def _rewrite(database: Database, cast: Cast, listing_id: int, **values: object) -> None:
    with database.transaction() as session:
        listing = session.get_one(Listing, listing_id)
        revision = start_revision(session, cast.alice.actor, listing)
        save_draft(session, cast.alice.actor, listing, values, revision.version)
        submit(session, cast.alice.actor, listing, listing.working_revision.version, declared=True)
        publish(session, cast.carol.actor, listing, listing.working_revision.version)
