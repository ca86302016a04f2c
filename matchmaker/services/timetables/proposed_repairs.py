"""What becomes of a repair that nobody asked for: whoever answers for the event is told of it, he alone releases it."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.permissions import Actor
from matchmaker.domain.states import move
from matchmaker.domain.timetables import Placement, Timetable, TimetableState
from matchmaker.services.notices import tell
from matchmaker.services.timetables.board import load_board
from matchmaker.services.timetables.differences import changes, concerned


def settle_proposal(session: Session, organizer: Actor, draft: Timetable, gone: str) -> None:
    """Tell whoever answers for the event what the draft would change; without a change it is thrown away."""
    event = draft.event
    different = changes(session, load_board(session, event), draft)
    if not different and not draft.conflict:
        move(session, draft, TimetableState.DISCARDED, organizer)
        session.execute(sa.delete(Placement).where(Placement.timetable_id == draft.id))
        session.flush()
        return
    title = Sentence(N_("%(name)s 退出后，《%(title)s》的修复草稿已备好"), name=gone, title=event.title)
    body = Sentence(
        N_("与现在的安排相比有 %(changes)s 处变化，发布后将通知 %(people)s 位参会人。请查看差异，由您决定是否发布。"),
        changes=len(different),
        people=len(concerned(different)),
    )
    tell(session, event.owner, topic=NoticeTopic.EVENT, title=title, body=body, path=f"/events/{event.id}/timetable")
