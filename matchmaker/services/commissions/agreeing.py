"""Commission agreements: proposed by one, agreed by each broker for his share and by the payer for the fee."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.commissions import NOTE_MOST, Commission, CommissionShare, CommissionState
from matchmaker.domain.deals import Deal
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.people import Role, User
from matchmaker.domain.permissions import Actor, can_see_deal, is_deal_party
from matchmaker.domain.states import move
from matchmaker.services.commissions.loading import can_propose, commissions_query, latest_commission, pays
from matchmaker.services.commissions.reading import ShareRow, read_fee, read_note, read_payer, read_shares
from matchmaker.services.deals.loading import load_deal
from matchmaker.services.notices import tell
from matchmaker.services.organization_notices import owners
from matchmaker.services.reading.text import prose

LARGEST_ID = 2**63 - 1


def propose_commission(
    session: Session,
    actor: Actor,
    deal_id: int,
    *,
    number: int,
    fee: str,
    payer: str,
    shares: Sequence[ShareRow],
    note: str = "",
) -> Commission:
    """Propose a fee, its payer ("one" or "other" of the deal's sides) and its shares, after the proposal `number`.

    Whoever proposes agrees to his own part at once; all others have to, whatever they agreed to before.

    Raises:
        NotFound: he may not know of the deal. Forbidden: he looks on only.
        Conflict: there is a later proposal than the one he saw.
        Invalid: an amount, a broker or a sum cannot be (`errors` names the field).
    """
    deal, latest = _proposable(session, actor, deal_id, number)
    read = read_shares(session, shares)
    proposal = Commission(
        deal_id=deal.id,
        number=number + 1,
        fee=read_fee(fee),
        payer_id=read_payer(deal, payer),
        note=read_note(note),
        proposed_by_id=actor.user_id,
        shares=[CommissionShare(broker_id=broker, percent=percent) for broker, percent in read],
    )
    if latest is not None and latest.state == CommissionState.TABLED:
        move(session, latest, CommissionState.SUPERSEDED, actor)
    session.add(proposal)
    session.flush()
    _record_proposal(session, actor, proposal)
    _agree_where_due(session, actor, proposal)
    _tell(session, actor, proposal, N_("%(name)s 提出了佣金约定，请您确认"))
    return proposal


def agree_commission(session: Session, actor: Actor, commission_id: int) -> Commission:
    """Agree to one's share, or for the paying organization to the fee.

    Raises:
        NotFound: he may not know of it. Forbidden: there is nothing of his to agree to.
        Conflict: it was replaced, decided, or agreed to already.
    """
    proposal = _tabled(session, actor, commission_id)
    if not _agree_where_due(session, actor, proposal):
        raise Conflict(N_("您已经同意过了。"))
    return proposal


def object_to_commission(session: Session, actor: Actor, commission_id: int, *, reason: str) -> Commission:
    """Refuse one's share or the fee, with a reason that all concerned read; what was agreed before goes on to hold.

    Raises:
        NotFound, Forbidden, Conflict: see `agree_commission`. Invalid: no reason (`reason`).
    """
    proposal = _tabled(session, actor, commission_id)
    text = prose(reason)
    if not text or len(text) > NOTE_MOST:
        raise Invalid(N_("请写明不同意的原因，500 字以内。"), errors={"reason": N_("请填写这一项。")})
    move(session, proposal, CommissionState.OBJECTED, actor, text)
    _tell(session, actor, proposal, N_("%(name)s 不同意佣金约定，请重新提出"))
    return proposal


def _proposable(session: Session, actor: Actor, deal_id: int, number: int) -> tuple[Deal, Commission | None]:
    """Return a deal, held against other proposals, and the proposal `number` that is its latest."""
    deal = load_deal(session, actor, deal_id)
    if not can_propose(session, actor, deal):
        raise Forbidden(N_("佣金约定由负责的技术经纪人或双方单位提出。"))
    session.execute(sa.select(Deal.id).where(Deal.id == deal.id).with_for_update())
    latest = latest_commission(session, deal.id)
    if number != (latest.number if latest else 0):
        raise Conflict(N_("刚刚有人提出了新的佣金约定，请先看过再提。"))
    return deal, latest


def _record_proposal(session: Session, actor: Actor, proposal: Commission) -> None:
    said: dict[str, Any] = {
        "deal_id": proposal.deal_id,
        "fee": str(proposal.fee),
        "payer_id": proposal.payer_id,
        "shares": {str(share.broker_id): str(share.percent) for share in proposal.shares},
    }
    record(session, actor, "propose", Commission.subject_kind, proposal.id, after=proposal.state, **said)


def _tabled(session: Session, actor: Actor, commission_id: int) -> Commission:
    """Load a proposal that waits, locked, for somebody whom it concerns."""
    query = commissions_query().where(Commission.id == commission_id).with_for_update(of=Commission)
    found = session.scalars(query).first() if 0 < commission_id <= LARGEST_ID else None
    if found is None or not (_is_mine(actor, found) or can_see_deal(actor, found.deal)):
        raise NotFound(N_("没有找到这项佣金约定。"))
    if not _is_mine(actor, found):
        raise Forbidden(N_("这项约定里没有需要您同意的内容。"))
    if found.state != CommissionState.TABLED:
        raise Conflict(N_("这项约定已经有了结果，或者被新的约定替代，请刷新页面。"))
    return found


def _is_mine(actor: Actor, proposal: Commission) -> bool:
    has_share = actor.role is Role.BROKER and any(share.broker_id == actor.user_id for share in proposal.shares)
    return has_share or pays(actor, proposal)


def _agree_where_due(session: Session, actor: Actor, proposal: Commission) -> bool:
    """Note the actor's agreement to whatever of it is his; whether there was anything left to agree to."""
    due = [share for share in proposal.shares if share.broker_id == actor.user_id and share.agreed_at is None]
    due = due if actor.role is Role.BROKER else []
    is_payer = pays(actor, proposal) and proposal.fee_agreed_at is None
    for share in due:
        share.agreed_at = utc_now()
        record(session, actor, "agree_share", Commission.subject_kind, proposal.id, percent=str(share.percent))
    if is_payer:
        proposal.fee_agreed_at, proposal.fee_agreed_by_id = utc_now(), actor.user_id
        record(session, actor, "agree_fee", Commission.subject_kind, proposal.id, fee=str(proposal.fee))
    if proposal.fee_agreed_at is not None and all(share.agreed_at is not None for share in proposal.shares):
        _hold(session, actor, proposal)
    session.flush()
    return bool(due) or is_payer


def _hold(session: Session, actor: Actor, proposal: Commission) -> None:
    """All have agreed: from now on this one holds, and no other."""
    former = sa.select(Commission).where(
        Commission.deal_id == proposal.deal_id, Commission.state == CommissionState.AGREED
    )
    for row in session.scalars(former):
        move(session, row, CommissionState.SUPERSEDED, actor)
    move(session, proposal, CommissionState.AGREED, actor)


def _tell(session: Session, actor: Actor, proposal: Commission, title: str) -> None:
    people = [session.get(User, share.broker_id) for share in proposal.shares]
    people += owners(session, proposal.payer_id)
    name = actor.name if not is_deal_party(actor, proposal.deal) else N_("一方单位")
    body = Sentence(N_("跟进项目 %(deal)s：佣金约定第 %(number)s 版。"), deal=proposal.deal_id, number=proposal.number)
    for person in {person.id: person for person in people if person is not None}.values():
        if person.id != actor.user_id:
            tell(
                session,
                person,
                topic=NoticeTopic.DEAL,
                title=Sentence(title, name=name),
                body=body,
                path="/commissions",
            )
