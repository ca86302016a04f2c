"""A session with people who wish to meet, and its timetable solved inside a test by the verbs that the worker uses."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from matchmaker.domain.events import Event
from matchmaker.domain.people import Role
from matchmaker.domain.permissions import Actor
from matchmaker.domain.registrations import Registration
from matchmaker.domain.timetables import SolveMode, Timetable
from matchmaker.services.actors import load_member
from matchmaker.services.timetables.board import load_board
from matchmaker.services.timetables.building import build
from matchmaker.services.timetables.differences import Change, stamp_of
from matchmaker.services.timetables.drafting import adopt, begin_draft
from matchmaker.services.timetables.releasing import release
from matchmaker.services.timetables.wishes import say_wish
from matchmaker.timetable.problem import Solution
from matchmaker.timetable.repair import repair
from matchmaker.timetable.solve import solve
from tests.cast import Cast, Member, make_member, make_organization
from tests.events import make_event, make_registration

WORK = 20_000


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody of the cast, or made for it, with his registration."""

    member: Member
    registration: Registration

    @property
    def id(self) -> int:
        """The registration."""
        return self.registration.id

    def actor(self, session: Session) -> Actor:
        """Who he is now, with all that his organization may see."""
        actor = load_member(session, self.member.user_id, self.member.organization_id)
        assert actor is not None
        return actor


@dataclass(frozen=True, slots=True)
class Meeting:
    """A session of carol's with everybody who comes."""

    event: Event
    organizer: Actor
    alice: Party
    bob: Party
    mallory: Party


def make_meeting(session: Session, cast: Cast, *, tables: int = 3, state: str = "registration", **values) -> Meeting:
    """Write a session to which alice, bob and mallory come; the organizations are three different ones."""
    event = make_event(session, cast.carol.actor, state=state, tables=tables, **values)
    people = [Party(cast[name], make_registration(session, event, cast[name])) for name in ("alice", "bob", "mallory")]
    return Meeting(event, cast.carol.actor, *people)


def join(session: Session, event: Event, key: str, organization=None, **values) -> Party:
    """Let one more person come, of an organization of his own unless one is given."""
    owner = organization or make_organization(session, "enterprise", f"{key}公司")
    member = make_member(session, owner, key, key, Role.ENTERPRISE)
    return Party(member, make_registration(session, event, member, **values))


def wish(session: Session, event: Event, one: Party, other: Party, kind: str = "must", **values) -> None:
    """Let one person say what he thinks of meeting another."""
    say_wish(session, one.actor(session), event, other.id, kind, **values)


def solved(session: Session, organizer: Actor, event: Event, mode: str = SolveMode.ANEW, now=None) -> Timetable:
    """Return the draft as the solver makes it of what is known now."""
    board = load_board(session, event, now)
    draft = begin_draft(session, organizer, event, board, mode)
    plan = build(session, board, mode, draft.placements)
    solution = _solution(session, plan, draft, mode)
    adopt(session, draft, plan, solution.assignments)
    return draft


def released(session: Session, organizer: Actor, event: Event) -> list[Change]:
    """Release the draft as it is."""
    return release(session, organizer, event, stamp=stamp(session, event))


def stamp(session: Session, event: Event) -> str:
    """Return the mark of what somebody sees who looks at the differences now."""
    from matchmaker.services.timetables.drafting import draft_of

    draft = draft_of(session, event)
    assert draft is not None
    return stamp_of(session, load_board(session, event), draft)


def met(draft: Timetable) -> set[tuple[int, int]]:
    """Return who meets whom in a draft."""
    return {(row.one_id, row.other_id) for row in draft.placements}


def _solution(session: Session, plan, draft: Timetable, mode: str) -> Solution:
    from matchmaker.services.timetables.solving import confirmed_of, earlier_of

    earlier = earlier_of(plan, draft)
    if mode == SolveMode.REPAIR:
        return repair(plan.problem, earlier, confirmed=confirmed_of(session, plan), seconds=5, work=WORK)
    return solve(plan.problem, start=earlier, seconds=5, seed=1, work=WORK)
