"""What people decide about a match. Decisions stay on the pair whatever the ranker says later."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.journal import JournalEntry, record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Visibility
from matchmaker.domain.matches import Decision, Match, MatchDecision
from matchmaker.domain.people import Organization, Role, User
from matchmaker.domain.permissions import Actor, can_see_all_matches, owns
from matchmaker.services.agreements import lapse
from matchmaker.services.disclosures import settle
from matchmaker.services.interest_notices import tell_interest
from matchmaker.services.matches import load_match

MAX_NOTE = 1000
UNDONE_WITHIN = timedelta(days=1)
JOURNAL_LENGTH = 50

DECISION_NAMES = {
    Decision.INTERESTED: N_("感兴趣"),
    Decision.SHORTLISTED: N_("加入候选"),
    Decision.UNSUITABLE: N_("不合适"),
}


@dataclass(frozen=True, slots=True)
class DecisionEntry:
    """One line of a pair's journal: who, for whom, what it was before and after, and the coded reason."""

    at: datetime
    person: str
    organization: str
    action: str
    before: str | None
    after: str | None
    reason: str | None


def can_decide(actor: Actor) -> bool:
    """The two parties and brokers decide; the bureau and the administrator look on."""
    return actor.organization_id is not None and actor.role in {Role.ENTERPRISE, Role.UNIVERSITY, Role.BROKER}


def decide(
    session: Session,
    actor: Actor,
    match_id: int,
    decision: str,
    *,
    reason: str | None = None,
    note: str | None = None,
    agreed: bool = False,
    seen: str | None = None,
) -> MatchDecision:
    """Record what the actor's organization decided about a pair; a former decision of it is replaced and journaled.

    Interest of both owners opens their listings to one another, and a decision otherwise closes them again (see
    disclosures.py). `agreed`: the owner of a listing for brokers only has read that his interest shows it to that
    party. `seen`: the organization's decision that he saw when he decided, "" for none; None where nobody looked.

    Raises:
        NotFound: he may not see the pair.
        Conflict: a colleague has decided otherwise since he looked.
        Invalid: unknown decision, missing or unknown reason, too long a note, or not `agreed` where that is needed.
    """
    match = load_match(session, actor, match_id)
    if not can_decide(actor):
        raise Forbidden(N_("只有供需双方和技术经纪人可以对匹配做出判断。"))
    note = (note or "").replace("\x00", "").strip() or None
    _check(decision, reason, note)
    if decision == Decision.INTERESTED and not agreed and _shows_at_once(match, actor):
        raise Invalid(N_("这条内容仅技术经纪人可见。表示感兴趣后，对方就能看到它的名称和公开摘要，请先确认。"))
    row = _of(match, actor)
    before = row.decision if row else None
    if seen is not None and seen != (before or "") and decision != before:
        _refuse_stale(session, row)
    row = _put(session, actor, match, decision, reason if decision == Decision.UNSUITABLE else None, note)
    settle(session, actor, match)
    lapse(session, actor, match)
    if decision == Decision.INTERESTED and before != Decision.INTERESTED:
        tell_interest(session, actor, match)
    return row


def withdraw_decision(session: Session, actor: Actor, match_id: int) -> None:
    """Take back the decision of the actor's organization, if there is one."""
    match = load_match(session, actor, match_id)
    row = _of(match, actor)
    if row is not None:
        _take_back(session, actor, match, row)


def withdraw_interest(session: Session, actor: Actor, match: Match) -> None:
    """Take back the interest of the actor's organization, if it has said so; another decision stays."""
    row = _of(match, actor)
    if row is not None and row.decision == Decision.INTERESTED:
        _take_back(session, actor, match, row)


def decision_journal(session: Session, actor: Actor, match_id: int) -> tuple[DecisionEntry, ...]:
    """Return what was ever decided or proposed about a pair, the latest first; empty for those who do not see all."""
    if not can_see_all_matches(actor):
        return ()
    rows = session.execute(
        sa.select(JournalEntry, User.name, Organization.name)
        .outerjoin(User, JournalEntry.actor_id == User.id)
        .outerjoin(Organization, JournalEntry.organization_id == Organization.id)
        .where(JournalEntry.subject_kind == "match", JournalEntry.subject_id == match_id)
        .order_by(JournalEntry.id.desc())
        .limit(JOURNAL_LENGTH)
    )
    return tuple(
        DecisionEntry(e.at, person or "", organization or "", e.action, e.before, e.after, e.reason)
        for e, person, organization in rows
    )


def undo_last(session: Session, actor: Actor) -> int:
    """Take back the actor's latest decision of a day, to what stood before it, and return its pair.

    Raises:
        Conflict: he has decided nothing lately.
        NotFound: he may not see the pair any more.
    """
    mine = MatchDecision.organization_id == actor.organization_id, MatchDecision.actor_id == actor.user_id
    latest = sa.select(MatchDecision).where(*mine, MatchDecision.at > utc_now() - UNDONE_WITHIN)
    row = session.scalars(latest.order_by(MatchDecision.at.desc(), MatchDecision.id.desc()).limit(1)).first()
    if row is None:
        raise Conflict(N_("没有可以撤销的判断：只能撤销您本人一天之内做出的。"))
    entry = session.scalars(
        sa.select(JournalEntry)
        .where(
            JournalEntry.subject_kind == "match",
            JournalEntry.subject_id == row.match_id,
            JournalEntry.organization_id == actor.organization_id,
            JournalEntry.action == "decide",
        )
        .order_by(JournalEntry.id.desc())
        .limit(1)
    ).first()
    if entry is None or entry.before is None:
        withdraw_decision(session, actor, row.match_id)
        return row.match_id
    reason, at = entry.data.get("before_reason"), entry.data.get("before_at")
    decide(session, actor, row.match_id, entry.before, reason=reason, note=row.note, agreed=True)
    # It stands again since when it first stood, so that undoing once more goes on to the decision before.
    row.at = datetime.fromisoformat(at) if at else row.at
    session.flush()
    return row.match_id


def _put(
    session: Session, actor: Actor, match: Match, decision: str, reason: str | None, note: str | None
) -> MatchDecision:
    """Write a decision in the place of the organization's former one, which the journal keeps."""
    row = _of(match, actor)
    before = row.decision if row else None
    former = {"before_reason": row.reason, "before_at": row.at.isoformat()} if row else {}
    if row is None:
        row = MatchDecision(match=match, organization_id=actor.organization_id)
        session.add(row)
    row.decision, row.reason, row.note, row.at, row.actor_id = decision, reason, note, utc_now(), actor.user_id
    record(session, actor, "decide", "match", match.id, before=before, after=decision, reason=reason, **former)
    session.flush()
    return row


def _refuse_stale(session: Session, row: MatchDecision | None) -> None:
    person = session.get(User, row.actor_id) if row is not None and row.actor_id else None
    raise Conflict(
        N_("%(name)s 刚刚处理过这一对。请看过现在的结果再决定。"), name=person.name if person else N_("另一位成员")
    )


def _take_back(session: Session, actor: Actor, match: Match, row: MatchDecision) -> None:
    record(session, actor, "withdraw-decision", "match", match.id, before=row.decision)
    match.decisions.remove(row)
    session.delete(row)
    session.flush()
    settle(session, actor, match)
    lapse(session, actor, match)


def _shows_at_once(match: Match, actor: Actor) -> bool:
    own = (listing for listing in (match.need, match.achievement) if owns(actor, listing))
    return any(listing.visibility == Visibility.BROKERS for listing in own)


def _of(match: Match, actor: Actor) -> MatchDecision | None:
    return next((row for row in match.decisions if row.organization_id == actor.organization_id), None)


def _check(decision: str, reason: str | None, note: str | None) -> None:
    if decision not in set(Decision):
        raise Invalid(N_("不认识的判断：%(decision)s。"), decision=decision[:20])
    if decision == Decision.UNSUITABLE and (not reason or reason not in codes.table("decline_reasons")):
        raise Invalid(N_("请选择不合适的原因。"), {"reason": N_("请选择一个原因。")})
    if note and len(note) > MAX_NOTE:
        raise Invalid(N_("备注过长。"), {"note": N_("最多 1000 字。")})
