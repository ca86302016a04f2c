"""How the platform itself is doing: the worker's backlog, indexes, mails, versions."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker import __version__, migrations
from matchmaker.config import Settings
from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.embeddings import EmbeddingModel, IndexChange, Lease
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingState
from matchmaker.domain.mails import Mail
from matchmaker.domain.matches import Match
from matchmaker.domain.notices import Notice
from matchmaker.domain.webhooks import Webhook, WebhookDelivery
from matchmaker.search.keywords import KeywordIndex, KeywordIndexError
from matchmaker.search.snapshots import SnapshotState, snapshot_states
from matchmaker.services.embedding_models import active_model, count_behind
from matchmaker.services.keyword_writer import KEYWORDS
from matchmaker.services.matching import count_unmatched
from matchmaker.services.partitions import VECTORS
from matchmaker.services.rankers.health import RankerHealth, ranker_health

WORKER_LEASE = "worker"
WORKER_SILENT_SECONDS = 60
PACKAGES = ("flask", "sqlalchemy", "sentence-transformers", "torch", "faiss-cpu", "jieba", "tantivy", "onnxruntime")


@dataclass(frozen=True, slots=True)
class PlatformStatus:
    """One look at the platform. Counts are of listings, pairs and mails; moments are UTC."""

    version: str
    python: str
    packages: tuple[tuple[str, str], ...]
    database: str
    schema_current: str | None
    schema_head: str
    models: tuple[tuple[str, str], ...]
    ranker: RankerHealth
    live: int
    to_embed: int
    to_match: int
    matches: int
    last_change: int
    snapshots: tuple[SnapshotState, ...]
    worker_seen_at: datetime | None
    mails_waiting: int
    mails_failed: tuple[Mail, ...]
    digests_waiting: int
    messages_waiting: int
    messages_failed: int
    robots_paused: int

    @property
    def worker_alive(self) -> bool:
        """Whether a worker has been heard of within the last minute."""
        limit = utc_now() - timedelta(seconds=WORKER_SILENT_SECONDS)
        return self.worker_seen_at is not None and self.worker_seen_at > limit

    @property
    def advice(self) -> tuple[str, ...]:
        """What is wrong and what to do about it, one sentence each, the most urgent first; empty where all is well."""
        return tuple(sentence for is_wrong, sentence in self._faults() if is_wrong)

    def _faults(self) -> Iterator[tuple[bool, str]]:
        yield (
            self.schema_current != self.schema_head,
            N_("数据库结构不是本版本的：请停止服务，运行 matchmaker migrate。"),
        )
        yield (
            self.ranker.fault is not None,
            N_("选定的排序模型不能使用，现在用的是内置排序：请在“排序模型”页查看原因，恢复它的目录或另选一个。"),
        )
        yield not self.worker_alive, N_("后台进程没有运行，新发布的内容不会被匹配：请启动 matchmaker worker。")
        yield (
            any(snapshot.fault for snapshot in self.snapshots),
            N_("有索引文件缺失或损坏：后台进程会自动重建；若长时间没有恢复，请查看它的日志。"),
        )
        yield bool(self.mails_failed), N_("有邮件多次发送失败：请检查 SMTP 设置和收件地址，然后点“重试”。")

    def rows(self) -> Iterator[tuple[str, str]]:
        """Yield (label, value) for a terminal."""
        yield "version", f"{self.version} on Python {self.python}"
        yield "database", f"{self.database}, schema {self.schema_current} (needed: {self.schema_head})"
        for model_id, state in self.models:
            yield f"model {state}", model_id
        yield "ranker", self.ranker.text
        yield "live listings", str(self.live)
        yield "to embed / to match", f"{self.to_embed} / {self.to_match}"
        yield "matches", str(self.matches)
        yield "last index change", str(self.last_change)
        for snapshot in self.snapshots:
            yield f"index {snapshot.name}", snapshot.text
        yield "worker", "running" if self.worker_alive else f"not heard of since {self.worker_seen_at}"
        yield "mails waiting / failed", f"{self.mails_waiting} / {len(self.mails_failed)}"
        yield "notices for digests", str(self.digests_waiting)
        yield "messages waiting / failed", f"{self.messages_waiting} / {self.messages_failed}"
        yield "robots paused", str(self.robots_paused)


def platform_status(session: Session, settings: Settings) -> PlatformStatus:
    """Read everything; nothing is cached."""
    engine = session.connection().engine
    model = active_model(session)
    return PlatformStatus(
        version=__version__,
        python=sys.version.split()[0],
        packages=tuple((name, version(name)) for name in PACKAGES),
        database=engine.dialect.name,
        schema_current=migrations.current(engine),
        schema_head=migrations.head(),
        models=tuple((row.model_id, row.state) for row in session.scalars(sa.select(EmbeddingModel))),
        ranker=ranker_health(session, settings),
        live=_count(session, Listing, Listing.state == ListingState.PUBLISHED),
        to_embed=count_behind(session, model.model_id) if model else 0,
        to_match=count_unmatched(session),
        matches=_count(session, Match),
        last_change=session.scalar(sa.select(sa.func.max(IndexChange.id))) or 0,
        snapshots=(*_keyword_state(settings), *snapshot_states(settings.indexes / VECTORS)),
        worker_seen_at=session.scalar(
            sa.select(sa.func.max(Lease.heartbeat_at)).where(Lease.name.startswith(WORKER_LEASE))
        ),
        mails_waiting=_count(session, Mail, Mail.sent_at.is_(None), Mail.failed_at.is_(None)),
        mails_failed=tuple(session.scalars(sa.select(Mail).where(Mail.failed_at.is_not(None)).limit(50))),
        digests_waiting=_count(session, Notice, Notice.digest.is_not(None)),
        messages_waiting=_count(
            session, WebhookDelivery, WebhookDelivery.sent_at.is_(None), WebhookDelivery.failed_at.is_(None)
        ),
        messages_failed=_count(session, WebhookDelivery, WebhookDelivery.failed_at.is_not(None)),
        robots_paused=_count(session, Webhook, Webhook.paused_at.is_not(None), Webhook.deleted_at.is_(None)),
    )


def _keyword_state(settings: Settings) -> Iterator[SnapshotState]:
    folder = settings.indexes / KEYWORDS
    try:
        if folder.exists():
            index = KeywordIndex(folder)
            yield SnapshotState(KEYWORDS, len(index), index.last_change)
    except KeywordIndexError as error:
        yield SnapshotState(KEYWORDS, 0, 0, str(error))


def _count(session: Session, table: type[Base], *conditions: sa.ColumnElement[bool]) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(table).where(*conditions)) or 0
