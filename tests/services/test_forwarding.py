"""Forwarding one side of a pair to a person without account."""

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from matchmaker.domain.avoidances import Avoidance
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.forwardings import Forwarding
from matchmaker.domain.inventors import Inventor, Inventorship
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.mails import Mail
from matchmaker.domain.matches import Match
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import Organization
from matchmaker.services.decisions import decide
from matchmaker.services.forwarding import LIFETIME, forward, forwarding_path, forwardings_of, load_forwarding, revoke
from matchmaker.services.forwarding_answers import answer
from matchmaker.services.forwarding_views import view_forwarded
from matchmaker.services.inventors import delete_inventor
from matchmaker.services.match_lists import undecided
from matchmaker.services.recipients import KEPT, Recipient, forget_recipients, recipients
from tests.pairs import pair, publish

SECRET = b"secret"
WANG = Recipient("王工", "wang@uni.example")


@pytest.fixture
def need(session, cast):
    columns = {
        "problem": "机密问题",
        "budget": Decimal(5),
        "contact_name": "机密联系人",
        "contact_phone": "13900009999",
    }
    return publish(session, cast.alice, "need", "叶片除冰", visibility="anonymous", **columns)


@pytest.fixture
def match(session, cast, need):
    return pair(session, need, publish(session, cast.bob, "achievement", "疏冰涂料"))


def send(session, cast, match, recipient=WANG, message=""):
    return forward(session, cast.bob.actor, match.id, recipient, message, SECRET)


def token_of(row):
    return forwarding_path(SECRET, row.id).removeprefix("/forwarded/")


def opened(session, row):
    return view_forwarded(load_forwarding(session, SECRET, token_of(row)))


def test_forward_writes_a_mail_with_a_link_and_the_journal(session, cast, match):
    row = send(session, cast, match, message="请看看")
    mail = session.scalars(sa.select(Mail)).one()
    assert (mail.recipient, mail.user_id, mail.path) == ("wang@uni.example", None, forwarding_path(SECRET, row.id))
    assert (mail.subject, mail.body.endswith("附言：\n请看看")) == ("昆仑理工大学 转发给您：叶片除冰", True)
    entry = session.scalars(sa.select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert (entry.subject_kind, entry.action, entry.data) == ("forwarding", "forward", {"match_id": match.id})
    assert row.expires_at - utc_now() <= LIFETIME


def test_link_shows_the_public_abstract_even_where_more_was_opened_to_the_sender(session, cast, match):
    row = send(session, cast, match)
    for member in (cast.alice, cast.bob):
        decide(session, member.actor, match.id, "interested", agreed=True)
    view = opened(session, row)
    assert (view.listing.title, view.listing.organization_name, view.listing.organization_id) == (
        "叶片除冰",
        "匿名需求方",
        None,
    )
    text = repr(view)
    assert [word in text for word in ("机密问题", "机密联系人", "13900009999", "天山机械")] == [False] * 4
    assert (view.own_title, view.grade, view.organization_name) == ("疏冰涂料", 3, "昆仑理工大学")


def test_listing_for_brokers_only_is_not_forwarded_even_where_it_was_opened(session, cast, match, need):
    row = send(session, cast, match)
    need.visibility = need.current.visibility = "brokers"
    session.flush()
    with pytest.raises(NotFound):
        opened(session, row)
    with pytest.raises((Forbidden, NotFound)):
        send(session, cast, match, Recipient("李工", "li@uni.example"))


@pytest.mark.parametrize("name", ["mallory", "carol", "dave"])
def test_only_an_owner_of_one_side_forwards(session, cast, match, name):
    with pytest.raises((Forbidden, NotFound)):
        forward(session, cast[name].actor, match.id, WANG, "", SECRET)


@pytest.mark.parametrize(
    ("recipient", "message", "fields"),
    [
        (Recipient("", ""), "", {"name", "email"}),
        (Recipient("王工", "nonsense"), "", {"email"}),
        (WANG, "字" * 501, {"message"}),
    ],
)
def test_forward_names_what_is_wrong(session, cast, match, recipient, message, fields):
    with pytest.raises(Invalid) as caught:
        send(session, cast, match, recipient, message)
    assert (set(caught.value.errors), session.scalars(sa.select(Mail)).all()) == (fields, [])


def test_one_person_gets_one_open_link_to_a_pair(session, cast, match):
    row = send(session, cast, match)
    with pytest.raises(Conflict):
        send(session, cast, match)
    revoke(session, cast.bob.actor, row.id)
    assert send(session, cast, match).id != row.id


def test_revoked_link_is_void_at_once_and_an_unsent_mail_is_not_sent(session, cast, match):
    row = send(session, cast, match)
    with pytest.raises(NotFound):
        revoke(session, cast.alice.actor, row.id)
    revoke(session, cast.bob.actor, row.id)
    revoke(session, cast.bob.actor, row.id)
    with pytest.raises(NotFound):
        opened(session, row)
    assert session.scalars(sa.select(Mail)).all() == []


def expired(session, row, match):
    row.expires_at = utc_now() - timedelta(seconds=1)


def closed(session, row, match):
    match.need.state = "closed"


def suspended(session, row, match):
    session.get_one(Organization, row.organization_id).suspended_at = utc_now()


def kept_apart(session, row, match):
    session.add(
        Avoidance(
            organization_id=match.need.organization_id,
            avoided_id=row.organization_id,
            name="昆仑理工大学",
            kind="rival",
        )
    )


@pytest.mark.parametrize("happens", [expired, closed, suspended, kept_apart])
def test_link_is_void_once_it_should_not_be_read_any_more(session, cast, match, happens):
    row = send(session, cast, match)
    happens(session, row, match)
    session.flush()
    with pytest.raises(NotFound):
        opened(session, row)


def test_forged_link_is_void(session, cast, match):
    row = send(session, cast, match)
    for token in ("x", token_of(row)[:-1], forwarding_path(b"other", row.id).removeprefix("/forwarded/")):
        with pytest.raises(NotFound):
            load_forwarding(session, SECRET, token)


def test_answer_is_recorded_told_once_and_may_be_changed(session, cast, match):
    row = send(session, cast, match)
    answer(session, row, "question", " 有样品吗？ ")
    answer(session, row, "question", "有样品吗？")
    answer(session, row, "interested", "")
    notices = session.scalars(sa.select(Notice).where(Notice.topic == "forward").order_by(Notice.id)).all()
    assert [(notice.user_id, notice.title, notice.path) for notice in notices] == [
        (cast.bob.user_id, "王工 答复了您转发的《叶片除冰》：有疑问", f"/matches/{match.id}"),
        (cast.bob.user_id, "王工 答复了您转发的《叶片除冰》：感兴趣", f"/matches/{match.id}"),
    ]
    view = forwardings_of(session, cast.bob.actor, [match.id])[match.id][0]
    assert (view.answer, view.answer_note, forwardings_of(session, cast.alice.actor, [match.id])) == (
        "interested",
        None,
        {match.id: ()},
    )


@pytest.mark.parametrize(
    ("given", "note", "field"), [("", "", "answer"), ("question", " ", "note"), ("interested", "字" * 1001, "note")]
)
def test_answer_says_what_is_missing(session, cast, match, given, note, field):
    with pytest.raises(Invalid) as caught:
        answer(session, send(session, cast, match), given, note)
    assert set(caught.value.errors) == {field}


def test_inventors_of_the_listing_are_offered_first(session, cast, match):
    office = cast.bob.organization_id
    other, named, silent = (
        Inventor(organization_id=office, name=name, email=email)
        for name, email in (("安老师", "an@uni.example"), ("赵老师", "zhao@uni.example"), ("周老师", None))
    )
    session.add_all(
        (other, named, silent, Inventor(organization_id=cast.alice.organization_id, name="外", email="w@x.example"))
    )
    session.flush()
    session.add(Inventorship(listing_id=match.achievement_id, inventor_id=named.id))
    session.flush()
    options = recipients(session, cast.bob.actor, match.achievement_id)
    assert [(option.name, option.is_of_listing) for option in options] == [("赵老师", True), ("安老师", False)]
    row = send(session, cast, match, Recipient(inventor_id=named.id))
    assert (row.recipient_name, row.recipient_email) == ("赵老师", "zhao@uni.example")
    with pytest.raises(Invalid):
        send(session, cast, match, Recipient(inventor_id=silent.id))
    delete_inventor(session, cast.bob.actor, named.id)
    session.refresh(row)
    assert (row.recipient_email, row.revoked_at is None) == ("", False)


def test_recipients_are_forgotten_half_a_year_after_the_link_expired(session, cast, match):
    row = send(session, cast, match)
    assert forget_recipients(session, row.expires_at + KEPT) == 0
    assert forget_recipients(session, row.expires_at + KEPT + timedelta(days=1)) == 1
    session.refresh(row)
    assert (row.recipient_name, row.recipient_email) == ("", "")


def test_forwarded_pair_is_kept_when_the_ranker_drops_it(session, cast, match):
    send(session, cast, match)
    assert session.scalars(sa.select(Match.id).where(*undecided())).all() == []
    assert session.scalars(sa.select(Forwarding.match_id)).all() == [match.id]


@pytest.mark.parametrize("side", ["alice", "bob"])
def test_link_is_void_for_whoever_is_kept_apart_from_either_side(session, cast, match, side):
    token = token_of(send(session, cast, match))
    assert load_forwarding(session, SECRET, token, frozenset({cast.mallory.organization_id})).match is match
    with pytest.raises(NotFound):
        load_forwarding(session, SECRET, token, frozenset({cast[side].organization_id}))
