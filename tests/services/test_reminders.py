"""Reminders that something ends soon: each once."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from matchmaker.domain.notices import Notice
from matchmaker.services.closing import expire_due
from matchmaker.services.reminders import remind_due
from tests.pairs import publish

LAST_DAY = date(2099, 6, 30)
SECRET = b"secret"


def told(session):
    return session.scalars(sa.select(Notice).order_by(Notice.id)).all()


@pytest.fixture
def listing(session, cast):
    made = publish(session, cast.alice, "need", "叶片除冰")
    made.valid_until = LAST_DAY
    session.flush()
    return made


def remind(session, days):
    return remind_due(session, SECRET, LAST_DAY - timedelta(days=days))


def test_reminders_come_once_30_7_and_1_days_before(session, cast, listing):
    days = [31, 30, 29, 8, 7, 6, 2, 1, 0]
    assert [remind(session, each) for each in days] == [0, 1, 0, 0, 1, 0, 0, 1, 0]
    assert [remind(session, each) for each in days] == [0] * 9
    notices = told(session)
    assert {(notice.user_id, notice.topic, notice.title) for notice in notices} == {
        (cast.alice.user_id, "expiry", "《叶片除冰》将于 2099-06-30 到期")
    }
    assert [notice.body[:7] for notice in notices] == ["还有 30 天", "还有 7 天到", "还有 1 天到"]


def test_reminder_after_a_pause_is_the_latest_only(session, listing):
    assert [remind(session, 5), remind(session, 1)] == [1, 1]
    assert [notice.body[:6] for notice in told(session)] == ["还有 5 天", "还有 1 天"]


def test_reminders_begin_anew_after_a_renewal(session, listing):
    remind(session, 30)
    listing.valid_until = LAST_DAY + timedelta(days=1)
    session.flush()
    assert [remind(session, 29), remind(session, 29)] == [1, 0]


@pytest.mark.parametrize("state", ["closed", "draft"])
def test_only_what_is_published_is_reminded_of(session, listing, state):
    listing.state = state
    session.flush()
    assert remind(session, 1) == 0


def test_person_is_told_once_of_all_that_end_on_one_day(session, cast, listing):
    other = publish(session, cast.alice, "need", "齿轮箱润滑")
    other.valid_until = LAST_DAY
    session.flush()
    assert remind(session, 7) == 2
    notice, *more = told(session)
    assert (notice.title, notice.path, more) == ("2 条发布内容将于 2099-06-30 到期", "/listings?state=ending", [])
    assert notice.body.endswith("《叶片除冰》\n《齿轮箱润滑》")


def test_reminder_goes_to_a_colleague_where_the_owner_is_gone(session, cast, listing):
    listing.owner_id = None
    session.flush()
    session.expire(listing, ["owner"])
    remind(session, 7)
    assert [notice.user_id for notice in told(session)] == [cast.alice.user_id]


def test_expiry_is_told_once_for_all_that_ended(session, cast, listing):
    other = publish(session, cast.alice, "need", "齿轮箱润滑")
    other.valid_until = LAST_DAY
    session.flush()
    assert expire_due(session, LAST_DAY + timedelta(days=1)) == 2
    assert [notice.title for notice in told(session)] == ["2 条发布内容已到期"]
