"""A roadshow's line-up, proposed by the demand of those who come: a job of the worker, for the solver takes seconds.

The audience is who is registered or invited; where nobody is yet, who needs something of the event's fields. What an
organization's needs find in an achievement is the strength of their best stored match. What stands on the programme
already stays; what may not stand there, because it is for brokers only, is not proposed.
"""

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.event_invitations import EventInvitation, InvitationState
from matchmaker.domain.events import Event, EventKind
from matchmaker.domain.jobs import Job, JobKind
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, Revision, Visibility, on_market
from matchmaker.domain.matches import Match
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor, can_run_event
from matchmaker.domain.pitches import Pitch, PitchState
from matchmaker.domain.registrations import Registration
from matchmaker.services.events.audience import STANDING
from matchmaker.services.events.loading import load_run_event, require_runner
from matchmaker.services.job_runner import WAITING, JobContext, Steps
from matchmaker.services.jobs import order
from matchmaker.services.keeping_apart import kept_apart_pairs
from matchmaker.services.listing_views import ListingView
from matchmaker.services.projection import project
from matchmaker.timetable.lineup import Demand, ImpossibleLineUp, LineUp, choose_line_up

PLACES, PLACES_MOST = 8, 40
PER_OWNER, PER_OWNER_MOST = 2, 10
CHOSEN_MOST = 100
LEAST_GRADE = 1
SECONDS = 8.0
PATIENCE_SECONDS = 0.1
GUESTS, FIELD = "guests", "field"
IMPOSSIBLE = N_("必选的项目超出了名额或每家单位的上限，或者既必选又不选。请减少必选，或放宽上限。")
NOBODY = N_("还没有人报名或受邀，活动领域里也没有已发布的需求，无法推算受众的需求。请先邀请或选择领域。")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a line-up is to keep to: places in all, at most so many of one owner, and listings by hand."""

    places: int = PLACES
    per_owner: int = PER_OWNER
    must: tuple[int, ...] = ()
    never: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Gain:
    """What an achievement adds for one organization, in parts of a match that fits for certain."""

    name: str
    added: float


@dataclass(frozen=True, slots=True)
class PickView:
    """An achievement of the line-up: what it `adds` to those before it, and for whom, most first."""

    listing: ListingView
    adds: float
    gains: tuple[Gain, ...]
    stands: bool


@dataclass(frozen=True, slots=True)
class LineUpView:
    """A proposal: of the demand of `audience` organizations `demanded` could be met at most by all that is published,
    `total` is by these picks, and no choice as long as this meets more than `bound`. `source`: GUESTS or FIELD.
    """

    picks: tuple[PickView, ...]
    total: float
    bound: float
    demanded: float
    audience: int
    source: str

    @property
    def share(self) -> float:
        """The part of what could be met that these picks meet."""
        return self.total / self.demanded if self.demanded else 0.0


def can_propose(actor: Actor, event: Event) -> bool:
    """Whoever runs a roadshow that is not over."""
    return can_run_event(actor, event) and event.kind == EventKind.ROADSHOW and not event.is_over


def order_line_up(session: Session, actor: Actor, event: Event, wanted: Wanted) -> Job:
    """Have a line-up proposed.

    Raises:
        Forbidden: the actor does not run the event.
        Conflict: it is no roadshow, or over.
        Invalid: by field; a number out of range, or a listing that is both chosen and ruled out.
    """
    require_runner(actor, event)
    if not can_propose(actor, event):
        raise Conflict(N_("只为还没有举办的路演推荐项目。"))
    errors = {}
    if not 1 <= wanted.places <= PLACES_MOST:
        errors["places"] = N_("请填写 1 到 40 之间的整数。")
    if not 1 <= wanted.per_owner <= PER_OWNER_MOST:
        errors["per_owner"] = N_("请填写 1 到 10 之间的整数。")
    if set(wanted.must) & set(wanted.never) or len(wanted.must) > wanted.places:
        errors["must"] = IMPOSSIBLE
    if max(len(wanted.must), len(wanted.never)) > CHOSEN_MOST:
        errors["must"] = N_("选择的项目过多。")
    if errors:
        raise Invalid(next(iter(errors.values())), errors)
    return order(
        session,
        actor,
        JobKind.PROPOSE_LINEUP,
        event_id=event.id,
        places=wanted.places,
        per_owner=wanted.per_owner,
        must=list(wanted.must),
        never=list(wanted.never),
    )


def last_line_up(session: Session, actor: Actor, event: Event) -> Job | None:
    """Return the proposal that the actor ordered last for an event, whatever became of it."""
    require_runner(actor, event)
    own = Job.kind == JobKind.PROPOSE_LINEUP, Job.user_id == actor.user_id
    of_event = Job.arguments["event_id"].as_integer() == event.id
    return session.scalars(sa.select(Job).where(*own, of_event).order_by(Job.id.desc()).limit(1)).first()


def propose_as_job(context: JobContext) -> Steps:
    """Choose in a thread of its own: the solver releases the interpreter, so mails and vectors go on meanwhile."""
    arguments = context.arguments
    with context.database.read() as session:
        event = load_run_event(session, context.actor, arguments["event_id"])
        demand, source = demand_of(session, context.actor, event, wanted_of(arguments))
    if not demand.strengths:
        raise Conflict(NOBODY)
    pool = ThreadPoolExecutor(1, "line-up")
    try:
        future = pool.submit(choose_line_up, demand, seconds=SECONDS)
        while wait([future], timeout=PATIENCE_SECONDS).not_done:
            yield WAITING
        chosen = future.result()
    except ImpossibleLineUp as error:
        raise Conflict(IMPOSSIBLE) from error
    finally:
        pool.shutdown(wait=False)
    with context.database.transaction() as session:
        context.advance(session, 1, 1, _packed(chosen, len(demand.strengths), source))
    yield


def wanted_of(arguments: Mapping[str, Any]) -> Wanted:
    """Return what a job was ordered with."""
    return Wanted(arguments["places"], arguments["per_owner"], tuple(arguments["must"]), tuple(arguments["never"]))


def demand_of(session: Session, actor: Actor, event: Event, wanted: Wanted) -> tuple[Demand, str]:
    """Return what a line-up is chosen from, and whether guests or the event's fields tell the audience."""
    guests = _guests(session, event)
    strengths, owners = _strengths(session, actor, event, guests)
    standing = _standing(session, event)
    must = {*standing, *(str(each) for each in wanted.must)} & owners.keys()
    others = len(standing - owners.keys())  # what nobody of the audience has a match with takes a place all the same
    return Demand(
        places=max(wanted.places - others, len(must)),
        strengths=strengths,
        owners=owners,
        per_owner=max(wanted.per_owner, _most_of_one(must, owners)),
        must=frozenset(must),
        never=frozenset(str(each) for each in wanted.never) - must,
    ), GUESTS if guests else FIELD


def view_line_up(session: Session, actor: Actor, event: Event, job: Job) -> LineUpView | None:
    """Return a finished proposal as the actor may see it, None where there is none (yet); in four queries.

    What has left the market since is left out.
    """
    result = job.result
    if not result:
        return None
    listings = _listings(session, actor, [pick["id"] for pick in result["picks"]])
    ids = {organization_id for pick in result["picks"] for organization_id, _added in pick["organizations"]}
    names = {
        row[0]: row[1]
        for row in session.execute(sa.select(Organization.id, Organization.name).where(Organization.id.in_(ids)))
    }
    standing = _standing(session, event)
    picks = tuple(
        PickView(
            listing=listings[pick["id"]],
            adds=pick["gain"],
            gains=tuple(Gain(names[key], added) for key, added in pick["organizations"] if key in names),
            stands=str(pick["id"]) in standing,
        )
        for pick in result["picks"]
        if pick["id"] in listings
    )
    figures = (result["total"], result["bound"], result["demanded"])
    return LineUpView(picks, *figures, audience=result["audience"], source=result["source"])


def chosen_by_hand(session: Session, actor: Actor, job: Job) -> tuple[tuple[ListingView, ...], tuple[ListingView, ...]]:
    """Return what a proposal had to show and what it could not, as chosen by hand."""
    wanted = wanted_of(job.arguments)
    listings = _listings(session, actor, [*wanted.must, *wanted.never])
    must, never = (tuple(listings[each] for each in ids if each in listings) for ids in (wanted.must, wanted.never))
    return must, never


def _guests(session: Session, event: Event) -> frozenset[int]:
    """Organizations that are registered, or invited and have not declined."""
    registered = sa.select(Registration.organization_id).where(
        Registration.event_id == event.id, Registration.state.in_(STANDING)
    )
    invited = sa.select(EventInvitation.organization_id).where(
        EventInvitation.event_id == event.id, EventInvitation.state != InvitationState.DECLINED
    )
    return frozenset(session.scalars(sa.union(registered, invited)))


def _strengths(
    session: Session, actor: Actor, event: Event, guests: Collection[int]
) -> tuple[dict[str, dict[str, float]], dict[str, str]]:
    """Return organization -> achievement -> its best match, and achievement -> owner; ids as text."""
    need, achievement = aliased(Listing), aliased(Listing)
    query = (
        sa.select(need.organization_id, achievement.id, achievement.organization_id, sa.func.max(Match.probability))
        .join(need, need.id == Match.need_id)
        .join(achievement, achievement.id == Match.achievement_id)
        .where(
            on_market(need),
            on_market(achievement),
            achievement.visibility != Visibility.BROKERS,
            Match.grade >= LEAST_GRADE,
            need.organization_id != achievement.organization_id,
            need.organization_id.not_in(list(actor.avoided)),
            achievement.organization_id.not_in(list(actor.avoided)),
        )
        .group_by(need.organization_id, achievement.id, achievement.organization_id)
    )
    if guests:
        query = query.where(need.organization_id.in_(guests))
    elif event.fields:
        revision = aliased(Revision)
        query = query.join(revision, revision.id == need.published_revision_id).where(revision.field.in_(event.fields))
    else:
        return {}, {}
    apart = kept_apart_pairs(session)
    strengths: dict[str, dict[str, float]] = {}
    owners: dict[str, str] = {}
    for organization_id, listing_id, owner_id, probability in session.execute(query):
        if frozenset({organization_id, owner_id}) not in apart:
            strengths.setdefault(str(organization_id), {})[str(listing_id)] = probability
            owners[str(listing_id)] = str(owner_id)
    return strengths, owners


def _standing(session: Session, event: Event) -> frozenset[str]:
    """What is on the programme already."""
    on_it = sa.select(Pitch.listing_id).where(
        Pitch.event_id == event.id, Pitch.state != PitchState.WITHDRAWN, Pitch.listing_id.is_not(None)
    )
    return frozenset(str(listing_id) for listing_id in session.scalars(on_it))


def _most_of_one(must: Collection[str], owners: Mapping[str, str]) -> int:
    shown = [owners[each] for each in must]
    return max((shown.count(owner) for owner in set(shown)), default=1)


def _packed(chosen: LineUp, audience: int, source: str) -> dict[str, Any]:
    return {
        "picks": [
            {
                "id": int(pick.achievement),
                "gain": float(pick.gain),
                "organizations": [[int(key), float(gain)] for key, gain in pick.organizations],
            }
            for pick in chosen.picks
        ],
        "total": float(chosen.total),
        "bound": float(chosen.bound),
        "demanded": float(chosen.demanded),
        "audience": audience,
        "source": source,
    }


def _listings(session: Session, actor: Actor, ids: Sequence[int]) -> dict[int, ListingView]:
    if not ids:
        return {}
    rows = session.scalars(
        sa.select(Listing)
        .where(Listing.id.in_(ids), on_market(), Listing.organization_id.not_in(list(actor.avoided)))
        .options(
            joinedload(Listing.organization),
            joinedload(Listing.published_revision).selectinload(Revision.indicators),
            selectinload(Listing.attachments),
        )
    )
    return {row.id: project(row, actor) for row in rows}
