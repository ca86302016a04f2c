"""Digests: due at eight, each notice in one, nothing where there is nothing to say."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.mails import Mail
from matchmaker.domain.notices import MailPace, Notice
from matchmaker.domain.people import User
from matchmaker.services.digests import MOST_LINES, last_due, write_digests
from matchmaker.services.notices import tell
from matchmaker.services.preferences import save_paces
from tests.cast import Cast

# Wednesday, 25 November 2026, eight o'clock in the city.
EIGHT = datetime(2026, 11, 25, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _notice(database: Database, cast: Cast, at: datetime, key: str = "alice", topic: str = "match") -> int:
    with database.transaction() as session:
        user = session.get_one(User, cast[key].user_id)
        notice = tell(session, user, topic=topic, title=f"{topic} {at:%d %H}", body="文", path="/")
        assert notice is not None
        notice.created_at = at
        return notice.id


def _mails(database: Database) -> list[Mail]:
    with database.read() as session:
        return list(session.scalars(sa.select(Mail).order_by(Mail.id)))


@pytest.mark.parametrize(
    ("now", "daily", "weekly"),
    [
        (EIGHT - HOUR, EIGHT - timedelta(days=1), EIGHT - timedelta(days=2)),
        (EIGHT, EIGHT, EIGHT - timedelta(days=2)),
        (EIGHT + 23 * HOUR, EIGHT, EIGHT - timedelta(days=2)),
        (EIGHT - timedelta(days=2, hours=1), EIGHT - timedelta(days=3), EIGHT - timedelta(days=9)),
        (EIGHT - timedelta(days=2), EIGHT - timedelta(days=2), EIGHT - timedelta(days=2)),
    ],
)
def test_digest_is_due_at_eight_in_the_city_and_on_monday(now: datetime, daily: datetime, weekly: datetime) -> None:
    assert (last_due(MailPace.DAILY, now), last_due(MailPace.WEEKLY, now)) == (daily, weekly)


def test_digest_gathers_by_topic_what_came_before_eight(database: Database, settings: Settings, cast: Cast) -> None:
    with database.transaction() as session:
        save_paces(session, cast.alice.actor, {"review": "daily"})
    for at, topic in ((-3, "match"), (-2, "review"), (-1, "match"), (1, "match")):
        _notice(database, cast, EIGHT + at * HOUR, topic=topic)
    assert write_digests(database, settings, EIGHT + 2 * HOUR) == 1
    (mail,) = _mails(database)
    assert (mail.subject, mail.recipient, mail.path, mail.scope) == (
        "每日汇总：3 条新通知",
        cast.alice.email,
        "/notices",
        "daily",
    )
    base = settings.base_url
    assert mail.body == (
        f"【审核】\n· review 24 22\n  {base}/notices/2\n\n"
        f"【新的匹配】\n· match 24 23\n  {base}/notices/3\n· match 24 21\n  {base}/notices/1"
    )


def test_digest_is_written_once_and_the_next_day_takes_the_rest(
    database: Database, settings: Settings, cast: Cast
) -> None:
    _notice(database, cast, EIGHT - HOUR)
    _notice(database, cast, EIGHT + HOUR)
    days = [0, 0, 1, 1]
    assert [write_digests(database, settings, EIGHT + timedelta(days=day)) for day in days] == [1, 0, 1, 0]


def test_two_workers_write_one_digest(database: Database, settings: Settings, cast: Cast) -> None:
    _notice(database, cast, EIGHT - HOUR)
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(write_digests(database, settings, EIGHT))) for _ in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sum(counts), len(_mails(database))) == (1, 1)


def test_digest_of_what_was_read_meanwhile_is_not_written(database: Database, settings: Settings, cast: Cast) -> None:
    notice_id = _notice(database, cast, EIGHT - HOUR)
    with database.transaction() as session:
        session.get_one(Notice, notice_id).read_at = EIGHT
    assert (write_digests(database, settings, EIGHT), _mails(database)) == (0, [])


def test_digest_that_could_not_be_written_is_written_by_the_next_round(
    database: Database, settings: Settings, cast: Cast
) -> None:
    _notice(database, cast, EIGHT - HOUR)
    with database.transaction() as session:
        session.execute(sa.text("CREATE TRIGGER full BEFORE INSERT ON mails BEGIN SELECT RAISE(ABORT, 'full'); END"))
    with pytest.raises(IntegrityError, match="full"):
        write_digests(database, settings, EIGHT)
    with database.transaction() as session:
        session.execute(sa.text("DROP TRIGGER full"))
    assert write_digests(database, settings, EIGHT) == 1


def test_long_digest_names_the_newest_and_counts_the_rest(database: Database, settings: Settings, cast: Cast) -> None:
    with database.transaction() as session:
        user = session.get_one(User, cast.alice.user_id)
        for number in range(MOST_LINES + 2):
            session.add(
                Notice(
                    user_id=user.id,
                    topic="match",
                    title=f"{number}",
                    body="",
                    path="/",
                    digest="daily",
                    created_at=EIGHT - HOUR,
                )
            )
    write_digests(database, settings, EIGHT)
    lines = _mails(database)[0].body.splitlines()
    assert (lines[1], lines[-1]) == (f"· {MOST_LINES + 1}", "另有 2 条较早的通知，请在平台查看。")
