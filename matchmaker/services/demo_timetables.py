"""The demonstration's session to come: who wishes to meet whom, and a draft of its timetable, ready to be released."""

from itertools import pairwise

from sqlalchemy.orm import Session

from matchmaker.domain.events import Event
from matchmaker.domain.people import ROLE_OF_KIND, OrganizationKind, User
from matchmaker.domain.permissions import Actor
from matchmaker.domain.registrations import Registration
from matchmaker.domain.timetables import SolveMode, Wish, WishKind
from matchmaker.services.timetables.board import load_board
from matchmaker.services.timetables.building import build
from matchmaker.services.timetables.drafting import adopt, begin_draft
from matchmaker.services.timetables.figures import figures_of
from matchmaker.services.timetables.participants import participants
from matchmaker.timetable.solve import solve

KINDS = (WishKind.MUST, WishKind.LIKE, WishKind.LIKE, WishKind.NO)
SECONDS, WORK = 5, 20_000


def load_demo_timetable(session: Session, event: Event, owners: dict[int, User]) -> None:
    """Let enterprises and universities wish to meet one another, and draw up what the solver makes of it."""
    people = participants(session, event)
    enterprises = [person for person in people if person.organization.kind == OrganizationKind.ENTERPRISE]
    others = [person for person in people if person not in enterprises]
    for number, one in enumerate(enterprises):
        for place, other in enumerate(others):
            _wish(session, event, one, other, KINDS[(number + place) % len(KINDS)])
    for one, other in pairwise(others):
        _wish(session, event, one, other, WishKind.LIKE)
    for place, one in enumerate(others[:3]):
        _wish(session, event, one, enterprises[place], WishKind.LIKE)
    session.flush()
    organizer = owners[event.organization_id]
    actor = Actor(
        user_id=organizer.id,
        organization_id=event.organization_id,
        role=ROLE_OF_KIND[event.organization.kind],
        name=organizer.name,
    )
    _draw_up(session, actor, event)


def _wish(session: Session, event: Event, one: Registration, other: Registration, kind: str) -> None:
    session.add(Wish(event_id=event.id, registration_id=one.id, other_id=other.id, kind=kind))


def _draw_up(session: Session, actor: Actor, event: Event) -> None:
    board = load_board(session, event)
    draft = begin_draft(session, actor, event, board, SolveMode.ANEW)
    plan = build(session, board, SolveMode.ANEW, draft.placements)
    found = solve(plan.problem, seconds=SECONDS, work=WORK, seed=1)
    adopt(session, draft, plan, found.assignments)
    draft.figures = figures_of(plan, found, "")
    session.flush()
