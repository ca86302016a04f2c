"""What a list of deals, the board and the calendar are narrowed to, and which deals a viewer may see at all."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from matchmaker.domain.days import today
from matchmaker.domain.deals import OPEN_STATES, STANDING_STATES, Deal, DealSource, DealState
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, Revision
from matchmaker.domain.matches import Match
from matchmaker.domain.people import Organization, OrganizationKind, Role
from matchmaker.domain.permissions import Actor

TEXT_MOST = 60
SOON = timedelta(days=7)


class Show(StrEnum):
    """What a list may be narrowed to beside one state."""

    OPEN = "open"
    OVERDUE = "overdue"
    SOON = "soon"
    UNOWNED = "unowned"
    ALL = "all"


class Sort(StrEnum):
    """The order of a list."""

    URGENT = "urgent"
    NEWEST = "newest"
    CHANGED = "changed"
    VALUE = "value"


SHOW_NAMES: dict[str, str] = {
    Show.OPEN: N_("进行中"),
    Show.OVERDUE: N_("下一步已过期"),
    Show.SOON: N_("七天内到期"),
    Show.UNOWNED: N_("等待负责人"),
    Show.ALL: N_("全部"),
}
SORT_NAMES: dict[str, str] = {
    Sort.URGENT: N_("最急的在前"),
    Sort.NEWEST: N_("最新建立的在前"),
    Sort.CHANGED: N_("最近更新的在前"),
    Sort.VALUE: N_("预期金额大的在前"),
}


@dataclass(frozen=True, slots=True)
class DealFilter:
    """What deals are narrowed to; empty for everything. A branch may be chosen by the bureau only."""

    owner_id: int | None = None
    branch_id: int | None = None
    field: str = ""
    text: str = ""
    mine: bool = False


def seen(actor: Actor) -> sa.ColumnElement[bool]:
    """The deals that the actor may see: the twin in SQL of `can_see_deal`."""
    if actor.is_system or actor.role is Role.ADMIN:
        return sa.true()
    own = Deal.one_organization_id == actor.organization_id, Deal.other_organization_id == actor.organization_id
    if actor.role is Role.BUREAU:
        if actor.organization_kind != OrganizationKind.BRANCH:
            return sa.true()
        ours = sa.select(Organization.id).where(Organization.branch_id == actor.organization_id)
        return sa.or_(Deal.one_organization_id.in_(ours), Deal.other_organization_id.in_(ours), *own)
    if actor.role is Role.BROKER:
        return sa.or_(Deal.owner_id == actor.user_id, *own)
    return sa.or_(*own) if actor.role is not None else sa.false()


def narrowed(shown: str) -> sa.ColumnElement[bool]:
    """The condition of a state or of a `Show`."""
    is_open = Deal.state.in_(OPEN_STATES)
    match shown:
        case Show.OPEN:
            return is_open
        case Show.OVERDUE:
            return sa.and_(is_open, Deal.next_step_on < today())
        case Show.SOON:
            return sa.and_(is_open, Deal.next_step_on >= today(), Deal.next_step_on <= today() + SOON)
        case Show.UNOWNED:
            return sa.and_(Deal.state.in_(STANDING_STATES), Deal.owner_id.is_(None))
        case Show.ALL:
            return sa.true()
        case _:
            return Deal.state == shown


def filtered(actor: Actor, chosen: DealFilter) -> sa.ColumnElement[bool]:
    """The condition of a filter, for a viewer: it finds nothing by what he may not read."""
    conditions: list[sa.ColumnElement[bool]] = [seen(actor)]
    if chosen.owner_id is not None:
        conditions.append(Deal.owner_id == chosen.owner_id)
    if chosen.mine:
        conditions.append(sa.or_(Deal.owner_id == actor.user_id, Deal.doer_id == actor.user_id))
    if chosen.branch_id is not None and actor.role in {Role.BUREAU, Role.ADMIN}:
        theirs = sa.select(Organization.id).where(Organization.branch_id == chosen.branch_id)
        conditions.append(sa.or_(Deal.one_organization_id.in_(theirs), Deal.other_organization_id.in_(theirs)))
    if chosen.field:
        conditions.append(Deal.field == chosen.field)
    if text := chosen.text.strip()[:TEXT_MOST]:
        conditions.append(_holds(actor, text))
    return sa.and_(*conditions)


def ordered(sort: str) -> tuple[sa.ColumnElement[Any], ...]:
    """Return the order of a list; what is over comes last in the most urgent first."""
    match sort:
        case Sort.NEWEST:
            return (Deal.id.desc(),)
        case Sort.CHANGED:
            return Deal.changed_at.desc(), Deal.id.desc()
        case Sort.VALUE:
            return Deal.value_expected.desc().nulls_last(), Deal.id.desc()
        case _:
            rank = sa.case((Deal.state.in_(OPEN_STATES), 0), (Deal.state == DealState.SLEEPING, 1), else_=2)
            day = sa.case((Deal.state == DealState.SLEEPING, Deal.wakes_on), else_=Deal.next_step_on)
            return rank, day.asc().nulls_last(), Deal.id.desc()


def _holds(actor: Actor, text: str) -> sa.ColumnElement[bool]:
    """A side finds by its own words and by the names that it knows: the other side of a pair may be anonymous."""
    named = sa.select(Organization.id).where(Organization.name.contains(text, autoescape=True))
    by_name = sa.or_(Deal.one_organization_id.in_(named), Deal.other_organization_id.in_(named))
    own_words = sa.or_(Deal.title.contains(text, autoescape=True), Deal.next_step.contains(text, autoescape=True))
    if actor.role in {Role.ENTERPRISE, Role.UNIVERSITY}:
        known = sa.or_(Deal.appointment_id.is_not(None), Deal.match_id.is_(None))
        return sa.or_(own_words, sa.and_(known, by_name))
    titled = (
        sa.select(Match.id)
        .join(Listing, Listing.id.in_((Match.need_id, Match.achievement_id)))
        .join(Revision, Revision.id == Listing.published_revision_id)
        .where(Revision.title.contains(text, autoescape=True))
    )
    return sa.or_(own_words, by_name, Deal.match_id.in_(titled))


def are_acquainted(deal: Deal) -> bool:
    """Whether both sides of a deal know each other: they have met, or no pair of listings stands between them."""
    return deal.appointment_id is not None or deal.match_id is None or deal.source == DealSource.HAND
