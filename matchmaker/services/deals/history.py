"""What happened to a deal, told from the journal."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.confidentialities import CONFIDENTIALITY_NAMES
from matchmaker.domain.deals import DEAL_STATE_NAMES, Deal, DealState
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.people import User


@dataclass(frozen=True, slots=True)
class DealEvent:
    """One line of a deal's history, for a timeline."""

    at: datetime
    text: str
    by: str
    reason: str = ""
    tone: str = "neutral"


def deal_history(session: Session, deal: Deal) -> tuple[DealEvent, ...]:
    """Return what happened to a deal that the caller has loaded for its reader, the newest first."""
    rows = session.execute(
        sa.select(JournalEntry, User.name)
        .outerjoin(User, JournalEntry.actor_id == User.id)
        .where(JournalEntry.subject_kind == Deal.subject_kind, JournalEntry.subject_id == deal.id)
        .order_by(JournalEntry.id.desc())
    ).all()
    ids = {entry.data.get("to_user_id") for entry, _ in rows} - {None}
    names = {row.id: row.name for row in session.scalars(sa.select(User).where(User.id.in_(ids)))} if ids else {}
    return tuple(_event(entry, name or "", names) for entry, name in rows)


def _event(entry: JournalEntry, by: str, names: dict[int, str]) -> DealEvent:
    reason = entry.reason or ""
    match entry.action:
        case "open":
            text, tone = Sentence(N_("建立项目，进入“%(state)s”"), state=_state(entry.after)), "success"
        case "move":
            text, tone = _moved(entry), "danger" if entry.after == DealState.LOST else "success"
        case "plan":
            text, tone = Sentence(N_("下一步，%(on)s 之前"), on=entry.data.get("on", "")), "neutral"
        case "offer":
            name = names.get(entry.data.get("to_user_id", 0), "")
            text, tone = Sentence(N_("请 %(name)s 接手"), name=name), "neutral"
        case "release":
            text, tone = Sentence(N_("负责人不再跟进，等待指定新的负责人")), "danger"
        case "describe":
            text, tone = Sentence(N_("更新了预期金额或技术领域")), "neutral"
        case "meet":
            text, tone = Sentence(N_("%(on)s 开会"), on=entry.data.get("on", "")), "neutral"
        case "nda":
            state = CONFIDENTIALITY_NAMES.get(entry.after or "", "")
            text, tone = (
                Sentence(N_("保密协议：%(state)s（%(on)s）"), state=state, on=entry.data.get("on", "")),
                "neutral",
            )
        case _:
            name = names.get(entry.data.get("to_user_id", 0), "")
            text, tone = Sentence(N_("交给 %(name)s 负责"), name=name), "neutral"
    return DealEvent(entry.at, text, by, reason, tone)


def _moved(entry: JournalEntry) -> Sentence:
    if entry.after == DealState.SLEEPING:
        return Sentence(N_("休眠到 %(on)s"), on=entry.data.get("wakes_on", ""))
    if entry.before == DealState.SLEEPING and entry.after != DealState.LOST:
        return Sentence(N_("唤醒，回到“%(state)s”"), state=_state(entry.after))
    if entry.after != DealState.LOST:
        return Sentence(N_("从“%(before)s”到“%(after)s”"), before=_state(entry.before), after=_state(entry.after))
    why = codes.table("deal_losses").name(entry.data.get("lost_reason"))
    return Sentence(N_("没有谈成：%(why)s"), why=why)


def _state(state: str | None) -> str:
    return DEAL_STATE_NAMES.get(state or "", state or "")
