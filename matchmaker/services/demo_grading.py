"""The demonstration's graded pairs: a batch that two brokers and two of the bureau have graded most of."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache, partial
from importlib.resources import files
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.journal import record
from matchmaker.domain.judgements import GradingBatch, SampledPair
from matchmaker.domain.listings import Listing
from matchmaker.domain.people import Membership, User
from matchmaker.domain.permissions import Actor
from matchmaker.services.actors import actor_of
from matchmaker.services.grading.disagreements import regrade
from matchmaker.services.grading.judging import grade, texts_of

Act = tuple[datetime, Callable[[], None]]

DRAWN, POSTED = timedelta(days=12), timedelta(days=13)
FIRST, BETWEEN, TALKED = timedelta(days=11), timedelta(hours=5), timedelta(days=1)
SEED = 20
# By the part of the address before the @ (see demo.py).
GRADERS = {
    "broker": "broker",
    "other": "colleague-silkroad-broker",
    "bureau": "bureau",
    "colleague": "colleague-wlmq-bureau",
}


@cache
def _rows() -> tuple[dict[str, Any], ...]:
    text = (files("matchmaker") / "demo" / "grading.jsonl").read_text(encoding="utf-8")
    return tuple(map(json.loads, text.splitlines()))


def graded_by(now: datetime) -> dict[str, datetime]:
    """Return by when the listings of graded pairs must stand on the market, by their external ids."""
    return {row[side]: now - POSTED for row in _rows() for side in ("need", "achievement")}


def grading_acts(session: Session, now: datetime) -> Iterator[Act]:
    """Yield when a batch was drawn, and when each of its pairs was graded, and by whom."""
    yield now - DRAWN, partial(_draw, session)
    said = [(row, who) for row in _rows() for who in row["grades"]]
    for number, (row, who) in enumerate(said):
        yield now - FIRST + number * BETWEEN, partial(_grade, session, row, who)
    for row in _rows():
        if "regrade" in row:
            yield now - TALKED, partial(_regrade, session, row)


def _draw(session: Session) -> None:
    actor = _grader(session, "bureau")
    batch = GradingBatch(drawn_by_id=actor.user_id, seed=SEED, asked_for=len(_rows()))
    session.add(batch)
    session.flush()
    for row in _rows():
        need, achievement = (_listing(session, row[side]) for side in ("need", "achievement"))
        session.add(
            SampledPair(batch_id=batch.id, need_id=need.id, achievement_id=achievement.id, drawn_for=row["drawn_for"])
        )
    record(session, actor, "draw_pairs", "grading_batch", batch.id, pairs=len(_rows()), seed=SEED)
    session.flush()


def _grade(session: Session, row: dict[str, Any], who: str) -> None:
    pair, note = _pair(session, row), row.get("notes", {}).get(who)
    grade(session, _grader(session, who), pair.id, row["grades"][who], seen=texts_of(pair), note=note)


def _regrade(session: Session, row: dict[str, Any]) -> None:
    change = row["regrade"]
    actor = _grader(session, change["who"])
    regrade(session, actor, _pair(session, row).id, change["grade"], change["note"])


def _grader(session: Session, who: str) -> Actor:
    membership = session.scalars(
        sa.select(Membership).join(User, User.id == Membership.user_id).where(User.email.like(f"{GRADERS[who]}@%"))
    ).one()
    return actor_of(session, membership)


def _listing(session: Session, external_id: str) -> Listing:
    return session.scalars(sa.select(Listing).where(Listing.external_id == external_id)).one()


def _pair(session: Session, row: dict[str, Any]) -> SampledPair:
    need, achievement = (_listing(session, row[side]) for side in ("need", "achievement"))
    return session.scalars(
        sa.select(SampledPair).where(SampledPair.need_id == need.id, SampledPair.achievement_id == achievement.id)
    ).one()
