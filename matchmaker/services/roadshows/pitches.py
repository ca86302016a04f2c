"""Pitches: putting one on the programme, asking its presenter, answering, changing it, taking it off."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.events import Event
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, Revision, Visibility, on_market
from matchmaker.domain.people import Organization, User
from matchmaker.domain.permissions import Actor, can_run_event, owns
from matchmaker.domain.pitches import Pitch, PitchState
from matchmaker.domain.states import move
from matchmaker.services.events.loading import lock_event, require_runner
from matchmaker.services.ownership import members
from matchmaker.services.readable import readable
from matchmaker.services.reading.text import folded, line, prose
from matchmaker.services.roadshows import notices
from matchmaker.services.roadshows.loading import require_worked_on

TITLE_MOST, SPEAKERS_MOST, NOTE_MOST, REASON_MOST, MINUTES_MOST, PITCHES_MOST = 100, 200, 1000, 500, 120, 100
SHOWN = 20
NOT_ANSWERED = N_("只有路演单位的成员可以确认或谢绝。")


@dataclass(frozen=True, slots=True)
class PitchPlan:
    """A pitch as typed. A listing is presented, or with `listing_id` None something with a title of its own by the
    organization of that name. Minutes empty: the roadshow's own."""

    listing_id: int | None = None
    title: str = ""
    organization: str = ""
    speakers: str = ""
    present_minutes: str = ""
    question_minutes: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the presenter says: who speaks, and (`is_named`) whether the programme may name who posted it."""

    speakers: str = ""
    is_named: bool = True


def candidates(session: Session, actor: Actor, event: Event, text: str = "", kind: str = "") -> list[Listing]:
    """Return listings that could be put on the programme, the newest first: on the market, not for brokers only.

    Raises:
        Forbidden: the actor does not run the event.
    """
    require_runner(actor, event)
    taken = sa.select(Pitch.listing_id).where(Pitch.event_id == event.id, Pitch.state != PitchState.WITHDRAWN)
    query = (
        sa.select(Listing)
        .join(Revision, Revision.id == Listing.published_revision_id)
        .where(on_market(), readable(actor), Listing.visibility != Visibility.BROKERS)
        .where(Listing.id.not_in(taken.where(Pitch.listing_id.is_not(None))))
        .options(joinedload(Listing.organization), joinedload(Listing.working_revision))
        .options(joinedload(Listing.published_revision).selectinload(Revision.indicators))
        .order_by(Listing.published_at.desc(), Listing.id.desc())
        .limit(SHOWN)
    )
    if words := line(text)[:100]:
        query = query.where(Revision.title.icontains(words, autoescape=True))
    elif event.fields:
        query = query.where(Revision.field.in_(event.fields))
    if kind:
        query = query.where(Listing.kind == kind)
    return list(session.scalars(query))


def add_pitch(session: Session, actor: Actor, event: Event, plan: PitchPlan) -> Pitch:
    """Put a pitch at the end of the programme and ask its presenter to confirm it.

    Raises:
        Forbidden: the actor does not run the event.
        Conflict: the programme may not change any more, is full, or has this listing.
        Invalid: something is missing or cannot be read (`errors` names the field).
    """
    require_runner(actor, event)
    lock_event(session, event)
    require_worked_on(event)
    listing = _listing(session, actor, plan.listing_id)
    standing = session.scalars(sa.select(Pitch).where(Pitch.event_id == event.id)).all()
    if sum(pitch.stands for pitch in standing) >= PITCHES_MOST:
        raise Conflict(N_("一场路演最多 %(most)d 个项目。"), most=PITCHES_MOST)
    if listing is not None and any(pitch.listing_id == listing.id and pitch.stands for pitch in standing):
        raise Conflict(N_("这个项目已经在节目单上。"))
    values, organization = _read(session, plan, listing)
    pitch = Pitch(
        event_id=event.id,
        listing=listing,
        organization=organization,
        presenter=_presenter(session, listing, organization),
        position=1 + max((pitch.position for pitch in standing), default=0),
        is_named=listing is None or listing.visibility == Visibility.PUBLIC,
        created_by_id=actor.user_id,
        state=PitchState.PROPOSED,
        **values,
    )
    session.add(pitch)
    session.flush()
    record(session, actor, "create", "pitch", pitch.id, after=pitch.state, event_id=event.id)
    notices.tell_asked(session, event, pitch)
    return pitch


def edit_pitch(session: Session, actor: Actor, event: Event, pitch: Pitch, plan: PitchPlan, version: int) -> None:
    """Change title, speakers, lengths and note. What is presented, and by which organization, stays.

    Raises:
        Forbidden: the actor does not run the event.
        Conflict: the programme may not change any more, or the pitch has changed since `version`.
        Invalid: see `add_pitch`.
    """
    require_runner(actor, event)
    lock_event(session, event)
    require_worked_on(event)
    if pitch.version != version:
        raise Conflict(N_("这个项目刚刚被修改过。请看过最新内容再改，您输入的内容仍在本页。"))
    values, _organization = _read(session, plan, pitch.listing, pitch.organization)
    for name, value in values.items():
        setattr(pitch, name, value)
    pitch.version += 1
    session.flush()
    record(session, actor, "edit", "pitch", pitch.id)


def confirm_pitch(session: Session, actor: Actor, event: Event, pitch: Pitch, answer: Answer) -> None:
    """Say that one presents it. The organiser may say so only where the organization has nobody here to ask.

    An anonymous listing's owner decides with `is_named` whether the programme names his organization; the organiser
    never does.

    Raises:
        Forbidden: neither its own side nor such an organiser.
        Conflict: it is on the programme already, was taken off, or nothing may change any more.
        Invalid: too long a list of speakers (field `speakers`).
    """
    if not can_answer_pitch(session, actor, event, pitch):
        raise Forbidden(NOT_ANSWERED)
    require_worked_on(event)
    speakers = line(answer.speakers)
    if len(speakers) > SPEAKERS_MOST:
        raise Invalid(N_("演讲人最多 200 个字。"), {"speakers": N_("演讲人最多 200 个字。")})
    move(session, pitch, PitchState.CONFIRMED, actor, on_behalf=not owns(actor, pitch))
    if owns(actor, pitch):
        pitch.presenter_id = actor.user_id
        if is_anonymous(pitch):
            pitch.is_named = answer.is_named
    pitch.speakers, pitch.answered_at = speakers or pitch.speakers, utc_now()
    pitch.version += 1
    session.flush()
    notices.tell_answered(session, event, pitch)


def withdraw_pitch(session: Session, actor: Actor, event: Event, pitch: Pitch, reason: str) -> None:
    """Take a pitch off the programme: the organiser, or its own side that will not present.

    Raises:
        Forbidden: neither.
        Conflict: it is off already, or the event is over.
        Invalid: no reason (field `reason`).
    """
    if not (owns(actor, pitch) or can_run_event(actor, event)):
        raise Forbidden(NOT_ANSWERED)
    require_worked_on(event)
    text = prose(reason)[:REASON_MOST]
    if not text:
        raise Invalid(N_("请写明原因，对方会看到。"), {"reason": N_("请写明原因，对方会看到。")})
    move(session, pitch, PitchState.WITHDRAWN, actor, text)
    pitch.withdraw_reason, pitch.answered_at = text, utc_now()
    pitch.version += 1
    session.flush()
    notices.tell_withdrawn(session, actor, event, pitch)


def ask_again(session: Session, actor: Actor, event: Event, pitch: Pitch) -> None:
    """Put a pitch back on the programme that was taken off, and ask its presenter again.

    Raises:
        Forbidden: the actor does not run the event.
        Conflict: it stands, its listing is no longer on the market, or nothing may change any more.
    """
    require_runner(actor, event)
    require_worked_on(event)
    if pitch.listing is not None and not pitch.listing.is_live:
        raise Conflict(N_("这条内容已经结束或撤下，不能再列入节目单。"))
    move(session, pitch, PitchState.PROPOSED, actor)
    pitch.withdraw_reason = pitch.answered_at = None
    pitch.version += 1
    session.flush()
    notices.tell_asked(session, event, pitch)


def can_answer_pitch(session: Session, actor: Actor, event: Event, pitch: Pitch) -> bool:
    """Whether the actor may confirm a pitch: its own side, or who runs the event where nobody of it is here."""
    if owns(actor, pitch):
        return True
    return can_run_event(actor, event) and not members(session, pitch.organization_id)


def is_anonymous(pitch: Pitch) -> bool:
    """Whether it presents a listing that does not say who posted it."""
    return pitch.listing is not None and pitch.listing.visibility != Visibility.PUBLIC


def _listing(session: Session, actor: Actor, listing_id: int | None) -> Listing | None:
    if listing_id is None:
        return None
    listing = session.scalar(
        sa.select(Listing)
        .where(Listing.id == listing_id, on_market(), readable(actor))
        .options(joinedload(Listing.organization), joinedload(Listing.published_revision))
    )
    if listing is None:
        raise Invalid(N_("没有找到这条内容，它可能已经撤下。"), {"listing_id": N_("请从列表中选择。")})
    if listing.visibility == Visibility.BROKERS:
        raise Conflict(N_("这条内容仅技术经纪人可见，不能公开路演。请先与发布单位商量改为公开或匿名。"))
    return listing


def _read(
    session: Session, plan: PitchPlan, listing: Listing | None, standing: Organization | None = None
) -> tuple[dict[str, object], Organization]:
    errors: dict[str, str] = {}
    title, speakers, note = line(plan.title), line(plan.speakers), prose(plan.note)
    if (listing is None and not title) or len(title) > TITLE_MOST:
        errors["title"] = N_("请填写项目名称，最多 100 个字。")
    if len(speakers) > SPEAKERS_MOST:
        errors["speakers"] = N_("演讲人最多 200 个字。")
    if len(note) > NOTE_MOST:
        errors["note"] = N_("最多 1000 字。")
    organization = standing or (listing.organization if listing is not None else _named(session, plan.organization))
    if organization is None:
        errors["organization"] = N_("平台上没有这个单位，请写全称或统一社会信用代码。")
    values: dict[str, object] = {
        "title": "" if listing is not None else title,
        "speakers": speakers,
        "note": note,
        "present_minutes": minutes(errors, "present_minutes", plan.present_minutes, least=1),
        "question_minutes": minutes(errors, "question_minutes", plan.question_minutes, least=0),
    }
    if errors or organization is None:
        raise Invalid(N_("还有 %(count)d 处需要修改。"), errors, count=len(errors))
    return values, organization


def minutes(errors: dict[str, str], name: str, typed: str, *, least: int) -> int | None:
    """Read a number of minutes, None for nothing; what cannot be read becomes a sentence in `errors`."""
    text = folded(typed)
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 4 and least <= int(text) <= MINUTES_MOST):
        errors[name] = N_("请填写分钟数，最多 120。")
        return None
    return int(text)


def _named(session: Session, typed: str) -> Organization | None:
    name = line(typed)
    if not name:
        return None
    found = session.scalars(
        sa.select(Organization)
        .where(sa.or_(Organization.name == name, Organization.credit_code == name.upper()))
        .where(Organization.suspended_at.is_(None))
        .order_by(Organization.merged_into_id.is_not(None), Organization.id)
    ).first()
    if found is not None and found.merged_into_id is not None:
        return session.get(Organization, found.merged_into_id)
    return found


def _presenter(session: Session, listing: Listing | None, organization: Organization) -> User | None:
    if listing is not None and listing.owner is not None and listing.owner.disabled_at is None:
        return listing.owner
    return next(iter(members(session, organization.id)), None)
