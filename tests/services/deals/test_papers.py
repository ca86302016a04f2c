"""Notes, files, minutes and the confidentiality agreement of a deal, and who reads which."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.days import today
from matchmaker.domain.deals import Deal
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.mails import Mail
from matchmaker.domain.notices import Notice
from matchmaker.services.deals.confidentiality import (
    confidentiality_of,
    drop_confidentiality,
    send_confidentiality,
    sign_confidentiality,
)
from matchmaker.services.deals.files import add_deal_file, files_of, get_deal_file, remove_deal_file
from matchmaker.services.deals.history import deal_history
from matchmaker.services.deals.meetings import (
    load_deal_meeting,
    meeting_revisions,
    record_meeting,
    save_meeting_minutes,
)
from matchmaker.services.deals.notes import notes_of, take_back_note, write_note
from matchmaker.services.minute_books import StaleMinutes
from matchmaker.services.uploads import StoredFile
from tests.cast import Cast
from tests.deals import make_deal

FILE = StoredFile("报价.pdf", "application/pdf", 3, "a" * 64)
READERS = ("alice", "bob", "carol", "dave", "erin")
SECRET = "底价二百八十万"
TODAY = today().isoformat()


@pytest.fixture
def deal(session: Session, cast: Cast) -> Deal:
    return make_deal(session, cast)


@pytest.mark.parametrize(
    ("author", "audience", "readers"),
    [
        ("alice", "all", {"alice", "bob", "carol", "dave", "erin"}),
        ("alice", "office", {"alice", "carol", "dave"}),
        ("alice", "side", {"alice"}),
        ("bob", "side", {"bob"}),
        ("carol", "office", {"carol", "dave"}),
        ("dave", "office", {"carol", "dave"}),
    ],
)
def test_note_and_file_are_read_by_their_audience_only(
    session: Session, cast: Cast, deal: Deal, author: str, audience: str, readers: set[str]
) -> None:
    write_note(session, cast[author].actor, deal.id, SECRET, audience)
    file = add_deal_file(session, cast[author].actor, deal.id, FILE, audience)
    assert {key for key in READERS if notes_of(session, cast[key].actor, deal)} == readers
    assert {key for key in READERS if files_of(session, cast[key].actor, deal)} == readers
    for key in set(READERS) | {"mallory"}:
        if key in readers:
            assert get_deal_file(session, cast[key].actor, file.id) is file
        else:
            with pytest.raises(NotFound):
                get_deal_file(session, cast[key].actor, file.id)


@pytest.mark.parametrize("audience", ["all", "office", "side"])
def test_what_a_note_says_is_in_no_notice_no_mail_and_no_history(
    session: Session, cast: Cast, deal: Deal, audience: str
) -> None:
    write_note(session, cast.alice.actor, deal.id, SECRET, audience)
    told = session.scalars(sa.select(Notice)).all()
    told_ids = {"all": {cast.bob.user_id, cast.carol.user_id}, "office": {cast.carol.user_id}, "side": set()}
    assert {notice.user_id for notice in told} == told_ids[audience]
    texts = [f"{notice.title}{notice.body}{notice.phrases}" for notice in told]
    texts += [f"{mail.subject}{mail.body}" for mail in session.scalars(sa.select(Mail))]
    texts += [f"{event.text}{event.reason}" for event in deal_history(session, deal)]
    assert [text for text in texts if SECRET in text] == []


@pytest.mark.parametrize(
    ("text", "audience", "field"),
    [("", "all", "text"), ("长" * 4001, "all", "text"), ("x", "", "audience"), ("x", "world", "audience")],
)
def test_note_needs_words_and_an_audience(
    session: Session, cast: Cast, deal: Deal, text: str, audience: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        write_note(session, cast.alice.actor, deal.id, text, audience)
    assert list(refused.value.errors) == [field]


def test_broker_has_no_side_to_write_for_and_the_administrator_does_not_write(
    session: Session, cast: Cast, deal: Deal
) -> None:
    with pytest.raises(Invalid):
        write_note(session, cast.carol.actor, deal.id, "x", "side")
    with pytest.raises(Forbidden):
        write_note(session, cast.erin.actor, deal.id, "x", "all")
    with pytest.raises(NotFound):
        write_note(session, cast.mallory.actor, deal.id, "x", "all")


def test_note_and_file_are_taken_back_by_who_wrote_them_only(session: Session, cast: Cast, deal: Deal) -> None:
    note = write_note(session, cast.alice.actor, deal.id, "x", "all")
    file = add_deal_file(session, cast.alice.actor, deal.id, FILE, "all")
    assert add_deal_file(session, cast.alice.actor, deal.id, FILE, "all") is file
    for take in (
        lambda: take_back_note(session, cast.bob.actor, note.id),
        lambda: remove_deal_file(session, cast.bob.actor, file.id),
    ):
        with pytest.raises(NotFound):
            take()
    take_back_note(session, cast.alice.actor, note.id)
    remove_deal_file(session, cast.alice.actor, file.id)
    assert (notes_of(session, cast.bob.actor, deal), files_of(session, cast.bob.actor, deal)) == ((), ())


def test_minutes_of_a_meeting_keep_revisions_and_refuse_stale_ones(session: Session, cast: Cast, deal: Deal) -> None:
    meeting = record_meeting(session, cast.bob.actor, deal.id, held_on=TODAY, title="技术交流")
    save_meeting_minutes(session, cast.bob.actor, meeting.id, "第一版", seen=0)
    save_meeting_minutes(session, cast.alice.actor, meeting.id, "第二版", seen=1)
    with pytest.raises(StaleMinutes) as stale:
        save_meeting_minutes(session, cast.carol.actor, meeting.id, "另一版", seen=1)
    assert (stale.value.theirs.text, stale.value.mine) == ("第二版", "另一版")
    assert [row.number for row in meeting_revisions(session, meeting)] == [2, 1]


def test_minutes_are_not_for_the_administrator_nor_for_outsiders(session: Session, cast: Cast, deal: Deal) -> None:
    meeting = record_meeting(session, cast.bob.actor, deal.id, held_on=TODAY, title="技术交流")
    with pytest.raises(Forbidden):
        load_deal_meeting(session, cast.erin.actor, meeting.id)
    with pytest.raises(NotFound):
        load_deal_meeting(session, cast.mallory.actor, meeting.id)


@pytest.mark.parametrize(
    ("on", "title"), [("", "x"), ("2099-01-01", "x"), (TODAY, ""), (TODAY, "长" * 101), ("?", "x")]
)
def test_meeting_needs_a_past_day_and_a_title(session: Session, cast: Cast, deal: Deal, on: str, title: str) -> None:
    with pytest.raises(Invalid):
        record_meeting(session, cast.bob.actor, deal.id, held_on=on, title=title)


def test_confidentiality_agreement_is_sent_signed_and_expires(session: Session, cast: Cast, deal: Deal) -> None:
    assert confidentiality_of(session, deal).state == "none"
    send_confidentiality(session, cast.carol.actor, deal.id, sent_on=TODAY)
    with pytest.raises(Conflict):
        send_confidentiality(session, cast.carol.actor, deal.id, sent_on=TODAY)
    scan = add_deal_file(session, cast.carol.actor, deal.id, FILE, "all")
    end = today() + timedelta(days=20)
    sign_confidentiality(session, cast.alice.actor, deal.id, signed_on=TODAY, expires_on=end.isoformat(), file=scan)
    view = confidentiality_of(session, deal)
    assert (view.state, view.expires_on, view.expires_soon, view.file_name) == ("nda_signed", end, True, "报价.pdf")
    with pytest.raises(Conflict):
        remove_deal_file(session, cast.carol.actor, scan.id)
    drop_confidentiality(session, cast.carol.actor, deal.id)
    assert confidentiality_of(session, deal).state == "none"


def test_confidentiality_agreement_refuses_days_in_the_wrong_order_and_a_hidden_scan(
    session: Session, cast: Cast, deal: Deal
) -> None:
    with pytest.raises(Conflict):
        sign_confidentiality(session, cast.carol.actor, deal.id, signed_on=TODAY)
    with pytest.raises(Invalid):
        send_confidentiality(session, cast.carol.actor, deal.id, sent_on="2099-01-01")
    send_confidentiality(session, cast.carol.actor, deal.id, sent_on=TODAY)
    hidden = add_deal_file(session, cast.alice.actor, deal.id, FILE, "side")
    yesterday = (today() - timedelta(days=1)).isoformat()
    for words in ({"signed_on": yesterday}, {"signed_on": TODAY, "expires_on": TODAY}, {"signed_on": ""}):
        with pytest.raises(Invalid):
            sign_confidentiality(session, cast.carol.actor, deal.id, **words)
    with pytest.raises(Invalid):
        sign_confidentiality(session, cast.alice.actor, deal.id, signed_on=TODAY, file=hidden)
