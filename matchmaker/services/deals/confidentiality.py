"""The confidentiality agreement (保密协议) of a deal on paper: sent, signed, until when it binds."""

from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.confidentialities import WARNED_DAYS, Confidentiality, ConfidentialityState
from matchmaker.domain.days import today
from matchmaker.domain.deal_notes import Audience, DealFile
from matchmaker.domain.deals import Deal
from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.domain.states import move
from matchmaker.services.deals.loading import load_working_deal
from matchmaker.services.reading.days import read_day
from matchmaker.services.reading.text import Unreadable

NONE = "none"


@dataclass(frozen=True, slots=True)
class ConfidentialityView:
    """Where the agreement of a deal stands; `state` is "none" where there is none, or only dropped ones."""

    state: str
    sent_on: date | None = None
    signed_on: date | None = None
    expires_on: date | None = None
    file_id: int | None = None
    file_name: str = ""
    has_expired: bool = False
    expires_soon: bool = False


def confidentiality_of(session: Session, deal: Deal) -> ConfidentialityView:
    """Return where the agreement of a deal stands, which the caller may see."""
    row = _standing(session, deal)
    if row is None:
        return ConfidentialityView(NONE)
    soon = row.expires_on is not None and row.expires_on <= today() + timedelta(days=WARNED_DAYS)
    return ConfidentialityView(
        state=row.state,
        sent_on=row.sent_on,
        signed_on=row.signed_on,
        expires_on=row.expires_on,
        file_id=row.file_id,
        file_name=row.file.name if row.file is not None else "",
        has_expired=row.has_expired,
        expires_soon=soon and not row.has_expired,
    )


def send_confidentiality(session: Session, actor: Actor, deal_id: int, *, sent_on: str) -> Confidentiality:
    """Note that an agreement was sent; one that is signed and has expired makes room for it.

    Raises:
        NotFound, Forbidden: see `load_working_deal`. Conflict: one was sent, or binds still.
        Invalid: no day, or one to come (field `sent_on`).
    """
    deal = _locked(session, actor, deal_id)
    day = _past_day(sent_on, "sent_on")
    standing = _standing(session, deal)
    if standing is not None and not standing.has_expired:
        raise Conflict(N_("这个项目已经有一份保密协议，请先登记签署或作废。"))
    row = Confidentiality(deal_id=deal.id, sent_on=day, recorded_by_id=actor.user_id)
    session.add(row)
    session.flush()
    record(session, actor, "nda", "deal", deal.id, after=row.state, on=day.isoformat())
    session.flush()
    return row


def sign_confidentiality(
    session: Session, actor: Actor, deal_id: int, *, signed_on: str, expires_on: str = "", file: DealFile | None = None
) -> Confidentiality:
    """Note that the agreement was signed by both, until when it binds ("" for without end), with its scan.

    Raises:
        NotFound, Forbidden: see `load_working_deal`. Conflict: none was sent, or it is signed.
        Invalid: by field: no day, one to come, one before it was sent (`signed_on`); an end before it (`expires_on`);
            a scan that not both sides may read (`file`).
    """
    deal = _locked(session, actor, deal_id)
    row = _standing(session, deal)
    if row is None or row.state != ConfidentialityState.SENT:
        raise Conflict(N_("请先登记保密协议已寄送。"))
    day, end = _past_day(signed_on, "signed_on"), _day(expires_on, "expires_on")
    if day < row.sent_on:
        raise Invalid(N_("签署日期早于寄送日期。"), {"signed_on": N_("签署日期早于寄送日期。")})
    if end is not None and end <= day:
        raise Invalid(N_("到期日应在签署日期之后。"), {"expires_on": N_("到期日应在签署日期之后。")})
    if file is not None and (file.deal_id != deal.id or file.audience != Audience.ALL):
        raise Invalid(N_("请上传双方都能查看的扫描件。"), {"file": N_("请上传双方都能查看的扫描件。")})
    row.signed_on, row.expires_on, row.file_id = day, end, file.id if file is not None else None
    move(session, row, ConfidentialityState.SIGNED, actor, deal_id=deal.id)
    record(session, actor, "nda", "deal", deal.id, after=row.state, on=day.isoformat())
    session.flush()
    return row


def drop_confidentiality(session: Session, actor: Actor, deal_id: int) -> None:
    """Note that the agreement is void.

    Raises:
        NotFound, Forbidden: see `load_working_deal`. Conflict: there is none.
    """
    deal = _locked(session, actor, deal_id)
    row = _standing(session, deal)
    if row is None:
        raise Conflict(N_("这个项目没有保密协议。"))
    move(session, row, ConfidentialityState.DROPPED, actor, deal_id=deal.id)
    record(session, actor, "nda", "deal", deal.id, after=row.state, on=today().isoformat())
    session.flush()


def _locked(session: Session, actor: Actor, deal_id: int) -> Deal:
    deal = load_working_deal(session, actor, deal_id)
    session.execute(sa.select(Deal.id).where(Deal.id == deal.id).with_for_update())
    return deal


def _standing(session: Session, deal: Deal) -> Confidentiality | None:
    query = sa.select(Confidentiality).where(
        Confidentiality.deal_id == deal.id, Confidentiality.state != ConfidentialityState.DROPPED
    )
    return session.scalars(query.order_by(Confidentiality.id.desc()).limit(1)).first()


def _past_day(text: str, field: str) -> date:
    day = _day(text, field)
    if day is None or day > today():
        raise Invalid(N_("请填写今天或以前的日期。"), {field: N_("请填写今天或以前的日期。")})
    return day


def _day(text: str, field: str) -> date | None:
    try:
        return read_day(text)
    except Unreadable as error:
        raise Invalid(error.sentence, {field: error.sentence}) from error
