"""An event that is not announced yet."""

from datetime import timedelta

from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.base import utc_now
from matchmaker.domain.days import today
from matchmaker.domain.event_invitations import EventInvitation
from matchmaker.domain.events import AgendaItem, Event, EventFile, EventStaff, EventTable
from matchmaker.domain.follow_ups import FollowUp
from matchmaker.domain.judges import Judge, ScoreSheet
from matchmaker.domain.pitches import Pitch, PitchFile, PitchInterest
from matchmaker.domain.registrations import Registration
from matchmaker.domain.timetables import Arrangement, Placement, Timetable
from tests.cast import Cast
from tests.web.hidden.rows import Ids, ids_of


def make_event(session: Session, cast: Cast) -> Ids:
    """Write an event that is not announced yet, with all that can hang on one; alice is registered for it."""
    starts = utc_now() + timedelta(days=5)
    event = Event(
        kind="session",
        title="尚未公布的对接会",
        starts_at=starts,
        ends_at=starts + timedelta(hours=3),
        organization_id=cast.carol.organization_id,
        owner_id=cast.carol.user_id,
        slot_minutes=30,
    )
    item = AgendaItem(event=event, title="开幕", starts_at=starts, ends_at=starts + timedelta(minutes=30))
    table, person = EventTable(event=event, number=1), EventStaff(event=event, duty="host", name="主持")
    file = EventFile(event=event, name="册.pdf", media_type="application/pdf", size=3, sha256="2" * 64)
    coming = Registration(
        event=event, organization_id=cast.alice.organization_id, user_id=cast.alice.user_id, name=cast.alice.name
    )
    invitation = EventInvitation(event=event, organization_id=cast.alice.organization_id)
    rows = {
        "event_id": event,
        "item_id": item,
        "table_id": table,
        "staff_id": person,
        "event_file_id": file,
        "registration_id": coming,
        "invitation_id": invitation,
    }
    session.add_all(rows.values())
    session.flush()
    own = {name: (row.id,) for name, row in rows.items()}
    return own | _roadshow(session, cast, event, coming) | _meetings(session, event, coming, table)


def _roadshow(session: Session, cast: Cast, event: Event, coming: Registration) -> Ids:
    """Write a pitch of alice's at an event, with all that can hang on one."""
    pitch = Pitch(event=event, position=1, title="低温润滑", organization_id=cast.alice.organization_id)
    judge = Judge(event=event, user_id=cast.carol.user_id, organization_id=cast.carol.organization_id)
    tapped = PitchInterest(
        pitch=pitch, registration=coming, organization_id=cast.alice.organization_id, user_id=cast.alice.user_id
    )
    rows = {
        "interest_id": tapped,
        "pitch_id": pitch,
        "judge_id": judge,
        "sheet_id": ScoreSheet(judge=judge, pitch=pitch, state="signed", signed_at=utc_now()),
        "pitch_file_id": PitchFile(pitch=pitch, name="演.pdf", media_type="application/pdf", size=3, sha256="3" * 64),
        "follow_up_id": FollowUp(event=event, pitch=pitch, days=30, due_on=today(), owner_id=cast.carol.user_id),
    }
    return ids_of(session, rows)


def _meetings(session: Session, event: Event, coming: Registration, table: EventTable) -> Ids:
    """Write a meeting of the two who come, planned, agreed on and insisted on."""
    other = Registration(event=event, organization_id=event.organization_id, user_id=event.owner_id, name="柯洛")
    session.add(other)
    session.flush()
    place = {"one_id": coming.id, "other_id": other.id, "slot": 0, "table_id": table.id, "origin": "wish"}
    agreed = Appointment(event_id=event.id, starts_at=event.starts_at, ends_at=event.ends_at, **place)
    insisted = Arrangement(event_id=event.id, one_id=coming.id, other_id=other.id)
    planned = Placement(timetable=Timetable(event_id=event.id, number=1), **place)
    rows = {"appointment_id": agreed, "arrangement_id": insisted, "placement_id": planned}
    return ids_of(session, rows)
