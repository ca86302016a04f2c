"""The journal as the bureau reads it: the latest entries, of one kind of subject, one subject or one day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.days import CITY_ZONE
from matchmaker.domain.errors import Forbidden
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.journal_chain import Head, JournalLink, head
from matchmaker.domain.judgements import SampledPair
from matchmaker.domain.language import N_
from matchmaker.domain.people import Organization, User
from matchmaker.domain.permissions import Actor, can_read_journal
from matchmaker.domain.states import MOVES
from matchmaker.services.grading.blind import blind_pairs
from matchmaker.services.journal.actions import ACTION_NAMES

PAGE = 50
SUBJECT_NAMES: dict[str, str] = {
    "listing": N_("供需信息"),
    "revision": N_("供需信息的修订版"),
    "match": N_("匹配"),
    "grading_batch": N_("评分批次"),
    "sampled_pair": N_("评分的对子"),
    "question": N_("提问"),
    "agreement": N_("保密约定"),
    "event": N_("活动"),
    "registration": N_("报名"),
    "appointment": N_("洽谈"),
    "timetable": N_("洽谈排期"),
    "pitch": N_("路演项目"),
    "event_invitation": N_("活动邀请"),
    "judge": N_("评委"),
    "score_sheet": N_("评分表"),
    "deal": N_("跟进项目"),
    "introduction": N_("促成记录"),
    "commission": N_("佣金约定"),
    "contract": N_("技术合同"),
    "evidence_record": N_("证明记录"),
    "closed_period": N_("封账"),
    "campaign": N_("征集活动"),
    "organization": N_("入驻单位"),
    "verification": N_("单位核验"),
    "merge": N_("单位合并"),
    "user": N_("用户"),
    "job": N_("后台任务"),
}
"""What entries are about, in words; a kind that is not here is shown by its code."""


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One entry with its place in the chain; names are empty where nobody acted, or for nobody's organization. Of a
    pair that the reader grades blind `before` and `after` are kept from him."""

    position: int | None
    hash: str
    entry_id: int
    at: datetime
    by: str
    organization: str
    subject_kind: str
    subject_id: int
    action: str
    before: str | None
    after: str | None
    reason: str
    is_blind: bool = False

    @property
    def action_name(self) -> str:
        """What was done, in words; a code without a name is shown as it is."""
        return ACTION_NAMES.get(self.action, self.action)


@dataclass(frozen=True, slots=True)
class JournalPage:
    """One page of the journal, the newest first, and the chain's end."""

    rows: tuple[JournalRow, ...]
    head: Head
    total: int
    number: int
    pages: int


def subject_kinds() -> tuple[str, ...]:
    """Return the kinds of subject to choose from: those with a name first."""
    return (*SUBJECT_NAMES, *sorted(kind for kind in MOVES if kind not in SUBJECT_NAMES))


def journal_page(
    session: Session,
    actor: Actor,
    *,
    kind: str | None = None,
    subject_id: int | None = None,
    on: date | None = None,
    page: int = 1,
) -> JournalPage:
    """Return entries about a kind of subject, one subject or of one day, as far as they are named.

    Raises:
        Forbidden: the journal is the bureau's and the administrator's.
    """
    if not can_read_journal(actor):
        raise Forbidden(N_("日志只对科技局和平台管理员开放。"))
    chosen: list[sa.ColumnElement[bool]] = []
    if kind is not None:
        chosen.append(JournalEntry.subject_kind == kind)
    if subject_id is not None:
        chosen.append(JournalEntry.subject_id == subject_id)
    if on is not None:
        starts = datetime.combine(on, time(), CITY_ZONE)
        chosen += [JournalEntry.at >= starts, JournalEntry.at < starts + timedelta(days=1)]
    total = session.scalar(sa.select(sa.func.count()).select_from(JournalEntry).where(*chosen)) or 0
    pages = max(1, -(-total // PAGE))
    number = min(max(1, page), pages)
    rows = session.execute(
        sa.select(JournalEntry, JournalLink.position, JournalLink.hash, User.name, Organization.name)
        .outerjoin(JournalLink, JournalLink.entry_id == JournalEntry.id)
        .outerjoin(User, User.id == JournalEntry.actor_id)
        .outerjoin(Organization, Organization.id == JournalEntry.organization_id)
        .where(*chosen)
        .order_by(JournalEntry.id.desc())
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    ).all()
    drawn = {entry.subject_id for entry, *_ in rows if entry.subject_kind == SampledPair.subject_kind}
    blind = blind_pairs(session, actor, drawn) if drawn else frozenset()
    return JournalPage(_rows(rows, actor, blind), head(session), total, number, pages)


def _rows(found: Sequence[Any], actor: Actor, blind: frozenset[int]) -> tuple[JournalRow, ...]:
    def is_kept(entry: JournalEntry) -> bool:
        is_pair = entry.subject_kind == SampledPair.subject_kind
        return is_pair and entry.subject_id in blind and entry.actor_id != actor.user_id

    return tuple(
        JournalRow(
            position=position,
            hash=hash_ or "",
            entry_id=entry.id,
            at=entry.at,
            by=name or "",
            organization=office or "",
            subject_kind=entry.subject_kind,
            subject_id=entry.subject_id,
            action=entry.action,
            before=None if is_kept(entry) else entry.before,
            after=None if is_kept(entry) else entry.after,
            reason=entry.reason or "",
            is_blind=is_kept(entry),
        )
        for entry, position, hash_, name, office in found
    )
