"""Interest of the audience: one tap that tells nobody more than a count, and what somebody then says on purpose.

A tap may go on in two ways: the participant names which of his own listings it is about, which is his organization's
decision on that pair (see decisions.py), or lets the presenter know who he is. Nothing is said for him.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.events import Event
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, Visibility
from matchmaker.domain.matches import Decision, Match
from matchmaker.domain.permissions import Actor, can_read_listing, can_run_event, owns
from matchmaker.domain.pitches import InterestWay, Pitch, PitchInterest, PitchState
from matchmaker.domain.registrations import Registration, RegistrationState
from matchmaker.services.deals.from_roadshow import can_open_for_interest
from matchmaker.services.decisions import can_decide, decide, withdraw_interest
from matchmaker.services.match_queries import live_matches, visible
from matchmaker.services.match_views import MatchView, view_match
from matchmaker.services.projection import project
from matchmaker.services.roadshows import interest_notices
from matchmaker.services.roadshows.loading import can_see_pitch, require_under_way

UNRELATED = 0
"""The grade 无: nothing speaks for the pair."""
OPENS = N_("这条内容不是公开发布的，表示感兴趣会向对方开放一部分内容。请先看清说明并勾选确认。")


@dataclass(frozen=True, slots=True)
class Choice:
    """A pair of the pitch with one of the viewer's own listings, as he sees it; `warns`: naming it may open who he is
    or what he hides. `standing` is his organization's decision so far, "" for none."""

    match: MatchView
    title: str
    warns: bool
    standing: str


@dataclass(frozen=True, slots=True)
class OwnInterest:
    """The viewer's own interest in a pitch, and how it can go on."""

    way: str
    match_id: int | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class InterestRow:
    """One interested participant as the organiser or the presenter may know of him; what he may not is empty.

    `is_known`: the reader knows which organization it is. `may_open_deal`: he may follow it up as a deal.
    """

    interest_id: int

    person: str
    organization_name: str
    listing_title: str
    match_id: int | None
    registration_id: int
    way: str
    tapped_at: datetime
    is_known: bool
    may_open_deal: bool = False


def can_tap(session: Session, actor: Actor, event: Event, pitch: Pitch) -> bool:
    """Whether the actor may say that he is interested: he comes to the event, and the pitch is another's."""
    return _registration(session, actor, event) is not None and _is_tappable(actor, event, pitch)


def coming(session: Session, actor: Actor, event: Event) -> bool:
    """Whether the actor is registered, and accepted, for the organization that he acts for."""
    return _registration(session, actor, event) is not None


def tap(session: Session, actor: Actor, event: Event, pitch: Pitch) -> PitchInterest:
    """Note the actor's interest; doing so twice is one. Nobody learns more of it than one more in the count.

    Raises:
        Forbidden: he does not come to the event, or it is his own organization's pitch.
        Conflict: the event is not under way, or the pitch is not on the programme.
    """
    registration = _require_tappable(session, actor, event, pitch)
    standing = _of(session, pitch, registration)
    if standing is None:
        standing = PitchInterest(
            pitch_id=pitch.id,
            registration_id=registration.id,
            organization_id=registration.organization_id,
            user_id=registration.user_id,
            way=InterestWay.COUNTED,
            decided=False,
        )
        session.add(standing)
        session.flush()
    return standing


def untap(session: Session, actor: Actor, event: Event, pitch: Pitch) -> None:
    """Take the actor's interest back, and the word on a pair that it gave, unless a colleague's tap gave it too.

    Raises:
        Conflict: the event is over.
    """
    require_under_way(event)
    registration = _registration(session, actor, event)
    row = _of(session, pitch, registration) if registration is not None else None
    if row is None:
        return
    match, decided = row.match, row.decided
    session.delete(row)
    session.flush()
    if match is not None and decided and not _named_by_colleague(session, actor, match):
        withdraw_interest(session, actor, match)


def own_interest(session: Session, actor: Actor, event: Event, pitch: Pitch) -> OwnInterest | None:
    """Return the actor's own interest in a pitch, None where he has not tapped it."""
    registration = _registration(session, actor, event)
    row = _of(session, pitch, registration) if registration is not None else None
    if row is None:
        return None
    return OwnInterest(row.way, row.match_id, choices(session, actor, pitch))


def choices(session: Session, actor: Actor, pitch: Pitch) -> tuple[Choice, ...]:
    """Return the pairs of the pitch's listing with the actor's own listings that he may see and decide on, the best
    first; what is graded 无 is none of them."""
    if pitch.listing_id is None or not can_decide(actor) or not can_read_listing(actor, _listing(pitch)):
        return ()
    theirs = Match.achievement_id if _listing(pitch).kind == "achievement" else Match.need_id
    rows = session.scalars(live_matches().where(theirs == pitch.listing_id, visible(actor))).unique().all()
    own = [row for row in rows if owns(actor, _own_side(row, pitch))]
    found = [choice for row in own if (choice := _choice(row, actor, pitch)).match.grade > UNRELATED]
    return tuple(sorted(found, key=lambda choice: (-choice.match.score, choice.match.id)))


def name_match(
    session: Session,
    actor: Actor,
    event: Event,
    pitch: Pitch,
    match_id: int,
    *,
    agreed: bool = False,
    seen: str | None = None,
) -> PitchInterest:
    """Say that the interest is about one of the actor's own listings: his organization's decision on that pair.

    `agreed`: he has read what it may open of a listing that is not public. `seen`: see `decide`.

    Raises:
        Forbidden, Conflict: see `tap`; a colleague has decided otherwise since he looked.
        NotFound: no such pair of this pitch with a listing of his own.
        Invalid: not `agreed` where that is needed (field `agreed`).
    """
    row = tap(session, actor, event, pitch)
    chosen = next((each for each in choices(session, actor, pitch) if each.match.id == match_id), None)
    if chosen is None:
        raise NotFound(N_("没有找到这个匹配，它可能已随需求或成果一起撤下。"))
    if chosen.warns and not agreed:
        raise Invalid(OPENS, {"agreed": N_("请勾选确认。")})
    if row.match_id not in {None, match_id} and row.decided and row.match is not None:
        _take_back(session, actor, row)
    row.decided = row.decided or chosen.standing != Decision.INTERESTED
    row.way, row.match_id = InterestWay.MATCH, match_id
    session.flush()
    decide(session, actor, match_id, Decision.INTERESTED, agreed=agreed, seen=seen)
    return row


def leave_contact(session: Session, actor: Actor, event: Event, pitch: Pitch) -> PitchInterest:
    """Let the presenter know who is interested: name and organization, no number and no address.

    Raises:
        Forbidden, Conflict: see `tap`.
    """
    row = tap(session, actor, event, pitch)
    if row.way == InterestWay.COUNTED:
        row.way = InterestWay.CONTACT
        session.flush()
        interest_notices.tell_contact(session, event, pitch, row)
    return row


def interest_rows(session: Session, actor: Actor, event: Event, pitch: Pitch) -> tuple[InterestRow, ...]:
    """Return who is interested in a pitch: everybody for who runs the event; for the presenter those who let him know,
    each as the layers of the pair's listings allow.

    Raises:
        Forbidden: the actor neither runs the event nor presents.
    """
    runs = can_run_event(actor, event) and can_see_pitch(actor, event, pitch)
    if not runs and not owns(actor, pitch):
        raise Forbidden(N_("只有主办方和路演单位可以查看谁感兴趣。"))
    query = sa.select(PitchInterest).where(PitchInterest.pitch_id == pitch.id)
    if not runs:
        query = query.where(PitchInterest.way != InterestWay.COUNTED)
    rows = session.scalars(query.options(*_loading()).order_by(PitchInterest.id)).unique().all()
    return tuple(
        _row(row, actor, pitch, event, knows_all=runs) for row in rows if row.organization_id not in actor.avoided
    )


def _row(row: PitchInterest, actor: Actor, pitch: Pitch, event: Event, *, knows_all: bool) -> InterestRow:
    person, organization, title = row.registration.name, row.organization.name, ""
    match_id, is_known = row.match_id, True
    if row.match is not None:
        listing = _own_side(row.match, pitch)
        if can_read_listing(actor, listing):
            seen = project(listing, actor)
            title = seen.title
            if not knows_all and row.way == InterestWay.MATCH:
                person, organization, is_known = "", seen.organization_name, seen.organization_id is not None
        elif not knows_all:
            person, organization, match_id, is_known = "", "", None, False
    may_open = can_open_for_interest(actor, event, pitch, row) and (knows_all or is_known)
    said = row.registration_id, row.way, row.tapped_at, is_known, may_open
    return InterestRow(row.id, person, organization, title, match_id, *said)


def _choice(row: Match, actor: Actor, pitch: Pitch) -> Choice:
    own = _own_side(row, pitch)
    seen = view_match(row, actor)
    return Choice(
        match=seen,
        title=own.current.title,
        warns=own.visibility != Visibility.PUBLIC,
        standing=seen.mine.decision if seen.mine is not None else "",
    )


def _own_side(match: Match, pitch: Pitch) -> Listing:
    """Return the listing of a pair that is not the pitch's."""
    return match.need if match.achievement_id == pitch.listing_id else match.achievement


def _listing(pitch: Pitch) -> Listing:
    assert pitch.listing is not None, "a pitch of a listing"  # noqa: S101
    return pitch.listing


def _take_back(session: Session, actor: Actor, row: PitchInterest) -> None:
    match = row.match
    row.match_id, row.decided, row.way = None, False, InterestWay.COUNTED
    session.flush()
    if match is not None and not _named_by_colleague(session, actor, match):
        withdraw_interest(session, actor, match)


def _named_by_colleague(session: Session, actor: Actor, match: Match) -> bool:
    named = sa.select(PitchInterest.id).where(
        PitchInterest.match_id == match.id, PitchInterest.organization_id == actor.organization_id
    )
    return session.scalar(named.limit(1)) is not None


def _registration(session: Session, actor: Actor, event: Event) -> Registration | None:
    if actor.user_id is None or actor.organization_id is None:
        return None
    return session.scalar(
        sa.select(Registration).where(
            Registration.event_id == event.id,
            Registration.user_id == actor.user_id,
            Registration.organization_id == actor.organization_id,
            Registration.state == RegistrationState.ACCEPTED,
        )
    )


def _is_tappable(actor: Actor, event: Event, pitch: Pitch) -> bool:
    return not owns(actor, pitch) and pitch.state == PitchState.CONFIRMED and can_see_pitch(actor, event, pitch)


def _require_tappable(session: Session, actor: Actor, event: Event, pitch: Pitch) -> Registration:
    registration = _registration(session, actor, event)
    if registration is None:
        raise Forbidden(N_("报名并经主办方确认之后，才能对路演项目表示感兴趣。"))
    if owns(actor, pitch):
        raise Forbidden(N_("这是您自己单位的项目。"))
    require_under_way(event)
    if not _is_tappable(actor, event, pitch):
        raise Conflict(N_("这个项目还没有确认，或已经撤下。"))
    return registration


def _of(session: Session, pitch: Pitch, registration: Registration | None) -> PitchInterest | None:
    if registration is None:
        return None
    return session.scalar(
        sa.select(PitchInterest).where(
            PitchInterest.pitch_id == pitch.id, PitchInterest.registration_id == registration.id
        )
    )


def _loading() -> Sequence[sa.orm.interfaces.ORMOption]:
    match = joinedload(PitchInterest.match)
    sides = (match.joinedload(Match.need), match.joinedload(Match.achievement))
    return (
        joinedload(PitchInterest.registration),
        joinedload(PitchInterest.organization),
        *(side.joinedload(Listing.organization) for side in sides),
        *(side.joinedload(Listing.published_revision) for side in sides),
    )
