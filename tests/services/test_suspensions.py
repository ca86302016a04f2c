"""Suspension of an organization: reason, term, who is told, and how listings come back."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.days import today
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.matches import Match
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import Organization
from matchmaker.services.actors import load_actor
from matchmaker.services.engine import Engine
from matchmaker.services.searching import SearchRequest, search
from matchmaker.services.suspensions import end_suspensions_due, resume_organization, suspend_organization
from tests.cast import Cast, Member
from tests.drafts import make_published
from tests.working import finish, working


def _of(session: Session, member: Member) -> Organization:
    return session.get_one(Organization, member.organization_id)


def test_suspension_takes_all_rights_away_until_it_is_lifted(session: Session, cast: Cast) -> None:
    organization = _of(session, cast.mallory)
    suspend_organization(session, cast.dave.actor, organization, reason="false_identity", note="冒用他人名称")
    with pytest.raises(Conflict):
        suspend_organization(session, cast.dave.actor, organization, reason="other", note="再次")
    actor = load_actor(session, cast.mallory.user_id, 1, cast.mallory.membership_id)
    assert actor is not None
    assert (actor.role, actor.organization_id, actor.suspended_organization_id) == (None, None, organization.id)
    resume_organization(session, cast.erin.actor, organization, note="已澄清")
    assert load_actor(session, cast.mallory.user_id, 1, cast.mallory.membership_id) == cast.mallory.actor
    with pytest.raises(Conflict):
        resume_organization(session, cast.dave.actor, organization, note="再次")
    told = session.scalars(sa.select(Notice.title).where(Notice.user_id == cast.mallory.user_id)).all()
    assert told == ["戈壁商贸有限公司 已被停用", "戈壁商贸有限公司 已恢复使用"]
    entries = session.execute(
        sa.select(JournalEntry.action, JournalEntry.reason).where(JournalEntry.subject_kind == "organization")
    )
    assert [tuple(row) for row in entries] == [("suspend", "false_identity"), ("resume", "已澄清")]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "magic"}, "reason"),
        ({"note": " "}, "note"),
        ({"note": "长" * 1001}, "note"),
        ({"until": today() - timedelta(days=1)}, "until"),
    ],
)
def test_suspension_names_reason_note_and_a_day_to_come(
    session: Session, cast: Cast, values: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        suspend_organization(
            session, cast.dave.actor, _of(session, cast.mallory), **{"reason": "other", "note": "说明"} | values
        )
    assert list(refused.value.errors) == [field]


@pytest.mark.parametrize("key", ["alice", "bob", "carol", "mallory", "peter"])
def test_suspension_is_the_bureaus(session: Session, cast: Cast, key: str) -> None:
    organization = _of(session, cast.bob)
    with pytest.raises(Forbidden):
        suspend_organization(session, cast[key].actor, organization, reason="other", note="不")
    with pytest.raises(Forbidden):
        resume_organization(session, cast[key].actor, organization, note="不")


def test_public_offices_are_not_suspended(session: Session, cast: Cast) -> None:
    with pytest.raises(Forbidden):
        suspend_organization(session, cast.dave.actor, _of(session, cast.dave), reason="other", note="不")


def test_suspension_ends_after_its_last_day(session: Session, cast: Cast) -> None:
    organization = _of(session, cast.mallory)
    suspend_organization(session, cast.dave.actor, organization, reason="other", note="整改", until=today())
    assert end_suspensions_due(session, today()) == 0
    assert end_suspensions_due(session, today() + timedelta(days=1)) == 1
    assert (organization.suspended_at, organization.suspended_until, organization.suspension_reason) == (
        None,
        None,
        None,
    )


@pytest.mark.slow
def test_indexes_and_matches_follow_suspension_and_its_end(settings: Settings, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        make_published(session, cast.alice, cast.carol)
        make_published(session, cast.bob, cast.carol, "achievement")

    def seen() -> tuple[int, int, int]:
        with database.read() as session:
            engine = Engine(settings)
            scores, _ = engine.search(session, "除冰涂层", inside=True, kind="need")
            found = search(session, cast.carol.actor, engine, SearchRequest("除冰涂层", kind="need"))
            return len(scores), found.total, session.scalar(sa.select(sa.func.count()).select_from(Match)) or 0

    with working(settings, database) as worker:
        finish(worker)
        assert seen() == (1, 1, 1)
        with database.transaction() as session:
            suspend_organization(session, cast.dave.actor, _of(session, cast.alice), reason="other", note="整改")
        worker._housekeeping_due = 0
        finish(worker)
        assert seen() == (0, 0, 0)
        with database.transaction() as session:
            resume_organization(session, cast.dave.actor, _of(session, cast.alice), note="已整改")
        finish(worker)
        assert seen() == (1, 1, 1)
