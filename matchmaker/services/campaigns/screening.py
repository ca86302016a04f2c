"""Screening: experts read what they were asked about, without learning whose it is, and say what they think."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.base import utc_now
from matchmaker.domain.campaigns import CampaignEntry, CampaignExpert, CampaignState, Opinion, OpinionState
from matchmaker.domain.errors import Conflict, Invalid, NotFound
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingState, Revision
from matchmaker.domain.permissions import Actor
from matchmaker.domain.screening import DIMENSIONS, HIGHEST, LOWEST, Recommendation
from matchmaker.domain.states import move
from matchmaker.services.campaigns.experts import is_judgeable
from matchmaker.services.campaigns.recusal import Ties, ties_of
from matchmaker.services.listing_views import ListingView
from matchmaker.services.listings import LARGEST_ID
from matchmaker.services.projection import for_judging
from matchmaker.services.reading.text import line, prose
from matchmaker.services.readings import note_titled

TEXT_LEAST, TEXT_MOST, REASON_MOST, MERGE_MOST = 10, 3000, 500, 100


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an expert says, as typed. `scores` maps each dimension to 1..5 as text."""

    recommendation: str = ""
    merge_with: str = ""
    scores: Mapping[str, str] | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class OpinionRow:
    """One entry in an expert's list. The title is all that he needs to find it again; it is empty where he has come to
    be tied to who posted it, or kept apart from him."""

    id: int
    title: str
    campaign_title: str
    closes: bool
    state: str
    recommendation: str | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the opinions on one entry come to.

    `recommendation` is what they all recommend, None where they differ or none is given; `means` are the mean scores.
    """

    given: int
    wanted: int
    recommendation: str | None
    votes: dict[str, int]
    means: dict[str, float]

    @property
    def is_complete(self) -> bool:
        """Whether as many opinions are given as the campaign asks for."""
        return self.given >= self.wanted

    @property
    def is_split(self) -> bool:
        """Whether the experts recommend different things."""
        return len(self.votes) > 1


def my_opinions(session: Session, actor: Actor) -> tuple[OpinionRow, ...]:
    """Return what the actor was asked to judge: what waits first, then the newest."""
    waits = Opinion.state != OpinionState.ASKED
    found = session.scalars(
        _own(actor)
        .options(joinedload(Opinion.entry).joinedload(CampaignEntry.campaign), joinedload(Opinion.expert), *_loading())
        .order_by(waits, Opinion.id.desc())
    ).all()
    ties = ties_of(session, {opinion.expert for opinion in found})
    return tuple(
        OpinionRow(
            id=opinion.id,
            title=_title(actor, opinion, ties[opinion.expert_id]),
            campaign_title=opinion.entry.campaign.title,
            closes=_is_over(opinion.entry),
            state=opinion.state,
            recommendation=opinion.recommendation,
        )
        for opinion in found
    )


def count_waiting(session: Session, actor: Actor) -> int:
    """Return how many opinions the actor is asked for and has not given, where he is an expert at all."""
    waiting = _own(actor).where(Opinion.state == OpinionState.ASKED)
    return session.scalar(sa.select(sa.func.count()).select_from(waiting.subquery())) or 0


def get_opinion(session: Session, actor: Actor, opinion_id: int) -> Opinion:
    """Return an opinion that the actor is asked for or has given.

    Raises:
        NotFound: there is none, it is another's, or he has recused himself and reads no more.
    """
    found = None
    if 0 < opinion_id <= LARGEST_ID:
        query = _own(actor).where(Opinion.id == opinion_id, Opinion.state != OpinionState.RECUSED)
        found = session.scalar(query.options(*_loading()))
    if found is None:
        raise NotFound(N_("没有找到这项评审，它可能已分配给其他专家。"))
    return found


def read_for_opinion(session: Session, actor: Actor, opinion: Opinion) -> ListingView:
    """Show an expert what he judges: the full text, never who posted it. Its owner sees that an expert has read it.

    Raises:
        Conflict: he must not judge it any more, or it cannot be judged now.
    """
    _require_open(session, opinion)
    listing = opinion.entry.listing
    return for_judging(listing, judged_revision(listing), actor)


def give_opinion(session: Session, actor: Actor, opinion: Opinion, judgement: Judgement, seen: str) -> None:
    """Give an opinion on the text that the expert has seen (`seen` is its `text_mark`). It cannot be changed.

    Raises:
        Conflict: it was given already, the text has changed since, or it cannot be judged now.
        Invalid: a recommendation, a score or the text is missing (`errors` names the field).
    """
    _require_open(session, opinion)
    revision = judged_revision(opinion.entry.listing)
    if seen != text_mark(revision):
        raise Conflict(N_("报送单位刚刚修改了内容。请重新阅读后再提交意见，您写的文字仍在本页。"))
    scores = _read(judgement)
    opinion.recommendation, opinion.scores = judgement.recommendation, scores
    is_merge = judgement.recommendation == Recommendation.MERGE
    opinion.merge_with = line(judgement.merge_with) if is_merge else None
    opinion.text, opinion.revision_id, opinion.closed_at = prose(judgement.text), revision.id, utc_now()
    move(session, opinion, OpinionState.GIVEN, actor)


def recuse(session: Session, actor: Actor, opinion: Opinion, reason: str) -> None:
    """Step back from judging an entry, with a reason for the bureau.

    Raises:
        Conflict: the opinion was given already.
        Invalid: there is no reason (field `reason`).
    """
    text = prose(reason)[:REASON_MOST]
    if not text:
        raise Invalid(N_("请写明回避的原因。"), {"reason": N_("请写明回避的原因。")})
    opinion.recusal_reason, opinion.closed_at = text, utc_now()
    move(session, opinion, OpinionState.RECUSED, actor, text)


def agreement(opinions: Sequence[Opinion], wanted: int) -> Agreement:
    """Return what the given opinions on one entry come to."""
    given = [opinion for opinion in opinions if opinion.state == OpinionState.GIVEN]
    votes = Counter(opinion.recommendation or "" for opinion in given)
    means = {name: fmean(opinion.scores[name] for opinion in given) for name in DIMENSIONS} if given else {}
    return Agreement(len(given), wanted, next(iter(votes)) if len(votes) == 1 else None, dict(votes), means)


def judged_revision(listing: Listing) -> Revision:
    """Return the text that is judged: what waits for review, else what is published."""
    working = listing.working_revision
    return working if working is not None and working.state == ListingState.SUBMITTED else listing.current


def judged_title(session: Session, actor: Actor, opinion: Opinion) -> str:
    """Return the title of what is judged; empty where the expert must not judge it any more."""
    return _title(actor, opinion, ties_of(session, [opinion.expert])[opinion.expert_id])


def text_mark(revision: Revision) -> str:
    """Return what names one state of a text, for a form that must not judge another one."""
    return f"{revision.id}-{revision.version}"


def _own(actor: Actor) -> sa.Select[Opinion]:
    return (
        sa.select(Opinion)
        .join(CampaignExpert, CampaignExpert.id == Opinion.expert_id)
        .where(CampaignExpert.user_id == actor.user_id, CampaignExpert.organization_id == actor.organization_id)
    )


def _loading() -> tuple[sa.orm.interfaces.ORMOption, ...]:
    listing = joinedload(Opinion.entry).joinedload(CampaignEntry.listing)
    return listing.joinedload(Listing.working_revision), listing.joinedload(Listing.published_revision)


def _require_open(session: Session, opinion: Opinion) -> None:
    entry = opinion.entry
    if opinion.state == OpinionState.GIVEN:
        raise Conflict(N_("您已经给出意见，不能再修改。"))
    if _is_over(entry) or not is_judgeable(entry):
        raise Conflict(N_("这项报送现在不能评审：对方已撤回修改，或已经有结果。"))
    if ties_of(session, [opinion.expert])[opinion.expert_id].forbid(entry.listing):
        raise Conflict(N_("您与报送单位有关联或在其回避名单上，请回避这项评审。"))


def _title(actor: Actor, opinion: Opinion, ties: Ties) -> str:
    listing = opinion.entry.listing
    if ties.forbid(listing):
        return ""
    note_titled(actor, listing, named=False)
    return judged_revision(listing).title


def _is_over(entry: CampaignEntry) -> bool:
    return entry.campaign.state not in {CampaignState.OPEN, CampaignState.SCREENING}


def _read(judgement: Judgement) -> dict[str, int]:
    errors: dict[str, str] = {}
    if judgement.recommendation not in set(Recommendation):
        errors["recommendation"] = N_("请选择一项建议。")
    is_merge = judgement.recommendation == Recommendation.MERGE
    if is_merge and not 0 < len(line(judgement.merge_with)) <= MERGE_MOST:
        errors["merge_with"] = N_("请写明与哪一项合并，最多 100 个字。")
    typed, scores = judgement.scores or {}, {}
    for name in DIMENSIONS:
        text = typed.get(name, "")
        if text.isascii() and text.isdecimal() and len(text) == 1 and LOWEST <= int(text) <= HIGHEST:
            scores[name] = int(text)
        else:
            errors[name] = N_("请打分，1 到 5 分。")
    if not TEXT_LEAST <= len(prose(judgement.text)) <= TEXT_MOST:
        errors["text"] = N_("请写明意见，10 到 3000 个字。")
    if errors:
        raise Invalid(N_("还有 %(count)d 处没有填好。"), errors, count=len(errors))
    return scores
