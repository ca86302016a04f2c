"""The status of the platform: what is counted, and what is advised where something is wrong."""

from datetime import timedelta

from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.embeddings import Lease
from matchmaker.domain.mails import Mail
from matchmaker.services.status import WORKER_LEASE, platform_status
from tests.cast import Cast
from tests.pairs import publish


def _hear_of_worker(session: Session, seconds_ago: int) -> None:
    at = utc_now() - timedelta(seconds=seconds_ago)
    session.add(Lease(name=f"{WORKER_LEASE}:one", holder="one", expires_at=at, heartbeat_at=at))


def test_platform_status_counts_what_is_behind(database: Database, cast: Cast, settings: Settings) -> None:
    with database.transaction() as session:
        publish(session, cast.alice, "need", "除冰")
    with database.read() as session:
        status = platform_status(session, settings)
    assert (status.live, status.to_match, status.matches) == (1, 1, 0)


def test_advice_names_a_silent_worker_and_failed_mails(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        _hear_of_worker(session, 300)
        session.add(Mail(message_id="<1@x>", recipient="a@cast.example", subject="通知", body="", failed_at=utc_now()))
    with database.read() as session:
        advice = platform_status(session, settings).advice
    assert [sentence[:4] for sentence in advice if "数据库" not in sentence] == ["后台进程", "有邮件多"]


def test_advice_names_a_damaged_index(database: Database, settings: Settings) -> None:
    folder = settings.indexes / "vectors" / "need-open"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{")
    with database.transaction() as session:
        _hear_of_worker(session, 0)
    with database.read() as session:
        status = platform_status(session, settings)
    assert [bool(snapshot.fault) for snapshot in status.snapshots] == [True]
    assert [sentence[:6] for sentence in status.advice if "数据库" not in sentence] == ["有索引文件缺"]
