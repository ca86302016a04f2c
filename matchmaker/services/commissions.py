"""Commission agreements: proposed by one, agreed by each broker for his share and by the payer for the fee."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.domain.base import utc_now
from matchmaker.domain.commissions import MOST_SHARES, NOTE_MOST, WHOLE, Commission, CommissionShare, CommissionState
from matchmaker.domain.deals import Deal
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.people import Role, User
from matchmaker.domain.permissions import Actor, can_see_deal, is_deal_party, owns_deal
from matchmaker.domain.states import move
from matchmaker.services.deals.brokers import brokers_at_work
from matchmaker.services.deals.loading import load_deal
from matchmaker.services.notices import tell
from matchmaker.services.organization_notices import owners
from matchmaker.services.reading.text import line, prose

LARGEST_ID = 2**63 - 1
FEE_MOST = Decimal(10) ** 12
SIDES = ("one", "other")


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A broker's share as typed."""

    broker: str
    percent: str


@dataclass(frozen=True, slots=True)
class ShareView:
    """A broker's share, and whether he has agreed."""

    broker_id: int
    name: str
    percent: Decimal
    agreed_at: datetime | None


@dataclass(frozen=True, slots=True)
class CommissionView:
    """One proposal as a viewer sees it; `payer_side` is "one" or "other" of its deal, whose names the page knows."""

    id: int
    deal_id: int
    number: int
    state: str
    fee: Decimal
    payer_side: str
    note: str
    proposed_at: datetime
    fee_agreed_at: datetime | None
    shares: tuple[ShareView, ...]
    may_agree: bool
    sees_deal: bool


@dataclass(frozen=True, slots=True)
class DealCommissions:
    """A deal's latest proposal and the one that holds, where that is another; whether the viewer may propose one."""

    latest: CommissionView | None
    holding: CommissionView | None
    may_propose: bool
    number: int
    viewer_is_other: bool


def can_propose(session: Session, actor: Actor, deal: Deal) -> bool:
    """Its broker, whoever has a share of it, and its two organizations."""
    if owns_deal(actor, deal) or is_deal_party(actor, deal):
        return True
    shared = sa.select(CommissionShare.id).join(CommissionShare.commission)
    mine = shared.where(Commission.deal_id == deal.id, CommissionShare.broker_id == actor.user_id)
    return actor.role is Role.BROKER and session.scalar(mine.limit(1)) is not None


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
    deal = load_deal(session, actor, deal_id)
    if not can_propose(session, actor, deal):
        raise Forbidden(N_("佣金约定由负责的技术经纪人或双方单位提出。"))
    session.execute(sa.select(Deal.id).where(Deal.id == deal.id).with_for_update())
    latest = _latest(session, deal.id)
    if number != (latest.number if latest else 0):
        raise Conflict(N_("刚刚有人提出了新的佣金约定，请先看过再提。"))
    read = _read_shares(session, shares)
    proposal = Commission(
        deal_id=deal.id,
        number=number + 1,
        fee=_read_fee(fee),
        payer_id=_payer(deal, payer),
        note=_read_note(note),
        proposed_by_id=actor.user_id,
        shares=[CommissionShare(broker_id=broker, percent=percent) for broker, percent in read],
    )
    if latest is not None and latest.state == CommissionState.TABLED:
        move(session, latest, CommissionState.SUPERSEDED, actor)
    session.add(proposal)
    session.flush()
    said = {str(share.broker_id): str(share.percent) for share in proposal.shares}
    record(
        session,
        actor,
        "propose",
        Commission.subject_kind,
        proposal.id,
        after=proposal.state,
        deal_id=deal.id,
        fee=str(proposal.fee),
        payer_id=proposal.payer_id,
        shares=said,
    )
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


def deal_commissions(session: Session, actor: Actor, deal_id: int) -> DealCommissions:
    """Return what is proposed and what holds of a deal.

    Raises:
        NotFound: he may not know of the deal.
    """
    deal = load_deal(session, actor, deal_id)
    latest = _latest(session, deal.id)
    holding = session.scalars(
        _query().where(Commission.deal_id == deal.id, Commission.state == CommissionState.AGREED)
    ).first()
    return DealCommissions(
        latest=_view(actor, latest) if latest else None,
        holding=_view(actor, holding) if holding is not None and holding is not latest else None,
        may_propose=can_propose(session, actor, deal),
        number=latest.number if latest else 0,
        viewer_is_other=actor.organization_id == deal.other_organization_id,
    )


def my_commissions(session: Session, actor: Actor) -> tuple[CommissionView, ...]:
    """Return the proposals in which the actor has a share or whose fee his organization pays, the latest first."""
    mine = Commission.shares.any(CommissionShare.broker_id == actor.user_id)
    concerned = mine if actor.role is Role.BROKER else Commission.payer_id == actor.organization_id
    query = _query().where(concerned, Commission.state != CommissionState.SUPERSEDED)
    return tuple(_view(actor, row) for row in session.scalars(query.order_by(Commission.id.desc()).limit(200)))


def _query() -> sa.Select[Commission]:
    return sa.select(Commission).options(
        joinedload(Commission.deal), selectinload(Commission.shares).joinedload(CommissionShare.broker)
    )


def _latest(session: Session, deal_id: int) -> Commission | None:
    query = _query().where(Commission.deal_id == deal_id).order_by(Commission.number.desc()).limit(1)
    return session.scalars(query.execution_options(populate_existing=True)).first()


def _tabled(session: Session, actor: Actor, commission_id: int) -> Commission:
    """Load a proposal that waits, locked, for somebody whom it concerns."""
    query = _query().where(Commission.id == commission_id).with_for_update(of=Commission)
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
    return has_share or _pays(actor, proposal)


def _pays(actor: Actor, proposal: Commission) -> bool:
    return is_deal_party(actor, proposal.deal) and actor.organization_id == proposal.payer_id


def _agree_where_due(session: Session, actor: Actor, proposal: Commission) -> bool:
    """Note the actor's agreement to whatever of it is his; whether there was anything left to agree to."""
    due = [share for share in proposal.shares if share.broker_id == actor.user_id and share.agreed_at is None]
    due = due if actor.role is Role.BROKER else []
    pays = _pays(actor, proposal) and proposal.fee_agreed_at is None
    for share in due:
        share.agreed_at = utc_now()
        record(session, actor, "agree_share", Commission.subject_kind, proposal.id, percent=str(share.percent))
    if pays:
        proposal.fee_agreed_at, proposal.fee_agreed_by_id = utc_now(), actor.user_id
        record(session, actor, "agree_fee", Commission.subject_kind, proposal.id, fee=str(proposal.fee))
    if proposal.fee_agreed_at is not None and all(share.agreed_at is not None for share in proposal.shares):
        _hold(session, actor, proposal)
    session.flush()
    return bool(due) or pays


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


def _view(actor: Actor, row: Commission) -> CommissionView:
    return CommissionView(
        id=row.id,
        deal_id=row.deal_id,
        number=row.number,
        state=row.state,
        fee=row.fee,
        payer_side=SIDES[row.payer_id == row.deal.other_organization_id],
        note=row.note,
        proposed_at=row.proposed_at,
        fee_agreed_at=row.fee_agreed_at,
        shares=tuple(ShareView(one.broker_id, one.broker.name, one.percent, one.agreed_at) for one in row.shares),
        may_agree=row.state == CommissionState.TABLED and _waits_for(actor, row),
        sees_deal=can_see_deal(actor, row.deal),
    )


def _waits_for(actor: Actor, row: Commission) -> bool:
    share = next((one for one in row.shares if one.broker_id == actor.user_id), None)
    of_share = actor.role is Role.BROKER and share is not None and share.agreed_at is None
    return of_share or (_pays(actor, row) and row.fee_agreed_at is None)


def _payer(deal: Deal, side: str) -> int:
    if side not in SIDES:
        raise Invalid(N_("请选择由哪一方支付。"), errors={"payer": N_("请选择。")})
    return deal.one_organization_id if side == "one" else deal.other_organization_id


def _read_fee(text: str) -> Decimal:
    fee = _decimal(text)
    if fee is None or not 0 <= fee <= FEE_MOST:
        raise Invalid(N_("请填写佣金总额，单位为元，例如 50000。"), errors={"fee": N_("请填写金额。")})
    return fee


def _read_note(text: str) -> str:
    note = line(text)
    if len(note) > NOTE_MOST:
        raise Invalid(N_("说明太长。"), errors={"note": N_("说明太长。")})
    return note


def _read_shares(session: Session, rows: Sequence[ShareRow]) -> list[tuple[int, Decimal]]:
    """Read the rows that say anything: brokers at work, each once, shares above 0 that are no more than the whole."""
    filled = [row for row in rows[: MOST_SHARES + 1] if row.broker.strip() or row.percent.strip()]
    errors = {"shares": N_("请检查分成。")}
    if not filled or len(filled) > MOST_SHARES:
        raise Invalid(N_("请填写一至六位技术经纪人的分成。"), errors=errors)
    known = {str(person.id): person.id for person in brokers_at_work(session)}
    read: dict[int, Decimal] = {}
    for row in filled:
        broker, percent = known.get(row.broker.strip()), _decimal(row.percent.replace("%", ""))
        if broker is None or broker in read:
            raise Invalid(N_("每一行请选择一位在岗的技术经纪人，每人一行。"), errors=errors)
        if percent is None or not 0 < percent <= WHOLE:
            raise Invalid(N_("分成请填写 0.01 至 100 之间的百分数，至多两位小数。"), errors=errors)
        read[broker] = percent
    if sum(read.values(), Decimal(0)) > WHOLE:
        raise Invalid(N_("各人的分成加起来超过了 100%%。"), errors=errors)
    return list(read.items())


def _decimal(text: str) -> Decimal | None:
    """Read a plain number with two places at most."""
    try:
        read = Decimal(text.strip().replace(",", "").replace("，", ""))
    except InvalidOperation:
        return None
    if not read.is_finite() or abs(read) > FEE_MOST:
        return None
    return read if read == read.quantize(Decimal("0.01")) else None
