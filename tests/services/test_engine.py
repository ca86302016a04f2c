"""Indexes that follow the database: found at once, gone at once, built again when damaged or foreign."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.embeddings import Embedding, EmbeddingModel, IndexChange
from matchmaker.domain.listings import Listing
from matchmaker.domain.matches import Match
from matchmaker.search.hashing_encoder import HashingEncoder
from matchmaker.services.closing import Ending, close, narrow_visibility
from matchmaker.services.engine import Engine
from matchmaker.services.keyword_writer import KEYWORDS
from matchmaker.services.partitions import VECTORS
from matchmaker.services.searching import SearchRequest, search
from tests.cast import Cast
from tests.drafts import make_published
from tests.working import finish, work, working

TYPED = "叶片 除冰"


def _found(engine: Engine, database: Database, cast: Cast, viewer: str | None = "mallory") -> list[str]:
    from matchmaker.domain.permissions import Actor

    actor = cast[viewer].actor if viewer else Actor.anonymous()
    with database.read() as session:
        page = search(session, actor, engine, SearchRequest(TYPED))
        return [hit.listing.title for hit in page.hits]


def _ready(settings: Settings) -> Engine:
    engine = Engine(settings)
    engine.encoder.encode_queries(["预热"])
    return engine


def _publish(database: Database, cast: Cast, **values: object) -> int:
    with database.transaction() as session:
        return make_published(session, cast.alice, cast.carol, **values).id


def test_reader_finds_what_the_worker_of_another_engine_indexed(
    settings: Settings, database: Database, cast: Cast
) -> None:
    reader = _ready(settings)
    assert _found(reader, database, cast) == []
    _publish(database, cast)
    work(settings, database)
    assert _found(reader, database, cast) == ["风电叶片低温除冰涂层"]


def test_reader_forgets_what_was_closed_before_any_worker_ran(
    settings: Settings, database: Database, cast: Cast
) -> None:
    listing_id = _publish(database, cast)
    work(settings, database)
    reader = _ready(settings)
    with database.transaction() as session:
        close(session, cast.alice.actor, session.get_one(Listing, listing_id), Ending("withdrawn"))
    assert _found(reader, database, cast) == []


def test_reader_hides_what_was_narrowed_to_brokers_before_any_worker_ran(
    settings: Settings, database: Database, cast: Cast
) -> None:
    listing_id = _publish(database, cast)
    work(settings, database)
    reader = _ready(settings)
    with database.transaction() as session:
        narrow_visibility(session, cast.alice.actor, session.get_one(Listing, listing_id), "brokers")
    assert _found(reader, database, cast) == []
    work(settings, database)
    assert _found(reader, database, cast) == []
    assert _found(reader, database, cast, "carol") == ["风电叶片低温除冰涂层"]


def test_search_of_hidden_words_finds_an_anonymous_need_for_brokers_only(
    settings: Settings, database: Database, cast: Cast
) -> None:
    hidden = "磁悬浮轴承失效，需要在高湿低温条件下仍能稳定运行的替代方案，并说明试验方法与维护周期。"
    _publish(database, cast, visibility="anonymous", problem=hidden)
    work(settings, database)
    reader = _ready(settings)
    with database.read() as session:
        for viewer, expected in (("carol", 1), ("bob", 0), ("mallory", 0)):
            page = search(session, cast[viewer].actor, reader, SearchRequest("磁悬浮轴承"))
            worded = [
                hit for hit in page.hits if any(r.name == "words_texts" and r.contribution > 0 for r in hit.reasons)
            ]
            assert len(worded) == expected


@pytest.mark.parametrize("damage", ["truncated", "changed", "missing", "manifest"])
def test_damaged_snapshot_is_built_again(settings: Settings, database: Database, cast: Cast, damage: str) -> None:
    _publish(database, cast)
    with working(settings, database) as worker:
        finish(worker)
        worker.engine.save()
    _damage(settings.indexes / VECTORS / "need-open", damage)
    assert _found(_ready(settings), database, cast) == ["风电叶片低温除冰涂层"]


def test_snapshot_of_another_database_is_built_again(settings: Settings, database: Database, cast: Cast) -> None:
    _publish(database, cast)
    with working(settings, database) as worker:
        finish(worker)
        worker.engine.save()
    with database.transaction() as session:
        session.execute(sa.delete(IndexChange))
        session.execute(sa.delete(Match))
    assert _found(_ready(settings), database, cast) == ["风电叶片低温除冰涂层"]


def test_damaged_keyword_index_is_built_again(settings: Settings, database: Database, cast: Cast) -> None:
    _publish(database, cast)
    work(settings, database)
    (settings.indexes / KEYWORDS / "meta.json").write_text("{}")
    work(settings, database)
    engine = Engine(settings)  # its model is not loaded: keywords alone answer
    with database.read() as session:
        page = search(session, cast.mallory.actor, engine, SearchRequest(TYPED))
    assert [hit.listing.title for hit in page.hits] == ["风电叶片低温除冰涂层"]
    assert not page.by_meaning


class _NewModel(HashingEncoder):
    model_id = "hashing-new"


def test_other_model_is_built_while_the_old_index_serves(settings: Settings, database: Database, cast: Cast) -> None:
    _publish(database, cast)
    with database.transaction() as session:
        make_published(session, cast.bob, cast.carol, "achievement")
    work(settings, database)
    reader = _ready(settings)
    with working(settings, database) as worker:
        worker.engine._encoder = _NewModel()
        worker.start()
        assert _states(database) == {"hashing-256": "active", "hashing-new": "building"}
        assert "风电叶片低温除冰涂层" in _found(reader, database, cast)
        finish(worker)
    assert _states(database) == {"hashing-256": "retired", "hashing-new": "active"}
    with database.read() as session:
        assert set(session.scalars(sa.select(Embedding.model_id))) == {"hashing-new"}
        assert session.scalars(sa.select(Match.model)).all() == ["hashing-new"]


def _states(database: Database) -> dict[str, str]:
    with database.read() as session:
        return {row.model_id: row.state for row in session.scalars(sa.select(EmbeddingModel))}


def _damage(folder: Path, damage: str) -> None:
    manifest = folder / "manifest.json"
    vectors = next(path for path in folder.iterdir() if path.name.endswith("vectors.faiss"))
    content = vectors.read_bytes()
    match damage:
        case "truncated":
            vectors.write_bytes(content[: len(content) // 2])
        case "changed":
            vectors.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        case "missing":
            vectors.unlink()
        case "manifest":
            manifest.write_text("{")
