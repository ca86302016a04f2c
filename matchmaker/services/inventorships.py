"""Which achievements an inventor has: named by his office, and told to everybody where both are public."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import Forbidden, Invalid
from matchmaker.domain.inventors import Inventor, Inventorship
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingKind, Visibility, on_market
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor, can_edit_listing, can_manage_inventors
from matchmaker.services.inventors import InventorView, kept, require_keeper, view

MOST_OF_A_LISTING = 30


@dataclass(frozen=True, slots=True)
class PublicInventor:
    """What everybody sees of an inventor who agreed and whom the office shows; `achievements` are public ones."""

    name: str
    title: str | None
    sub_unit: str | None
    fields: tuple[str, ...]
    research: str | None
    achievements: tuple[tuple[int, str], ...]


def name_inventors(session: Session, actor: Actor, listing: Listing, inventor_ids: Iterable[int]) -> None:
    """Say who invented an achievement.

    Raises:
        Forbidden: the actor may not edit the listing, or is no member of its organization.
        Invalid: one of them is none of the organization's, or there are too many.
    """
    if not can_edit_listing(actor, listing):
        raise Forbidden(N_("只有发布单位的成员可以这样做。"))
    require_keeper(actor, listing.organization)
    wanted = set(inventor_ids)
    if len(wanted) > MOST_OF_A_LISTING:
        raise Invalid(N_("一项成果最多 %(most)d 位发明人。"), most=MOST_OF_A_LISTING)
    known = set(session.scalars(sa.select(Inventor.id).where(*kept(listing.organization_id), Inventor.id.in_(wanted))))
    if listing.kind != ListingKind.ACHIEVEMENT or known != wanted:
        raise Invalid(N_("发明人必须是本单位登记的人员。"), {"inventor_ids": N_("请从列表中选择。")})
    now = {row.inventor_id: row for row in session.scalars(_works_of(listing.id))}
    for gone in now.keys() - wanted:
        session.delete(now[gone])
    session.add_all(Inventorship(listing_id=listing.id, inventor_id=new) for new in sorted(wanted - now.keys()))
    session.flush()
    if wanted != now.keys():
        record(session, actor, "name_inventors", "listing", listing.id, inventor_ids=sorted(wanted))


def inventors_of(session: Session, actor: Actor, listing: Listing) -> tuple[InventorView, ...]:
    """Return the inventors of an achievement, to its own office; nothing to anybody else."""
    if not can_manage_inventors(actor, listing.organization):
        return ()
    query = sa.select(Inventor).join(Inventorship).where(Inventorship.listing_id == listing.id)
    rows = session.scalars(query.options(joinedload(Inventor.sub_unit)).order_by(Inventorship.id)).all()
    return tuple(view(row) for row in rows)


def public_inventors(session: Session, organization: Organization) -> tuple[PublicInventor, ...]:
    """Return those inventors whom everybody may see: they agreed, and their office shows them.

    Of their achievements only those that are public under the organization's name are told.
    """
    shown = Inventor.is_public, Inventor.consented_on.is_not(None)
    query = sa.select(Inventor).where(*kept(organization.id), *shown).options(joinedload(Inventor.sub_unit))
    rows = session.scalars(query.order_by(Inventor.name, Inventor.id)).all()
    works = _public_works(session, [row.id for row in rows])
    return tuple(
        PublicInventor(
            row.name,
            row.title,
            row.sub_unit.name if row.sub_unit else None,
            tuple(row.fields),
            row.research,
            tuple(works.get(row.id, ())),
        )
        for row in rows
    )


def _works_of(listing_id: int) -> sa.Select[Inventorship]:
    return sa.select(Inventorship).where(Inventorship.listing_id == listing_id)


def _public_works(session: Session, inventor_ids: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    query = (
        sa.select(Inventorship.inventor_id, Listing)
        .join(Listing, Listing.id == Inventorship.listing_id)
        .where(Inventorship.inventor_id.in_(inventor_ids), on_market(), Listing.visibility == Visibility.PUBLIC)
        .options(joinedload(Listing.published_revision))
        .order_by(Listing.published_at.desc(), Listing.id.desc())
    )
    works: dict[int, list[tuple[int, str]]] = {}
    for inventor_id, listing in session.execute(query):
        works.setdefault(inventor_id, []).append((listing.id, listing.current.title))
    return works
