"""The worker killed at random moments, twenty times: nothing lost, nothing doubled."""

import random
from pathlib import Path

import pytest
import sqlalchemy as sa

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.embeddings import Embedding
from matchmaker.domain.listings import Listing
from matchmaker.domain.matches import Match
from matchmaker.search.keywords import KeywordIndex
from matchmaker.services.embedding_models import count_behind
from matchmaker.services.keyword_writer import KEYWORDS
from matchmaker.services.matching import count_unmatched
from tests.cast import Cast
from tests.drafts import make_published
from tests.story.killing import run_and_kill
from tests.working import work

KILLS = 20
SUBJECTS = ("叶片除冰涂层", "棉秆还田机械", "骆驼奶冻干工艺", "盐碱地改良菌剂", "煤气化渣利用", "光伏清洗机器人")
TWO_SCOPES = 2  # an anonymous need is indexed inside and outside


@pytest.mark.slow
def test_worker_killed_twenty_times_loses_and_doubles_nothing(
    settings: Settings, database: Database, cast: Cast, tmp_path: Path
) -> None:
    chance = random.Random(20260301)
    for kill in range(KILLS):
        with database.transaction() as session:
            _publish_pair(session, cast, kill)
        run_and_kill(settings, chance.uniform(1.0, 3.5))
    work(settings, database)
    after_kills = _state(database)
    _forget_everything_derived(database)
    work(settings, database)
    assert after_kills == _state(database)
    with database.read() as session:
        assert (count_behind(session, "hashing-256"), count_unmatched(session)) == (0, 0)
        anonymous = session.scalar(sa.select(sa.func.count()).where(Listing.visibility == "anonymous")) or 0
    assert len(KeywordIndex(settings.indexes / KEYWORDS)) == 2 * KILLS + (TWO_SCOPES - 1) * anonymous


def _publish_pair(session: object, cast: Cast, number: int) -> None:
    subject = SUBJECTS[number % len(SUBJECTS)]
    visibility = ("public", "anonymous", "brokers")[number % 3]
    make_published(session, cast.alice, cast.carol, title=f"寻求{subject}方案{number}", visibility=visibility)
    make_published(session, cast.bob, cast.carol, "achievement", title=f"{subject}成套技术{number}")


def _state(database: Database) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    with database.read() as session:
        vectors = sa.select(
            Embedding.listing_id, Embedding.scope, Embedding.part, Embedding.text_hash, Embedding.vector
        )
        matches = sa.select(
            Match.need_id,
            Match.achievement_id,
            sa.func.round(Match.score, 4),
            sa.func.round(Match.need_side_score, 4),
            sa.func.round(Match.achievement_side_score, 4),
        )
        return (
            sorted(tuple(row) for row in session.execute(vectors)),
            sorted(tuple(row) for row in session.execute(matches)),
        )


def _forget_everything_derived(database: Database) -> None:
    with database.transaction() as session:
        session.execute(sa.delete(Match))
        session.execute(sa.delete(Embedding))
        session.execute(sa.update(Listing).values(embedded_revision=0, matched_revision=0))
