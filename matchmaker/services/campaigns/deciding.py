"""The bureau decides on an entry after its screening; the decision goes on to the review desk's own verbs."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.campaigns import CampaignEntry, EntryState
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor, can_review_listing, can_run_campaigns
from matchmaker.domain.states import move
from matchmaker.services.campaigns import notices
from matchmaker.services.campaigns.experts import RUNNING, is_judgeable
from matchmaker.services.campaigns.screening import agreement, judged_revision, text_mark
from matchmaker.services.reading.text import prose
from matchmaker.services.review import ADVICE_MOST, advice_faults, publish, return_with_advice

EXCEPTION_MOST = 500


def screen_in(
    session: Session, actor: Actor, entry: CampaignEntry, seen: str, *, advice: str = "", exception: str = ""
) -> None:
    """Keep an entry: what waits for review is published. `advice` goes to its owner, `exception` to the journal.

    Raises:
        Forbidden: the actor is not the bureau, or has posted it himself.
        Conflict: it is decided, or the text is not the one that was seen (`text_mark`).
        Invalid: opinions are missing and there is no `exception` to say why.
    """
    text = prose(advice)
    if len(text) > ADVICE_MOST:
        raise Invalid(N_("修改建议太长，最多 2000 个字。"), {"advice": N_("修改建议太长，最多 2000 个字。")})
    _decide(session, actor, entry, seen, EntryState.SCREENED_IN, text, exception)
    listing = entry.listing
    if not _is_published_already(entry):
        assert listing.working_revision is not None  # noqa: S101 - it waits for review
        publish(session, actor, listing, listing.working_revision.version, notify=False)
    notices.tell_decided(session, entry, is_in=True)


def screen_out(
    session: Session,
    actor: Actor,
    entry: CampaignEntry,
    seen: str,
    *,
    reasons: Sequence[str],
    advice: str,
    exception: str = "",
) -> None:
    """Leave an entry out, with coded reasons (table `return_reasons`) and advice: what waits for review goes back.

    What was published before stays published: it is only not part of the campaign's result.

    Raises:
        Forbidden, Conflict, Invalid: see `screen_in`; also no reason or no advice.
    """
    errors = advice_faults(reasons, advice)
    if errors:
        raise Invalid(N_("请选择原因并写明建议，报送单位会看到。"), errors)
    _decide(session, actor, entry, seen, EntryState.SCREENED_OUT, prose(advice), exception)
    entry.reasons = list(dict.fromkeys(reasons))
    if _is_published_already(entry):
        notices.tell_decided(session, entry, is_in=False)
        return
    working = entry.listing.working_revision
    assert working is not None  # noqa: S101 - it waits for review
    return_with_advice(session, actor, entry.listing, working.version, reasons=reasons, advice=advice)


def reopen(session: Session, actor: Actor, entry: CampaignEntry) -> None:
    """Take up an entry again that was left out, after its owner has mended it.

    Raises:
        Forbidden: the actor is not the bureau.
        Conflict: it was not left out, or the campaign is over.
    """
    if not can_run_campaigns(actor):
        raise Forbidden(N_("筛选结果由科技局决定。"))
    if entry.campaign.state not in RUNNING:
        raise Conflict(N_("征集活动已经结束，不能再改变结果。"))
    move(session, entry, EntryState.ENTERED, actor)
    entry.decided_at = entry.decided_by_id = entry.decided_revision_id = entry.advice = None
    entry.reasons = []
    session.flush()


def _decide(
    session: Session, actor: Actor, entry: CampaignEntry, seen: str, to: EntryState, advice: str, exception: str
) -> None:
    if not can_run_campaigns(actor) or not can_review_listing(actor, entry.listing):
        raise Forbidden(N_("筛选结果由科技局决定，本单位报送的由其他人决定。"))
    if entry.campaign.state not in RUNNING or not is_judgeable(entry):
        raise Conflict(N_("这项报送现在不能决定：尚未提交、逾期未补录，或已经有结果。请刷新页面查看。"))
    revision = judged_revision(entry.listing)
    if seen != text_mark(revision):
        raise Conflict(N_("报送单位刚刚修改了内容，请重新阅读后再决定。"))
    why = prose(exception)[:EXCEPTION_MOST]
    if not agreement(entry.opinions, entry.campaign.opinions_each).is_complete and not why:
        sentence = N_("专家意见还不够。如确需先作决定，请写明理由。")
        raise Invalid(sentence, {"exception": sentence})
    move(session, entry, to, actor, why or None, listing_id=entry.listing_id)
    entry.decided_at, entry.decided_by_id = utc_now(), actor.user_id
    entry.decided_revision_id, entry.advice = revision.id, advice or None
    session.flush()


def _is_published_already(entry: CampaignEntry) -> bool:
    working = entry.listing.working_revision
    return working is None or judged_revision(entry.listing) is not working
