"""What people are told of a listing's way through confirmation and review, in the same transaction."""

from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.language import N_, Sentence, listed
from matchmaker.domain.listings import Listing, Revision
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor
from matchmaker.services.notices import tell
from matchmaker.services.ownership import members
from matchmaker.services.webhooks import announce, announce_listing


def ask_for_confirmation(session: Session, actor: Actor, listing: Listing, revision: Revision) -> None:
    """Ask the client's members to confirm what a broker wrote for them."""
    title = Sentence(N_("请确认：%(broker)s 代贵单位拟写了《%(title)s》"), broker=actor.name, title=revision.title)
    body = Sentence(
        N_("%(organization)s 的技术经纪人 %(broker)s 代贵单位拟写了一条内容。确认后才会提交审核，也可退回修改。"),
        organization=actor.organization_name,
        broker=actor.name,
    )
    for member in members(session, listing.organization_id):
        _tell(session, member, listing, NoticeTopic.LISTING, title, body)
    announce(session, listing.organization_id, topic=NoticeTopic.LISTING, title=title, body=body, path=_path(listing))


def tell_confirmed(session: Session, actor: Actor, listing: Listing, revision: Revision) -> None:
    """Tell the broker that the client agreed."""
    title = Sentence(N_("客户已确认《%(title)s》"), title=revision.title)
    body = Sentence(N_("%(name)s 已确认，内容已提交审核。"), name=actor.name)
    _tell(session, listing.broker, listing, NoticeTopic.LISTING, title, body)


def tell_sent_back(session: Session, listing: Listing, revision: Revision, note: str) -> None:
    """Tell the broker what the client wants changed."""
    title = Sentence(N_("客户退回了《%(title)s》"), title=revision.title)
    _tell(session, listing.broker, listing, NoticeTopic.LISTING, title, note)


def tell_published(session: Session, listing: Listing, revision: Revision) -> None:
    """Tell owner and broker that the listing can be seen now."""
    title = Sentence(N_("已发布：《%(title)s》"), title=revision.title)
    body = Sentence(N_("审核已通过，内容已经发布并开始匹配。"))
    _tell_posters(session, listing, NoticeTopic.REVIEW, title, body)


def tell_returned(session: Session, listing: Listing, revision: Revision) -> None:
    """Tell owner and broker why the listing was returned."""
    title = Sentence(N_("退回修改：《%(title)s》"), title=revision.title)
    names = [codes.table("return_reasons").name(reason) for reason in revision.advice_reasons]
    body = Sentence(N_("退回原因：%(reasons)s\n\n%(advice)s"), reasons=listed(names), advice=revision.advice or "")
    _tell_posters(session, listing, NoticeTopic.REVIEW, title, body)


def tell_closed(session: Session, listing: Listing) -> None:
    """Tell owner and broker that the bureau took the listing down."""
    title = Sentence(N_("已结束：《%(title)s》"), title=listing.current.title)
    reason = codes.table("close_reasons").name(listing.close_reason)
    body = Sentence(N_("结束原因：%(reason)s\n\n%(note)s"), reason=reason, note=listing.close_note or "")
    _tell_posters(session, listing, NoticeTopic.LISTING, title, body)


def _tell_posters(session: Session, listing: Listing, topic: NoticeTopic, title: str, body: str) -> None:
    for person in (listing.owner, listing.broker):
        _tell(session, person, listing, topic, title, body)
    announce_listing(session, listing, topic=topic, title=title, body=body, path=_path(listing))


def _tell(session: Session, person: User | None, listing: Listing, topic: NoticeTopic, title: str, body: str) -> None:
    tell(session, person, topic=topic, title=title, body=body, path=_path(listing))


def _path(listing: Listing) -> str:
    return f"/{listing.kind}s/{listing.id}"
