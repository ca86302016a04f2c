"""Mailing the journal's end once a day to witnesses: members of the bureau who chose so, and configured addresses."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.config import Settings
from matchmaker.domain.base import Database, upsert
from matchmaker.domain.days import today
from matchmaker.domain.errors import Conflict, Forbidden
from matchmaker.domain.journal_chain import Head, head
from matchmaker.domain.journal_witnesses import JournalWitness, WitnessedHead
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.people import Membership, User
from matchmaker.domain.permissions import Actor, can_read_journal
from matchmaker.services.actors import actor_of
from matchmaker.services.mails import enqueue, enqueue_to

PATH = "/journal"


def watch(session: Session, actor: Actor) -> None:
    """Have the end mailed to the actor each day.

    Raises:
        Forbidden: he may not read the journal. Conflict: he has no verified address.
    """
    user = _reader(session, actor)
    if user.email is None or user.email_verified_at is None:
        raise Conflict(N_("请先在账号页验证邮箱，末端指纹每天发到那里。"))
    row = upsert(session, JournalWitness).values(user_id=user.id)
    session.execute(row.on_conflict_do_nothing())


def unwatch(session: Session, actor: Actor) -> None:
    """Have it mailed to him no more.

    Raises:
        Forbidden: he may not read the journal.
    """
    user = _reader(session, actor)
    session.execute(sa.delete(JournalWitness).where(JournalWitness.user_id == user.id))


def is_watching(session: Session, actor: Actor) -> bool:
    """Whether the actor chose to be mailed."""
    return actor.user_id is not None and session.get(JournalWitness, actor.user_id) is not None


def last_witnessed(session: Session) -> WitnessedHead | None:
    """Return the end that was mailed last."""
    return session.scalars(sa.select(WitnessedHead).order_by(WitnessedHead.on.desc()).limit(1)).first()


def mail_head(database: Database, settings: Settings, day: date | None = None) -> int:
    """Write the mails of a day, today's by default; return how many. A day that was mailed is not mailed again.

    With nobody to write to the day stays open, and so it does while nothing was ever written down.
    """
    day = day or today()
    with database.read() as session:
        if session.get(WitnessedHead, day) is not None or not (people := _witnesses(session, settings)):
            return 0
        present = head(session)
    if not present.position:
        return 0
    with database.transaction() as session:
        taken = upsert(session, WitnessedHead).values(
            on=day, position=present.position, hash=present.hash, mails=len(people)
        )
        # PostgreSQL's driver does not count the rows of such an INSERT: what it returns tells.
        if session.scalar(taken.on_conflict_do_nothing().returning(WitnessedHead.position)) is None:
            return 0
        for each in people:
            _write(session, each, day, present)
    return len(people)


def _reader(session: Session, actor: Actor) -> User:
    if not can_read_journal(actor) or actor.user_id is None:
        raise Forbidden(N_("日志只对科技局和平台管理员开放。"))
    return session.get_one(User, actor.user_id)


def _witnesses(session: Session, settings: Settings) -> Sequence[int | str]:
    """Return ids of the people who chose so and still may read the journal, and the configured addresses."""
    memberships = (
        sa.select(Membership)
        .join(JournalWitness, JournalWitness.user_id == Membership.user_id)
        .join(User, User.id == Membership.user_id)
        .where(User.disabled_at.is_(None), User.deleted_at.is_(None), User.email_verified_at.is_not(None))
        .options(joinedload(Membership.user), joinedload(Membership.organization))
    )
    rows = session.scalars(memberships.order_by(Membership.user_id)).all()
    readers = {row.user_id: row.user.email for row in rows if can_read_journal(actor_of(session, row))}
    return [*readers, *(address for address in settings.journal_witnesses if address not in readers.values())]


def _write(session: Session, to: int | str, day: date, present: Head) -> None:
    subject = Sentence(
        N_("%(on)s 日志末端：第 %(position)s 条，%(start)s…"),
        on=day,
        position=present.position,
        start=present.hash[:12],
    )
    body = Sentence(
        N_(
            "到 %(on)s，平台日志共 %(position)s 条，末端指纹是：\n\n%(hash)s\n\n"
            "请保留这封邮件，不用回复。日后要核对这以前的记录有没有被截去或改写，把指纹交给运维人员，用这条命令对照：\n\n"
            "matchmaker journal verify --head %(hash)s"
        ),
        on=day,
        position=present.position,
        hash=present.hash,
    )
    if isinstance(to, str):
        enqueue_to(session, to, subject, body)
    else:
        enqueue(session, session.get_one(User, to), subject, body, path=PATH)
