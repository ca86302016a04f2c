"""Confidentiality agreements: proposed by one party of a pair with mutual interest, accepted or refused by the other.

Whoever signs answers for his organization. An agreement that stands opens the CONFIDENTIAL layer of both listings; it
ends, for the future, when the pair is no longer one of mutual interest.
"""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.agreements import Agreement
from matchmaker.domain.agreements import AgreementState as S
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.fields import Layer
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing
from matchmaker.domain.matches import Match
from matchmaker.domain.permissions import Actor, can_sign, owns
from matchmaker.domain.states import move
from matchmaker.services import agreement_notices as notices
from matchmaker.services.disclosures import is_mutual, open_layer
from matchmaker.services.matches import LARGEST_ID, load_match
from matchmaker.services.uploads import StoredFile

MAX_REMARK = 1000
TEXT = (Path(__file__).parent / "confidentiality.txt").read_text(encoding="utf-8")
OPEN = frozenset({S.AWAITING, S.STANDING})


def agreement_text(match: Match) -> str:
    """Return the standard text for a pair, with both parties' names; only parties of a mutual pair may read it."""
    return TEXT.format(
        need=match.need.organization.name,
        achievement=match.achievement.organization.name,
        need_title=match.need.current.title,
        achievement_title=match.achievement.current.title,
    )


def agreements_of(session: Session, actor: Actor, match: Match) -> tuple[Agreement, ...]:
    """Return what was proposed for a pair, the newest first; nothing for those who are neither party nor see all."""
    if not (actor.reads_all or _own(match, actor)):
        return ()
    people = (Agreement.proposed_by, Agreement.answered_by)
    organizations = (Agreement.proposing_organization, Agreement.answering_organization)
    query = sa.select(Agreement).where(Agreement.match_id == match.id).order_by(Agreement.id.desc())
    return tuple(session.scalars(query.options(*(joinedload(one) for one in (*people, *organizations)))).unique())


def require_proposable(session: Session, actor: Actor, match_id: int) -> Match:
    """Return a pair for which `actor` may propose an agreement now. Ask before storing a signed file.

    Raises:
        NotFound: he may not see the pair. Forbidden: he does not answer for one of its parties.
        Conflict: the interest is not mutual, or an agreement waits or stands already.
    """
    match = load_match(session, actor, match_id)
    if _own(match, actor) is None:
        raise Forbidden(N_("只有供需双方可以提出保密协议。"))
    _require_signer(actor, match)
    if not is_mutual(match):
        raise Conflict(N_("双方都表示感兴趣之后，才能提出保密协议。"))
    if any(row.state in OPEN for row in agreements_of(session, actor, match)):
        raise Conflict(N_("这一对已经有一份待签署或已签署的保密协议。"))
    return match


def propose_agreement(
    session: Session, actor: Actor, match_id: int, *, remark: str = "", file: StoredFile | None = None
) -> Agreement:
    """Sign the standard text for one's own side and put it before the other.

    Raises:
        NotFound, Forbidden, Conflict: see `require_proposable`. Invalid: too long a remark.
    """
    match = require_proposable(session, actor, match_id)
    remark = remark.replace("\x00", "").strip()
    if len(remark) > MAX_REMARK:
        raise Invalid(N_("备注过长。"), {"remark": N_("最多 1000 字。")})
    own, other = _own(match, actor), _other(match, actor)
    assert own is not None  # noqa: S101 - a signer is of one side
    assert actor.user_id is not None  # noqa: S101 - and a person
    row = Agreement(
        match_id=match.id,
        text=agreement_text(match),
        remark=remark or None,
        proposing_organization_id=own.organization_id,
        proposed_by_id=actor.user_id,
        answering_organization_id=other.organization_id,
    )
    if file is not None:
        row.file_name, row.file_media_type, row.file_sha256 = file.name, file.media_type, file.sha256
    session.add(row)
    session.flush()
    notices.tell_proposed(session, actor, match, other)
    return row


def answer_agreement(session: Session, actor: Actor, agreement_id: int, *, accepted: bool) -> Agreement:
    """Sign for the other side, or refuse. Signing opens the CONFIDENTIAL layer both ways; twice is once.

    Raises:
        NotFound: he may not know of it. Forbidden: he does not answer for the side that was asked.
        Conflict: it waits for no answer any more.
    """
    row = get_agreement(session, actor, agreement_id)
    match = row.match
    if actor.organization_id != row.answering_organization_id:
        raise Forbidden(N_("请等待对方答复。"))
    _require_signer(actor, match)
    to = S.STANDING if accepted else S.TURNED_DOWN
    if row.state == to:
        return row
    if accepted and not is_mutual(match):
        raise Conflict(N_("双方已不再互相感兴趣，不能签署。"))
    move(session, row, to, actor, match_id=match.id)
    row.answered_by_id, row.answered_at = actor.user_id, utc_now()
    if accepted:
        for listing, party in ((match.need, match.achievement), (match.achievement, match.need)):
            open_layer(session, actor, match, listing, party.organization_id, Layer.CONFIDENTIAL)
    session.flush()
    notices.tell_answered(session, actor, match, _other(match, actor), accepted=accepted)
    return row


def take_back_agreement(session: Session, actor: Actor, agreement_id: int) -> Agreement:
    """Withdraw one's own side's proposal that has not been answered yet.

    Raises:
        NotFound, Forbidden, Conflict: as for `answer_agreement`.
    """
    row = get_agreement(session, actor, agreement_id)
    if actor.organization_id != row.proposing_organization_id:
        raise Forbidden(N_("只有提出的一方可以收回。"))
    _require_signer(actor, row.match)
    if row.state != S.TAKEN_BACK:
        move(session, row, S.TAKEN_BACK, actor, match_id=row.match_id)
    return row


def get_agreement(session: Session, actor: Actor, agreement_id: int) -> Agreement:
    """Return an agreement of a pair that `actor` may see: for its parties, brokers and the bureau.

    Raises:
        NotFound: there is none, or he may not know of it.
    """
    missing = NotFound(N_("没有找到这份保密协议。"))
    row = session.get(Agreement, agreement_id) if 0 < agreement_id <= LARGEST_ID else None
    if row is None:
        raise missing
    try:
        load_match(session, actor, row.match_id)
    except NotFound:
        raise missing from None
    return row


def lapse(session: Session, actor: Actor, match: Match) -> None:
    """End what waits or stands for a pair that is no longer one of mutual interest (its layers are closed already)."""
    if is_mutual(match):
        return
    waiting = sa.select(Agreement).where(Agreement.match_id == match.id, Agreement.state.in_(OPEN))
    for row in session.scalars(waiting):
        move(session, row, S.TAKEN_BACK if row.state == S.AWAITING else S.ENDED, actor, match_id=match.id)
        row.ended_at = utc_now()
    session.flush()


def _own(match: Match, actor: Actor) -> Listing | None:
    return next((listing for listing in (match.need, match.achievement) if owns(actor, listing)), None)


def _other(match: Match, actor: Actor) -> Listing:
    return match.achievement if owns(actor, match.need) else match.need


def _require_signer(actor: Actor, match: Match) -> None:
    own = _own(match, actor)
    if own is None or not can_sign(actor, own):
        raise Forbidden(N_("保密协议由本单位的负责人签署。"))
