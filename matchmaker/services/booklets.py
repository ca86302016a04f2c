"""Booklets of needs or achievements (汇编): which listings, in which edition, and what of each may be printed.

The public edition holds what a visitor of the site reads, but for listings of those whom its maker is kept apart from;
the internal one what its maker reads, and each listing in it counts as read by him.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.domain import codes
from matchmaker.domain.campaigns import Campaign, CampaignEntry, EntryState
from matchmaker.domain.days import CITY_ZONE, today
from matchmaker.domain.errors import Forbidden, Invalid
from matchmaker.domain.fields import FieldType
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingKind, ListingState, Revision, Visibility
from matchmaker.domain.people import Organization, OrganizationKind
from matchmaker.domain.permissions import Actor, can_read_listing
from matchmaker.services.documents import Booklet, BookletEntry, Chapter, IndicatorLine, Section
from matchmaker.services.documents.wording import day_in_words, value_in_words
from matchmaker.services.listing_views import IndicatorView, ListingView
from matchmaker.services.projection import project
from matchmaker.services.readable import readable

MOST_ENTRIES = 600
WATERMARK = N_("内部资料")
TITLES = {ListingKind.NEED: N_("技术需求汇编"), ListingKind.ACHIEVEMENT: N_("科技成果汇编")}
NO_FIELD = N_("其他领域")
# Said elsewhere in an entry, or as its chapter.
_LEFT_OUT = frozenset({"title", "abstract", "visibility", "keywords", "region", "field", "indicators", "valid_until"})


class Edition(StrEnum):
    """Who a booklet is for."""

    PUBLIC = "public"
    INTERNAL = "internal"


EDITION_NAMES = {Edition.PUBLIC: N_("公开版"), Edition.INTERNAL: N_("内部版")}


@dataclass(frozen=True, slots=True)
class Selection:
    """Which published listings: those of a campaign that were not left out, or of a field and a time of publishing."""

    kind: str = ListingKind.NEED
    campaign: Campaign | None = None
    field: str | None = None
    since: date | None = None
    until: date | None = None


def editions(actor: Actor) -> tuple[Edition, ...]:
    """Return the editions that the actor may have."""
    if actor.reads_all:
        return (Edition.PUBLIC, Edition.INTERNAL)
    return (Edition.PUBLIC,) if actor.signed_in else ()


def count_booklet(session: Session, actor: Actor, selection: Selection, edition: str) -> int:
    """Return how many listings a booklet would hold."""
    reader = _reader(actor, edition)
    query = _query(selection, reader).with_only_columns(sa.func.count(), maintain_column_froms=True)
    return session.scalar(query.order_by(None)) or 0


def make_booklet(session: Session, actor: Actor, selection: Selection, edition: str, city: str) -> Booklet:
    """Return the booklet's text; an internal one counts as a reading of every listing in it (see readings.py).

    Raises:
        Forbidden: the edition is not for the actor.
        Invalid: nothing is in it, or more than MOST_ENTRIES.
    """
    reader = _reader(actor, edition)
    listings = [row for row in session.scalars(_loaded(_query(selection, reader))) if can_read_listing(reader, row)]
    if not listings:
        raise Invalid(N_("没有符合条件的已发布内容，请换一个范围。"))
    if len(listings) > MOST_ENTRIES:
        raise Invalid(N_("最多 %(most)d 项，现在有 %(count)d 项，请缩小范围。"), most=MOST_ENTRIES, count=len(listings))
    views = sorted((project(listing, reader) for listing in listings), key=_order)
    return Booklet(
        title=TITLES[ListingKind(selection.kind)],
        subtitle=_subtitle(selection),
        office=office_name(session, city),
        day=day_in_words(today()),
        note=_note(selection, edition, len(views)),
        chapters=_chapters(views),
        watermark=WATERMARK if edition == Edition.INTERNAL else "",
    )


def _reader(actor: Actor, edition: str) -> Actor:
    """Return through whose eyes an edition is written."""
    if edition not in editions(actor):
        raise Forbidden(N_("这个版本不对您当前的身份开放。"))
    return actor if edition == Edition.INTERNAL else replace(Actor.anonymous(), avoided=actor.avoided)


def _query(selection: Selection, reader: Actor) -> sa.Select[Listing]:
    query = (
        sa.select(Listing)
        .join(Revision, Revision.id == Listing.published_revision_id)
        .where(Listing.state == ListingState.PUBLISHED, Listing.kind == selection.kind, readable(reader))
        .order_by(Listing.id)
    )
    if selection.campaign is not None:
        query = query.join(CampaignEntry, CampaignEntry.listing_id == Listing.id).where(
            CampaignEntry.campaign_id == selection.campaign.id, CampaignEntry.state != EntryState.SCREENED_OUT
        )
    if selection.field is not None:
        query = query.where(Revision.field == selection.field)
    if selection.since is not None:
        query = query.where(Listing.published_at >= _midnight(selection.since))
    if selection.until is not None:
        query = query.where(Listing.published_at < _midnight(selection.until + timedelta(days=1)))
    return query


def _loaded(query: sa.Select[Listing]) -> sa.Select[Listing]:
    return query.options(
        joinedload(Listing.organization),
        joinedload(Listing.published_revision).selectinload(Revision.indicators),
        selectinload(Listing.working_revision),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CITY_ZONE)


def _order(view: ListingView) -> tuple[int, int, int]:
    return _place("contract_fields", view.field), _place("regions", view.region), view.id


def _place(table: str, code: str | None) -> int:
    rows = codes.table(table).codes
    return next((place for place, row in enumerate(rows) if row.code == code), len(rows))


def _chapters(views: Sequence[ListingView]) -> tuple[Chapter, ...]:
    chapters: dict[str | None, list[BookletEntry]] = {}
    for number, view in enumerate(views, start=1):
        chapters.setdefault(view.field, []).append(_entry(f"{number:03}", view))
    names = codes.table("contract_fields")
    return tuple(Chapter(names.name(code) or NO_FIELD, tuple(entries)) for code, entries in chapters.items())


def _entry(number: str, view: ListingView) -> BookletEntry:
    shown = [field for field in view.fields if field.spec.name not in _LEFT_OUT]
    return BookletEntry(
        number=number,
        title=view.title,
        poster=view.organization_name,
        region=codes.table("regions").name(view.region) or "—",
        abstract=view.abstract,
        facts=tuple(
            (field.spec.label, value_in_words(field.spec, field.value))
            for field in shown
            if field.spec.type is not FieldType.PROSE
        ),
        sections=tuple(Section(field.spec.label, field.value) for field in shown if field.spec.type is FieldType.PROSE),
        indicators=tuple(IndicatorLine(row.name, _requirement(row), row.unit or "") for row in view.indicators),
        keywords=view.keywords,
        marks=_marks(view),
    )


def _requirement(row: IndicatorView) -> str:
    if row.comparator == "between":
        return f"{row.value} – {row.upper or ''}"
    sign = "" if row.comparator == "text" else f"{codes.table('comparators').name(row.comparator)} "
    return f"{sign}{row.value}"


def _marks(view: ListingView) -> tuple[str, ...]:
    # Whoever holds an internal booklet must see what of it may not be passed on.
    if view.visibility == Visibility.PUBLIC or view.organization_id is None:
        return ()
    return (N_("公开范围：%(name)s。请勿对外传播。") % {"name": codes.table("visibilities").name(view.visibility)},)


def _subtitle(selection: Selection) -> str:
    if selection.campaign is not None:
        return selection.campaign.title
    parts = [codes.table("contract_fields").name(selection.field)] if selection.field else []
    if selection.since or selection.until:
        parts.append(f"{selection.since or ''} — {selection.until or today()}")
    return " · ".join(parts) or N_("全部领域")


def _note(selection: Selection, edition: str, count: int) -> str:
    kind = N_("技术需求") if selection.kind == ListingKind.NEED else N_("科技成果")
    lines = [
        N_("本汇编收录已经审核发布的%(kind)s %(count)d 项，按技术领域、所在地区排列，统一编号，书末附分领域索引。")
        % {"kind": kind, "count": count}
    ]
    if edition == Edition.PUBLIC:
        lines.append(
            N_("匿名发布的内容只收录公开摘要，不显示单位名称。需要进一步了解或对接的，请通过平台或技术经纪人联系。")
        )
    else:
        lines.append(
            N_("内部版含有发布单位未向社会公开的信息，仅供技术经纪人和科技主管部门开展对接使用，不得复制外传。")
        )
    return "\n".join(lines)


def office_name(session: Session, city: str) -> str:
    """Return who signs what is printed: the bureau, or the platform where there is none."""
    bureau = sa.select(Organization.name).where(
        Organization.kind == OrganizationKind.BUREAU, Organization.suspended_at.is_(None)
    )
    name = session.scalar(bureau.order_by(Organization.id).limit(1))
    return name or N_("%(city)s科技成果供需对接平台") % {"city": city}
