"""Mails about a listing's way through confirmation and review, written to the outbox in the same transaction."""

from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, Revision
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor
from matchmaker.services.mails import enqueue
from matchmaker.services.ownership import members

CLOSING = N_("请登录平台，在“我的发布”中查看。")


def ask_for_confirmation(session: Session, actor: Actor, listing: Listing, revision: Revision) -> None:
    """Ask the client's members to confirm what a broker wrote for them."""
    subject = N_("请确认：%(broker)s 代贵单位拟写了《%(title)s》") % {"broker": actor.name, "title": revision.title}
    text = N_("%(organization)s 的技术经纪人 %(broker)s 代贵单位拟写了一条内容。确认后才会提交审核，也可退回修改。")
    body = text % {"organization": actor.organization_name, "broker": actor.name}
    for member in members(session, listing.organization_id):
        _send(session, member, subject, body)


def tell_confirmed(session: Session, actor: Actor, listing: Listing, revision: Revision) -> None:
    """Tell the broker that the client agreed."""
    subject = N_("客户已确认《%(title)s》") % {"title": revision.title}
    body = N_("%(name)s 已确认，内容已提交审核。") % {"name": actor.name}
    _send(session, listing.broker, subject, body)


def tell_sent_back(session: Session, listing: Listing, revision: Revision, note: str) -> None:
    """Tell the broker what the client wants changed."""
    _send(session, listing.broker, N_("客户退回了《%(title)s》") % {"title": revision.title}, note)


def tell_published(session: Session, listing: Listing, revision: Revision) -> None:
    """Tell owner and broker that the listing can be seen now."""
    subject = N_("已发布：《%(title)s》") % {"title": revision.title}
    body = N_("审核已通过，内容已经发布并开始匹配。")
    for person in _posters(listing):
        _send(session, person, subject, body)


def tell_returned(session: Session, listing: Listing, revision: Revision) -> None:
    """Tell owner and broker why the listing was returned."""
    subject = N_("退回修改：《%(title)s》") % {"title": revision.title}
    names = [codes.table("return_reasons").name(reason) for reason in revision.advice_reasons]
    body = N_("退回原因：%(reasons)s") % {"reasons": "、".join(names)} + f"\n\n{revision.advice}"
    for person in _posters(listing):
        _send(session, person, subject, body)


def tell_closed(session: Session, listing: Listing) -> None:
    """Tell owner and broker that somebody else ended the listing: the bureau, or its last valid day."""
    subject = N_("已结束：《%(title)s》") % {"title": listing.current.title}
    reason = codes.table("close_reasons").name(listing.close_reason)
    body = N_("结束原因：%(reason)s") % {"reason": reason} + (f"\n\n{listing.close_note}" if listing.close_note else "")
    for person in _posters(listing):
        _send(session, person, subject, body)


def _posters(listing: Listing) -> list[User | None]:
    return [listing.owner, listing.broker]


def _send(session: Session, person: User | None, subject: str, body: str) -> None:
    if person is not None and person.deleted_at is None and person.disabled_at is None:
        enqueue(session, person, subject, f"{body}\n\n{CLOSING}")
