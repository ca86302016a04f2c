"""Evidence is computed by the worker, for the heads of lists and for whoever waits; it follows every change."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.evidence import Evidence, EvidenceMark
from matchmaker.domain.listings import Listing
from matchmaker.domain.matches import Match
from matchmaker.search.evidence import VERSION
from matchmaker.services.engine import Engine
from matchmaker.services.evidence import EvidenceMaker, making, want_evidence
from matchmaker.services.evidence import behind as queries
from tests.cast import Cast
from tests.pairs import pair, publish

METHOD = f"{VERSION} hashing-256"


@pytest.fixture
def maker(settings: Settings, database: Database) -> EvidenceMaker:
    return EvidenceMaker(database, Engine(settings), "test/1/a")


def _market(database: Database, cast: Cast, count: int = 1) -> list[int]:
    """Write one need, `count` achievements, and the listed pairs between them; return the ids of the pairs."""
    with database.transaction() as session:
        need = publish(session, cast.alice, "need", "风电叶片除冰", problem="叶片在低温下覆冰。需要疏冰涂层。")
        need.matched_revision, need.matched_by = 1, "ranker model"
        return [_pair(session, cast, need, number) for number in range(count)]


def _pair(session: Session, cast: Cast, need: Listing, number: int) -> int:
    text = f"第{number}号疏冰涂层能防止叶片低温覆冰。"
    answer = publish(session, cast.bob, "achievement", f"疏冰涂层{number}", description=text)
    return pair(session, need, answer, score=-float(number), need_side_score=-float(number)).id


def _finish(maker: EvidenceMaker) -> int:
    steps = 0
    while maker.step():
        steps += 1
        assert steps < 50
    return steps


def _rows(database: Database) -> dict[int, Evidence]:
    with database.read() as session:
        return {row.match_id: row for row in session.scalars(sa.select(Evidence))}


def test_step_compares_the_pairs_of_a_list_once(database: Database, cast: Cast, maker: EvidenceMaker) -> None:
    ids = _market(database, cast)
    assert (_finish(maker), maker.step()) == (1, False)
    row = _rows(database)[ids[0]]
    assert (row.made_by, row.is_wanted) == (METHOD, False)
    assert row.content is not None
    assert {place[0] for place in row.content["need"]} == {"title", "abstract", "problem"}
    assert all(0.3 <= likelihood <= 1 for _, _, likelihood in row.content["answers"])


def test_only_the_head_of_a_list_is_compared_unasked(database: Database, cast: Cast, maker: EvidenceMaker) -> None:
    ids = _market(database, cast, queries.HEAD + 2)
    _finish(maker)
    assert sorted(_rows(database)) == ids[: queries.HEAD]
    with database.transaction() as session:
        want_evidence(session, ids[-1])
    assert _rows(database)[ids[-1]].content is None
    _finish(maker)
    assert (_rows(database)[ids[-1]].is_wanted, sorted(_rows(database))) == (False, [*ids[: queries.HEAD], ids[-1]])


def test_a_batch_ends_in_time_and_goes_on_after_a_restart(
    settings: Settings, database: Database, cast: Cast, maker: EvidenceMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    _market(database, cast, 3)
    monkeypatch.setattr(making, "SECONDS", -1.0)
    assert maker.step()
    assert (len(_rows(database)), _marks(database)) == (1, 0)
    other = EvidenceMaker(database, Engine(settings), "test/2/b")
    assert _finish(other) == 2
    assert (len(_rows(database)), _marks(database)) == (3, 1)


def _marks(database: Database) -> int:
    with database.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(EvidenceMark)) or 0


def test_a_list_that_another_worker_holds_is_left_to_it(
    settings: Settings, database: Database, cast: Cast, maker: EvidenceMaker
) -> None:
    _market(database, cast)
    with database.read() as session:
        found = queries.behind(session, METHOD, "test/2/b")
    making.claim(database, queries.LEASE, found, "test/2/b")
    assert (maker.step(), _rows(database)) == (False, {})


@pytest.mark.parametrize("side", ["need", "achievement"])
def test_a_new_revision_of_either_side_is_compared_anew(
    database: Database, cast: Cast, maker: EvidenceMaker, side: str
) -> None:
    ids = _market(database, cast)
    _finish(maker)
    with database.transaction() as session:
        listing = getattr(session.get_one(Match, ids[0]), side)
        other = publish(session, cast[("alice" if side == "need" else "bob")], side, "另一标题")
        listing.published_revision = other.published_revision
        listing.matched_revision, listing.matched_by = listing.matched_revision + 1, "ranker model"
    assert _finish(maker) >= 1
    assert [place[0] for place in _rows(database)[ids[0]].content[side]].count("title") == 1
    with database.read() as session:
        assert (
            getattr(_rows(database)[ids[0]], f"{side}_revision_id")
            == session.get_one(Listing, getattr(session.get_one(Match, ids[0]), f"{side}_id")).published_revision_id
        )


def test_another_model_makes_every_list_behind(
    database: Database, cast: Cast, maker: EvidenceMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    _market(database, cast, 2)
    _finish(maker)
    monkeypatch.setattr(maker._answering, "method", "evidence-1 another")
    assert _finish(maker) == 1
    assert {row.made_by for row in _rows(database).values()} == {"evidence-1 another"}


def test_evidence_goes_with_its_match_and_withdrawn_listings_are_not_waited_for(
    database: Database, cast: Cast, maker: EvidenceMaker
) -> None:
    ids = _market(database, cast, 2)
    _finish(maker)
    with database.transaction() as session:
        session.execute(sa.delete(Match).where(Match.id == ids[0]))
        session.get_one(Match, ids[1]).achievement.state = "closed"
        want_evidence(session, ids[1])
    _finish(maker)
    assert {found: row.is_wanted for found, row in _rows(database).items()} == {ids[1]: False}


def test_what_was_edited_while_comparing_is_not_written(
    database: Database, cast: Cast, maker: EvidenceMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = _market(database, cast)
    compare = maker._content

    def edited_meanwhile(found: making.Pair) -> dict[str, object]:
        with database.transaction() as session:
            need = session.get_one(Match, ids[0]).need
            need.published_revision = publish(session, cast.alice, "need", "改过的需求").published_revision
            need.matched_revision += 1
        monkeypatch.undo()
        return compare(found)

    monkeypatch.setattr(maker, "_content", edited_meanwhile)
    maker.step()
    assert _rows(database) == {}
    _finish(maker)
    assert list(_rows(database)) == ids
