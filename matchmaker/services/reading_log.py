"""The owner's page of a listing: what was opened to whom, and who read what is not open to all."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload

from matchmaker.domain.disclosures import Disclosure, Reading, Way
from matchmaker.domain.errors import Forbidden
from matchmaker.domain.fields import Layer
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Attachment, Listing, ListingKind, Visibility
from matchmaker.domain.matches import Match
from matchmaker.domain.permissions import Actor, can_edit_listing
from matchmaker.services.projection import ANONYMOUS_NAMES

PAGE = 30

LAYER_NAMES = {
    Layer.ABSTRACT: N_("名称和公开摘要"),
    Layer.MATCHED: N_("双方感兴趣后可见的内容"),
    Layer.CONFIDENTIAL: N_("签署保密协议后可见的内容"),
    Layer.INSIDE: N_("全部内容"),
}


@dataclass(frozen=True, slots=True)
class OpeningView:
    """One layer opened to one organization; `ended_at` is None while it stands."""

    organization_name: str
    layer: str
    match_id: int
    opened_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReadingView:
    """One person's readings in one way on one day; `person` is empty where the owner does not know who it was."""

    organization_name: str
    person: str
    layer: str
    way: str
    file_name: str
    times: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class ReadingLog:
    """One page of readings, the latest first, with all openings; `organizations` and `people` over all pages."""

    openings: tuple[OpeningView, ...]
    readings: tuple[ReadingView, ...]
    organizations: int
    people: int
    total: int
    number: int

    @property
    def pages(self) -> int:
        """Number of pages, at least 1."""
        return max(1, -(-self.total // PAGE))


def reading_log(session: Session, actor: Actor, listing: Listing, page: int = 1) -> ReadingLog:
    """Return who was shown what of `listing`.

    Raises:
        Forbidden: the actor did not post it.
    """
    if not can_edit_listing(actor, listing):
        raise Forbidden(N_("只有发布单位可以查看谁看过。"))
    counted = sa.select(
        sa.func.count(),
        sa.func.count(sa.distinct(Reading.organization_id)),
        sa.func.count(sa.distinct(Reading.user_id)),
    ).where(Reading.listing_id == listing.id)
    total, organizations, people = session.execute(counted).one()
    page = min(max(1, page), max(1, -(-total // PAGE)))
    disclosures = _disclosures(session, listing)
    named = {row.organization_id for row in disclosures if row.layer != Layer.ABSTRACT}
    named |= {row.organization_id for row in disclosures if _shows_its_name(row, listing)}
    return ReadingLog(
        openings=tuple(_opening(row, named) for row in disclosures),
        readings=tuple(_reading(row, file, named, listing) for row, file in _readings(session, listing, page)),
        organizations=organizations,
        people=people,
        total=total,
        number=page,
    )


def _disclosures(session: Session, listing: Listing) -> list[Disclosure]:
    need, achievement = (joinedload(Disclosure.match).joinedload(side) for side in (Match.need, Match.achievement))
    rows = sa.select(Disclosure).where(Disclosure.listing_id == listing.id).order_by(Disclosure.id.desc())
    return list(session.scalars(rows.options(joinedload(Disclosure.organization), need, achievement)).unique())


def _readings(session: Session, listing: Listing, page: int) -> list[tuple[Reading, str | None]]:
    file = aliased(Attachment)
    query = (
        sa.select(Reading, file.name)
        .outerjoin(file, file.id == Reading.attachment_id)
        .where(Reading.listing_id == listing.id)
        .options(joinedload(Reading.user), joinedload(Reading.organization))
        .order_by(Reading.last_at.desc(), Reading.id.desc())
    )
    rows = session.execute(query.limit(PAGE).offset((page - 1) * PAGE))
    return [(row[0], row[1]) for row in rows]


def _shows_its_name(row: Disclosure, listing: Listing) -> bool:
    """Whether the other side of the pair has posted under its own name."""
    other = row.match.achievement if row.match.need_id == listing.id else row.match.need
    return other.visibility == Visibility.PUBLIC


def _opening(row: Disclosure, named: set[int]) -> OpeningView:
    other = ListingKind.ACHIEVEMENT if row.listing_id == row.match.need_id else ListingKind.NEED
    name = row.organization.name if row.organization_id in named else ANONYMOUS_NAMES[other]
    return OpeningView(name, row.layer, row.match_id, row.opened_at, row.ended_at)


def _reading(row: Reading, file: str | None, named: set[int], listing: Listing) -> ReadingView:
    if row.way == Way.SCREENING:
        # An expert judges freely only where the owner never learns who he is; that he has read it is told.
        return _reading_view(row, file, N_("评审专家（身份保密）"), "")
    # A party that has read only the abstract may itself be anonymous so far; brokers and the bureau never are.
    is_known = row.layer != Layer.ABSTRACT or row.organization_id in named
    other = ListingKind(listing.kind).other
    name = row.organization.name if is_known else ANONYMOUS_NAMES[other]
    return _reading_view(row, file, name, row.user.name if is_known else "")


def _reading_view(row: Reading, file: str | None, organization_name: str, person: str) -> ReadingView:
    return ReadingView(
        organization_name=organization_name,
        person=person,
        layer=row.layer,
        way=row.way,
        file_name=file or "",
        times=row.times,
        first_at=row.first_at,
        last_at=row.last_at,
    )
