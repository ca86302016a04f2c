"""What a deal is about, as a key of which there is one at a time."""

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matchmaker.domain.deals import Deal
from matchmaker.domain.errors import Conflict
from matchmaker.domain.language import N_


def claim_key(session: Session, deal: Deal) -> None:
    """Give a deal, new or taken up again, its place.

    Raises:
        Conflict: another one about the same stands.
    """
    key = deal.subject_key
    try:
        with session.begin_nested():
            deal.open_key = key
            session.add(deal)
            session.flush()
    except IntegrityError:
        standing = session.scalars(sa.select(Deal).where(Deal.open_key == key)).one_or_none()
        owner = standing.owner if standing is not None else None
        if owner is None:
            raise Conflict(N_("这一对已经有一个进行中的跟进项目，请在原来的项目中继续。")) from None
        raise Conflict(
            N_("这一对已经有一个进行中的跟进项目，由 %(name)s 负责，请在原来的项目中继续。"), name=owner.name
        ) from None


def rename_keys(session: Session, organization_id: int) -> None:
    """Name the open deals of an organization anew after another one was merged into it.

    Where both had one with the same third, the older keeps the name and the other its own: both go on.
    """
    sides = (Deal.one_organization_id == organization_id) | (Deal.other_organization_id == organization_id)
    rows = session.scalars(sa.select(Deal).where(sides, Deal.open_key.is_not(None)).order_by(Deal.id)).all()
    taken = set(session.scalars(sa.select(Deal.open_key).where(Deal.open_key.is_not(None))))
    for deal in rows:
        if deal.open_key != deal.subject_key and deal.subject_key not in taken:
            deal.open_key = deal.subject_key
            taken.add(deal.subject_key)
    session.flush()
