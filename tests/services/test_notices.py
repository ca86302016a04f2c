"""Telling people: inbox and mail at once, nothing for those who are gone, nobody reads another's."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.domain.language import Sentence
from matchmaker.domain.mails import Mail
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor
from matchmaker.services.notices import PAGE_SIZE, count_unread, inbox, mark_all_read, open_notice, tell
from tests.cast import Cast, Member


def told(session: Session, member: Member, **changes: str) -> Notice:
    given = {"topic": "review", "title": "已发布：《甲》", "body": "审核已通过。", "path": "/needs/3", **changes}
    notice = tell(session, session.get_one(User, member.user_id), **given)
    assert notice is not None
    return notice


def test_tell_writes_a_notice_and_a_mail_that_leads_to_it(session: Session, cast: Cast) -> None:
    notice = told(session, cast.alice, title=" 已发布：\n《甲》\x00 ")
    mail = session.scalars(sa.select(Mail)).one()
    assert (notice.title, notice.body, notice.path, notice.read_at) == (
        "已发布： 《甲》",
        "审核已通过。",
        "/needs/3",
        None,
    )
    assert (mail.recipient, mail.subject, mail.path) == (cast.alice.email, "已发布： 《甲》", f"/notices/{notice.id}")


@pytest.mark.parametrize("gone", ["deleted_at", "disabled_at"])
def test_tell_passes_over_those_who_are_gone(session: Session, cast: Cast, gone: str) -> None:
    user = session.get_one(User, cast.alice.user_id)
    setattr(user, gone, utc_now())
    given = {"topic": "review", "title": "题", "body": "文", "path": "/"}
    assert [tell(session, person, **given) for person in (user, None)] == [None, None]
    assert session.scalars(sa.select(Mail)).all() == []


@pytest.mark.parametrize("path", ["", "needs/3", "//evil.example", "/\\evil.example", "https://evil.example/", "/a\nb"])
def test_tell_refuses_a_path_that_leads_off_the_site(session: Session, cast: Cast, path: str) -> None:
    with pytest.raises(ValueError, match="no path of this site"):
        told(session, cast.alice, path=path)


def test_sentence_can_still_be_translated_after_it_was_stored(session: Session, cast: Cast) -> None:
    notice = told(session, cast.alice, title=Sentence("已发布：《%(title)s》", title="甲 100%"))
    session.expire(notice)
    heading = notice.heading
    assert isinstance(heading, Sentence)
    assert (heading, heading.template, heading.values) == (
        "已发布：《甲 100%》",
        "已发布：《%(title)s》",
        {"title": "甲 100%"},
    )
    assert type(notice.text) is str


def test_inbox_shows_own_notices_by_topic_and_page(session: Session, cast: Cast) -> None:
    for number in range(PAGE_SIZE + 1):
        told(session, cast.alice, title=str(number))
    told(session, cast.alice, topic="match", title="新")
    told(session, cast.bob)
    open_notice(session, cast.alice.actor, inbox(session, cast.alice.actor, topic="match").notices[0].id)
    page = inbox(session, cast.alice.actor, page=2)
    assert ([notice.title for notice in page.notices], page.total, page.pages) == (["1", "0"], PAGE_SIZE + 2, 2)
    assert (page.counts, page.unread) == ({"match": 1, "review": PAGE_SIZE + 1}, PAGE_SIZE + 1)
    unread = inbox(session, cast.alice.actor, unread_only=True, page=99)
    assert (unread.number, unread.total, [notice.title for notice in unread.notices]) == (2, PAGE_SIZE + 1, ["0"])


def test_notice_of_somebody_else_is_not_found_and_stays_unread(session: Session, cast: Cast) -> None:
    notice = told(session, cast.alice)
    with pytest.raises(NotFound):
        open_notice(session, cast.mallory.actor, notice.id)
    mark_all_read(session, cast.mallory.actor)
    assert count_unread(session, cast.alice.user_id) == 1


def test_reading_all_marks_each_once(session: Session, cast: Cast) -> None:
    first = told(session, cast.alice)
    told(session, cast.alice)
    read_at = open_notice(session, cast.alice.actor, first.id).read_at
    assert mark_all_read(session, cast.alice.actor) == 1
    session.refresh(first)
    assert (count_unread(session, cast.alice.user_id), first.read_at) == (0, read_at)


def test_inbox_of_a_visitor_is_refused(session: Session) -> None:
    with pytest.raises(Forbidden):
        inbox(session, Actor.anonymous())
