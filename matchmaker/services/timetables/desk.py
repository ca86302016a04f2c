"""The organiser's page of a timetable: where it stands, the grid, who is left out, what releasing would change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.events import Event, EventStaff
from matchmaker.domain.language import Sentence, unpack
from matchmaker.domain.registrations import Registration
from matchmaker.domain.timetables import Arrangement, Timetable, Wish, WishKind
from matchmaker.services.jobs import JobView, view_job
from matchmaker.services.timetables.arranging import arrangements
from matchmaker.services.timetables.board import Board, load_board
from matchmaker.services.timetables.candidates import candidates
from matchmaker.services.timetables.differences import Change, changes, concerned, stamp_of
from matchmaker.services.timetables.drafting import draft_of, versions_of
from matchmaker.services.timetables.grid import Grid, draft_grid, standing_grid
from matchmaker.services.timetables.leftovers import Leftover, leftovers
from matchmaker.services.timetables.participants import MEETING_STATES, everybody_of
from matchmaker.services.timetables.proposals import threshold_of


@dataclass(frozen=True, slots=True)
class Supply:
    """What there is to plan with: people, places for meetings, wishes said, and pairs whom something speaks for."""

    people: int
    organizations: int
    places: int
    wishes: int
    candidates: int


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything on the page. `grid` is of the draft where there is one, else of what stands.

    `different` is what releasing the draft would change, and `told` how many people would hear of it; `stamp` marks
    what was shown. `conflict` says why not all musts can be held.
    """

    event: Event
    board: Board
    supply: Supply
    draft: Timetable | None
    job: JobView | None
    grid: Grid
    everybody: Mapping[int, Registration]
    left: Sequence[Leftover]
    different: Sequence[Change]
    told: int
    stamp: str
    conflict: Sentence | None
    arranged: Sequence[Arrangement]
    versions: Sequence[Timetable]
    threshold: int
    may_plan: bool

    @property
    def proposed_for(self) -> str:
        """Whose leaving had the draft made without anybody's asking, "" where somebody has asked for it."""
        job = self.draft.job if self.draft is not None else None
        return str(job.arguments.get("proposed_for", "")) if job is not None else ""

    @property
    def people(self) -> list[Registration]:
        """Everybody who comes, by organization and name."""
        return sorted(self.board.people.values(), key=lambda person: (person.organization.name, person.name))

    @property
    def brokers(self) -> tuple[EventStaff, ...]:
        """Those who can be asked to sit in."""
        return self.board.brokers


def desk_of(session: Session, event: Event) -> Desk:
    """Return the page of an event; the caller has checked that the viewer runs it."""
    board, draft = load_board(session, event), draft_of(session, event)
    found = candidates(session, board)
    free = sum(
        1
        for slot in board.slots
        if slot.number not in board.blocked
        for place in range(board.places)
        if (slot.number, place) not in board.closed
    )
    asking = sa.select(sa.func.count()).where(Wish.event_id == event.id, Wish.kind != WishKind.NO)
    different = changes(session, board, draft) if draft is not None else []
    packed = draft.conflict.get("sentence") if draft is not None else None
    return Desk(
        event=event,
        board=board,
        supply=Supply(len(board.people), len(board.by_organization), free, session.scalar(asking) or 0, len(found)),
        draft=draft,
        job=view_job(draft.job) if draft is not None and draft.job is not None else None,
        grid=draft_grid(session, board, draft) if draft is not None else standing_grid(session, board),
        everybody=everybody_of(session, event),
        left=leftovers(board, found, draft) if draft is not None else (),
        different=different,
        told=len(concerned(different)),
        stamp=stamp_of(session, board, draft) if draft is not None else "",
        conflict=unpack(packed) if packed else None,
        arranged=arrangements(session, event),
        versions=versions_of(session, event),
        threshold=round(threshold_of(event) * 100),
        may_plan=event.state in MEETING_STATES and bool(board.slots),
    )
