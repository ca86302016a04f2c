"""How people want to be told by e-mail, and leaving a kind of mail through a signed link."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.mails import Mail
from matchmaker.domain.notices import MailPace, Notice, NoticeTopic
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor
from matchmaker.services.notices import tell
from matchmaker.services.preferences import paces_of, save_paces
from matchmaker.services.unsubscribing import UnsubscribeLinks, unsubscribe, unsubscribe_links
from tests.cast import Cast, Member


def _told(session: Session, member: Member, topic: str = "review") -> tuple[str | None, int]:
    """Tell a person something; return the digest that the notice waits for, and how many mails were written."""
    before = session.scalar(sa.select(sa.func.count()).select_from(Mail)) or 0
    user = session.get_one(User, member.user_id)
    notice = tell(session, user, topic=topic, title="题", body="文", path="/")
    assert notice is not None
    return notice.digest, (session.scalar(sa.select(sa.func.count()).select_from(Mail)) or 0) - before


@pytest.mark.parametrize(
    ("pace", "expected"),
    [("now", (None, 1)), ("daily", ("daily", 0)), ("weekly", ("weekly", 0)), ("off", (None, 0))],
)
def test_pace_decides_the_mail_and_never_the_notice(
    session: Session, cast: Cast, pace: str, expected: tuple[str | None, int]
) -> None:
    save_paces(session, cast.alice.actor, {"review": pace})
    assert _told(session, cast.alice) == expected
    assert _told(session, cast.bob) == (None, 1)


def test_matches_are_gathered_unless_a_person_wants_otherwise(session: Session, cast: Cast) -> None:
    paces = paces_of(session, cast.alice.user_id)
    assert {topic for topic, pace in paces.items() if pace is MailPace.DAILY} == {"match", "search"}
    assert (set(paces), set(paces.values())) == (set(NoticeTopic), {MailPace.NOW, MailPace.DAILY})


def test_unverified_address_gets_no_notices(session: Session, cast: Cast) -> None:
    session.get_one(User, cast.alice.user_id).email_verified_at = None
    assert _told(session, cast.alice) == (None, 0)
    assert session.scalars(sa.select(Notice.title)).all() == ["题"]


def test_changed_choice_moves_what_waits_for_a_digest(session: Session, cast: Cast) -> None:
    save_paces(session, cast.alice.actor, {"review": "daily", "match": "daily"})
    _told(session, cast.alice)
    _told(session, cast.alice, "match")
    save_paces(session, cast.alice.actor, {"review": "weekly", "match": "off"})
    assert session.scalars(sa.select(Notice.digest).order_by(Notice.id)).all() == ["weekly", None]


@pytest.mark.parametrize("chosen", [{"review": "hourly"}, {"gossip": "now"}, {"review": ""}])
def test_unknown_choice_changes_nothing(session: Session, cast: Cast, chosen: dict[str, str]) -> None:
    before = paces_of(session, cast.alice.user_id)
    with pytest.raises(Invalid):
        save_paces(session, cast.alice.actor, {"listing": "off", **chosen})
    assert paces_of(session, cast.alice.user_id) == before
    with pytest.raises(Forbidden):
        save_paces(session, Actor.anonymous(), {})


def _token(settings: Settings, member: Member, scope: str) -> str:
    return unsubscribe_links(settings).make(member.user_id, scope).rpartition("/")[2]


def test_link_leaves_its_topic_only_and_may_be_followed_twice(session: Session, cast: Cast, settings: Settings) -> None:
    token, links = _token(settings, cast.alice, "review"), unsubscribe_links(settings)
    assert [unsubscribe(session, token, links) for _ in range(2)] == ["review", "review"]
    assert [topic for topic, pace in paces_of(session, cast.alice.user_id).items() if pace == "off"] == ["review"]
    assert session.scalars(sa.select(JournalEntry.action)).all() == ["unsubscribe"]


def test_link_of_a_digest_leaves_every_topic_in_it(session: Session, cast: Cast, settings: Settings) -> None:
    unsubscribe(session, _token(settings, cast.alice, "daily"), unsubscribe_links(settings))
    assert [topic for topic, pace in paces_of(session, cast.alice.user_id).items() if pace == "off"] == [
        "match",
        "search",
    ]


def test_link_that_was_tampered_with_or_made_elsewhere_is_void(
    session: Session, cast: Cast, settings: Settings
) -> None:
    links = unsubscribe_links(settings)
    foreign = UnsubscribeLinks(b"another secret key of some length", str).make(cast.alice.user_id, "review")
    unknown = links.make(cast.alice.user_id, "gossip").rpartition("/")[2]
    nobody = links.make(10**6, "review").rpartition("/")[2]
    for token in (foreign, unknown, nobody, "", "x", _token(settings, cast.alice, "review")[:-1]):
        with pytest.raises(NotFound):
            unsubscribe(session, token, links)
