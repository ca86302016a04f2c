"""What a person said of meetings goes out with his data and goes with his account; merging takes it along."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.minutes import Minutes
from matchmaker.domain.people import Organization, Role
from matchmaker.domain.ratings import Rating
from matchmaker.services.appointments.loading import load_appointment
from matchmaker.services.appointments.ratings import Said
from matchmaker.services.appointments.recording import record_outcome, say
from matchmaker.services.merging import carry_out_merge, propose_merge
from matchmaker.services.minutes import revisions_of, save_minutes
from matchmaker.services.privacy import delete_account, export_personal_data
from tests.appointments import make_appointment, make_meeting
from tests.cast import CHEAP, Cast, make_member, make_organization
from tests.events import make_registration


@pytest.fixture
def meeting(session: Session, cast: Cast) -> Appointment:
    meeting = make_meeting(session, cast)
    say(session, cast.alice.actor, meeting.id, Said("met", "4", "很有希望", "continue"))
    record_outcome(session, cast.carol.actor, meeting.id, "held", other=Said("met", "2", "听说一般"))
    save_minutes(session, cast.alice.actor, meeting.id, "谈了中试。", seen=0)
    return meeting


def test_export_holds_what_one_said_and_names_the_minutes_that_one_wrote(
    session: Session, cast: Cast, meeting: Appointment
) -> None:
    mine = export_personal_data(session, cast.alice.actor)
    assert [row["note"] for row in mine["ratings"]] == ["很有希望"]
    assert ["text" in row for row in mine["minutes"]] == [False]
    assert "ratings" not in export_personal_data(session, cast.bob.actor)


def test_deleted_account_takes_its_notes_along_and_leaves_score_and_minutes(
    session: Session, cast: Cast, meeting: Appointment
) -> None:
    organization = session.get_one(Organization, cast.alice.organization_id)
    heir = make_member(session, organization, "aida", "阿依达", Role.ENTERPRISE, is_owner=True)
    delete_account(session, cast.alice.actor, password=cast.alice.password, hasher=CHEAP)
    session.expire_all()
    rows = session.scalars(sa.select(Rating).order_by(Rating.registration_id)).all()
    assert [(row.score, row.note) for row in rows] == [(4, ""), (2, "听说一般")]
    assert session.scalars(sa.select(Minutes.text)).all() == ["谈了中试。"]
    assert revisions_of(session, heir.actor, meeting.id)[0].author != cast.alice.name


def test_merged_organization_keeps_its_meetings_and_what_was_said_of_them(
    session: Session, cast: Cast, meeting: Appointment
) -> None:
    double = make_organization(session, "enterprise", "新疆天山机械有限责任公司")
    gul = make_member(session, double, "gul", "古丽", Role.ENTERPRISE)
    other = make_registration(session, meeting.event, gul)
    second = make_appointment(session, meeting.event, other, meeting.other, slot=1)
    second.starts_at = meeting.starts_at
    say(session, gul.actor, second.id, Said("met", "5", "可以继续"))
    kept = session.get_one(Organization, cast.alice.organization_id)
    carry_out_merge(session, cast.erin.actor, propose_merge(session, cast.dave.actor, kept, double, reason="重复").id)
    assert load_appointment(session, cast.alice.actor, second.id).state == "held"
    assert load_appointment(session, cast.bob.actor, second.id).one.organization_id in {
        cast.alice.organization_id,
        cast.bob.organization_id,
    }
