"""The life of an event: which moves there are, what each still needs, and making one."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.events import Event, EventState
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.domain.slots import slots_of
from matchmaker.domain.states import MOVES, move
from matchmaker.services.events.leaving import release_all
from matchmaker.services.events.loading import lock_event, require_runner
from matchmaker.services.events.notices import tell_cancelled
from matchmaker.services.events.places import count_accepted
from matchmaker.services.follow_ups.making import make_follow_ups
from matchmaker.services.reading.text import prose
from matchmaker.services.timetables.drafting import released_of

REASON_MOST = 500
FEWEST_TO_MEET = 2
NO_TIMETABLE = N_("发布洽谈时间表")
WITHOUT_TIMETABLE = N_("声明：本场不统一排期，参会人自行约定")


@dataclass(frozen=True, slots=True)
class Step:
    """A move that the table allows, and the sentences that say what it still needs; none of them: it can be made.

    `can_do_without`: all it lacks is a timetable, and the organiser may say that there is none.
    """

    to: str
    missing: tuple[str, ...] = ()
    can_do_without: bool = False


def steps(session: Session, event: Event) -> tuple[Step, ...]:
    """Return the moves from where an event is, in the order of its life."""
    allowed = MOVES["event"][event.state]
    found = {state: missing(session, event, state) for state in EventState if state in allowed}
    return tuple(Step(state, lacking, lacking == (NO_TIMETABLE,)) for state, lacking in found.items())


def missing(session: Session, event: Event, to: str) -> tuple[str, ...]:
    """Return what an event still lacks before it may go to the state `to`, a sentence each."""
    checks = {
        EventState.ANNOUNCED: _before_announcing,
        EventState.REGISTRATION: _before_registration,
        EventState.TIMETABLE: _before_timetable,
        EventState.FINAL: _before_final,
        EventState.HELD: _before_held,
    }
    check = checks.get(EventState(to))
    return tuple(check(session, event)) if check is not None else ()


def move_event(
    session: Session, actor: Actor, event: Event, to: str, reason: str = "", *, without_timetable: bool = False
) -> None:
    """Take an event on, back, or cancel it, which needs a reason that everybody concerned is told.

    `without_timetable` is the organiser's word that a session is held without one; the journal keeps it.

    Raises:
        Forbidden: the actor does not run it.
        Conflict: it cannot go there from where it is.
        Invalid: it lacks something (`errors` lists what), or a cancellation its reason (field `reason`).
    """
    require_runner(actor, event)
    lock_event(session, event)
    text = prose(reason)[:REASON_MOST]
    if to not in set(EventState):
        raise Conflict(N_("请选择要进行的操作。"))
    if to == EventState.CANCELLED and not text:
        raise Invalid(N_("请写明取消的原因，已报名的人会看到。"), {"reason": N_("请写明取消的原因。")})
    lacking = missing(session, event, to) if to in MOVES["event"][event.state] else ()
    said = without_timetable and lacking == (NO_TIMETABLE,)
    if lacking and not said:
        raise Invalid(N_("还有几项没有准备好。"), {f"missing-{place}": each for place, each in enumerate(lacking)})
    move(session, event, to, actor, WITHOUT_TIMETABLE if said else text or None)
    _note(event, to, text)
    session.flush()
    if to == EventState.HELD:
        make_follow_ups(session, event)
    if to == EventState.CANCELLED:
        release_all(session, actor, event)
        tell_cancelled(session, event)


def _note(event: Event, to: str, reason: str) -> None:
    event.version += 1
    if to == EventState.ANNOUNCED:
        event.announced_at = event.announced_at or utc_now()
    if to == EventState.CANCELLED:
        event.cancel_reason = reason
        event.sequence += 1


def _before_announcing(session: Session, event: Event) -> list[str]:
    lacking = []
    if not event.summary:
        lacking.append(N_("写一段活动介绍"))
    if not event.place and not event.online_url:
        lacking.append(N_("填写地点或线上会议的网址"))
    if event.ends_at <= utc_now():
        lacking.append(N_("把活动时间改到以后"))
    return lacking


def _before_registration(session: Session, event: Event) -> list[str]:
    lacking, now = [], utc_now()
    if event.starts_at <= now:
        lacking.append(N_("把开始时间改到以后"))
    if event.registration_until is not None and event.registration_until <= now:
        lacking.append(N_("把报名截止时间改到以后"))
    if event.is_session and not slots_of(event):
        lacking.append(N_("设置洽谈时段：活动时间里至少要排得下一场洽谈"))
    return lacking


def _before_timetable(session: Session, event: Event) -> list[str]:
    lacking = []
    if not slots_of(event):
        lacking.append(N_("设置洽谈时段：活动时间里至少要排得下一场洽谈"))
    if event.place and not event.tables:
        lacking.append(N_("添加洽谈桌"))
    if count_accepted(session, event) < FEWEST_TO_MEET:
        lacking.append(N_("至少确认两位参会人"))
    return lacking


def _before_final(session: Session, event: Event) -> list[str]:
    return [NO_TIMETABLE] if event.is_session and released_of(session, event) is None else []


def _before_held(session: Session, event: Event) -> list[str]:
    return [N_("等活动开始")] if event.starts_at > utc_now() else []
