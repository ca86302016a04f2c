"""The worker killed while a chosen ranker is prepared, takes over and reads: the next one ends where it would have."""

import random
from pathlib import Path

import pytest
import sqlalchemy as sa

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.matches import Match
from matchmaker.domain.rankers import PairReading, RankerChoice, TunedVector, UnreadList
from matchmaker.services.rankers.choosing import choose
from tests.cast import Cast
from tests.drafts import make_published
from tests.models import write_model
from tests.search.training.conftest import base
from tests.story.killing import run_and_kill
from tests.working import work

__all__ = ["base"]

KILLS = 4
SUBJECTS = ("叶片除冰涂层", "棉秆还田机械", "风电机组检测")


@pytest.mark.slow
def test_worker_killed_on_the_way_to_a_new_ranker_ends_where_it_would_have(
    settings: Settings, database: Database, cast: Cast, base: Path
) -> None:
    with database.transaction() as session:
        for subject in SUBJECTS:
            make_published(session, cast.alice, cast.carol, title=f"寻求{subject}", visibility="anonymous")
            make_published(session, cast.bob, cast.carol, "achievement", title=f"{subject}成套技术")
    work(settings, database)
    write_model(settings, "deep", base)
    with database.transaction() as session:
        choose(session, settings, cast.erin.actor, "deep")
    chance = random.Random(20261126)
    for _ in range(KILLS):
        run_and_kill(settings, chance.uniform(1.0, 12.0))
    work(settings, database)
    killed = _state(database)
    with database.transaction() as session:
        choose(session, settings, cast.erin.actor, "shipped")
        for table in (PairReading, TunedVector, Match):
            session.execute(sa.delete(table))
    work(settings, database)
    with database.transaction() as session:
        choose(session, settings, cast.erin.actor, "deep")
    work(settings, database)
    assert _state(database) == killed
    assert len(killed[1]) == len(SUBJECTS) ** 2


def _state(database: Database) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """What serves with what it made, and every score; nothing may be left to read."""
    with database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(UnreadList)) == 0
        serving = session.execute(sa.select(RankerChoice.name).where(RankerChoice.state == "active")).all()
        vectors = sa.select(TunedVector.listing_id, TunedVector.scope, TunedVector.text_revision)
        readings = sa.select(PairReading.need_id, PairReading.achievement_id, sa.func.round(PairReading.value, 4))
        scores = sa.select(
            Match.need_id,
            Match.achievement_id,
            sa.func.round(Match.score, 4),
            sa.func.round(Match.achievement_side_score, 4),
        )
        made = [tuple(row) for query in (vectors, readings) for row in session.execute(query)]
        return sorted(map(str, [*serving, *made])), sorted(tuple(row) for row in session.execute(scores))
