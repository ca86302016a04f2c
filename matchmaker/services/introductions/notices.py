"""Who is told that an introduction is disputed: the brokers whose work it is, and the office that hears both."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.deals import Deal
from matchmaker.domain.introductions import Introduction
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.people import Membership, MembershipState, Role, User
from matchmaker.domain.permissions import Actor
from matchmaker.services.notices import tell
from matchmaker.services.organization_notices import bureau_staff
from matchmaker.services.ownership import members


def tell_disputed(session: Session, actor: Actor, deal: Deal) -> None:
    """Tell the deal's broker, every broker on record as its introducer, the bureau and the branches of its sides.

    Who has disputed it stays on the page, which names no person of one side to the other. A broker who has handed the
    deal on reads of it on his own record.
    """
    title = Sentence(N_("跟进项目 %(deal)s 的促成记录有异议"), deal=deal.id)
    body = Sentence(N_("请看过异议的理由；促成记录只能补充，不能改写。"))
    page = f"/deals/{deal.id}#introductions"
    office = [*bureau_staff(session), *(one for branch in sorted(deal.branch_ids) for one in members(session, branch))]
    paths = dict.fromkeys(_introducers(session, deal), "/my-record")
    paths |= dict.fromkeys(([deal.owner] if deal.owner is not None else []) + office, page)
    for person, path in paths.items():
        if person.id != actor.user_id:
            tell(session, person, topic=NoticeTopic.DEAL, title=title, body=body, path=path)


def _introducers(session: Session, deal: Deal) -> list[User]:
    """Return the brokers who are on record as introducers of a deal and can still log in."""
    named = sa.select(Introduction.introducer_id).where(Introduction.deal_id == deal.id)
    works = Membership.role == Role.BROKER, Membership.state == MembershipState.ACTIVE
    query = sa.select(User).join(Membership, Membership.user_id == User.id).where(User.id.in_(named), *works)
    return list(session.scalars(query.where(User.disabled_at.is_(None)).order_by(User.id)).unique())
