"""The worker: asks what is behind, does a batch, asks again. Killing it loses nothing; running two divides the work."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from types import FrameType

from matchmaker.config import Settings
from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.days import today
from matchmaker.domain.jobs import JobKind
from matchmaker.services.campaigns.reminders import remind_of_endings
from matchmaker.services.closing import expire_due
from matchmaker.services.courier import Courier
from matchmaker.services.deals.handing_over import release_forsaken
from matchmaker.services.deals.reminders import remind_of_deals
from matchmaker.services.deals.sleeping import wake_due
from matchmaker.services.decline_reports.making import make_when_due
from matchmaker.services.digests import write_digests
from matchmaker.services.duplicates import find_batch
from matchmaker.services.embedding_models import activate_if_complete, register_model
from matchmaker.services.engine import Engine
from matchmaker.services.events.reminders import remind_of_events
from matchmaker.services.evidence import EvidenceMaker
from matchmaker.services.exports.exporting import forget_exports
from matchmaker.services.follow_ups.making import make_missing
from matchmaker.services.follow_ups.reminders import remind_of_follow_ups
from matchmaker.services.imports.files import forget_lists
from matchmaker.services.indexing import embed_batch
from matchmaker.services.job_kinds import HANDLERS
from matchmaker.services.job_runner import Handler, JobRunner
from matchmaker.services.journal.heads import keep_head
from matchmaker.services.journal.witnesses import mail_head
from matchmaker.services.language_jobs import measure_terms
from matchmaker.services.leases import holder_name, release_dead_holders, take_leases
from matchmaker.services.mails import MAILS_AT_ONCE, deliver_due
from matchmaker.services.match_news import tell_news
from matchmaker.services.matching import drop_dead_matches, match_batch
from matchmaker.services.outbound import Outbound
from matchmaker.services.rankers.choosing import follow_configuration
from matchmaker.services.rankers.duty import RankerDuty
from matchmaker.services.rankers.folder import require_configured
from matchmaker.services.recipients import forget_recipients
from matchmaker.services.refits.switch import order_when_due
from matchmaker.services.reminders import remind_due
from matchmaker.services.search_alerts import look_for_news
from matchmaker.services.secrets import load_secret_key
from matchmaker.services.showings.writing import forget_showings
from matchmaker.services.status import WORKER_LEASE
from matchmaker.services.suspensions import end_suspensions_due
from matchmaker.services.timetables.booking import expire_asks
from matchmaker.services.unmet.making import draw_when_due
from matchmaker.services.verdicts import judge_batch
from matchmaker.services.verification_terms import end_verifications_due, remind_of_renewal
from matchmaker.services.visits import forget_salts

LOG = logging.getLogger(__name__)

IDLE_SECONDS = 0.3
INDEX_SECONDS = 0.3
HEARTBEAT_SECONDS = 10.0
MAIL_SECONDS = 5.0
HOUSEKEEPING_SECONDS = 30.0
FAILURE_PAUSE_SECONDS = 5.0


@dataclass(slots=True)
class Worker:
    """One worker process; `holder` is its name on leases."""

    settings: Settings
    database: Database
    engine: Engine
    holder: str = field(default_factory=holder_name)
    _jobs: JobRunner = field(init=False)
    _evidence: EvidenceMaker = field(init=False)
    _rankers: RankerDuty = field(init=False)
    _heartbeat_due: float = 0.0
    _housekeeping_due: float = 0.0
    _indexes_due: float = 0.0
    _mails_due: float = 0.0

    def __post_init__(self) -> None:
        # Measuring needs a model: the one that this process has.
        handlers: dict[str, Handler] = {**HANDLERS, JobKind.MEASURE_LANGUAGES: partial(measure_terms, self.engine)}
        self._jobs = JobRunner(self.database, self.settings, handlers, self.holder)
        self._evidence = EvidenceMaker(self.database, self.engine, self.holder)
        self._rankers = RankerDuty(self.settings, self.database, self.engine, self.holder)

    def start(self) -> None:
        """Make this worker's model known, so that listings count as behind it, free what dead workers held, and let the
        configured ranker serve.

        Raises:
            ConfigurationError: there is no such ranker.
        """
        require_configured(self.settings)
        # Loading the encoder takes seconds: before the transaction, not in it.
        encoder = self.engine.encoder
        self.engine.keep_gauge()
        with self.database.transaction() as session:
            release_dead_holders(session)
            register_model(session, encoder, self.settings)
            follow_configuration(session, self.settings)

    def stop(self) -> None:
        """Give back what this worker holds, so that another one goes on at once."""
        self._jobs.close()

    def step(self) -> bool:
        """Do one batch of whatever is most urgent; return whether there was anything to do.

        Jobs get their slices beside it: neither holds the other up.
        """
        self._beat()
        self._deliver()
        self._write_indexes()
        # Every part has its turn, so nothing here may be skipped because another part was busy.
        has_jobs = self._jobs.step()
        return self._derive() or has_jobs or self._housekeeping()

    def _derive(self) -> bool:
        """Do a batch of what follows from the listings: near-duplicates, vectors, matches, news, verdicts, then what
        networks of a trained ranker add, then evidence."""
        compared = bool(find_batch(self.database, self.holder))
        encoder = self.engine.encoder
        if embed_batch(self.database, encoder, self.holder):
            return True
        if activate_if_complete(self.database, encoder.model_id):
            LOG.info("model %s serves now", encoder.model_id)
            return True
        if self._rankers.tune_serving() or match_batch(self.database, self.engine, self.holder):
            return True
        told = bool(look_for_news(self.database, self.engine))
        judged = told or bool(judge_batch(self.database, encoder, self.holder))
        derived = judged or self._rankers.read_heads() or self._evidence.step()
        # Beside what serves now, a ranker that was chosen is prepared when nothing else waits.
        return derived or self._rankers.prepare_chosen() or compared

    def _beat(self) -> None:
        if time.monotonic() < self._heartbeat_due:
            return
        self._heartbeat_due = time.monotonic() + HEARTBEAT_SECONDS
        with self.database.transaction() as session:
            take_leases(session, [f"{WORKER_LEASE}:{self.holder}"], self.holder)

    def _deliver(self) -> None:
        # Not left to idle moments: somebody waits for a link to set a password, however long an import takes.
        if time.monotonic() >= self._mails_due:
            write_digests(self.database, self.settings)
            if deliver_due(self.database, self.settings) < MAILS_AT_ONCE:
                self._mails_due = time.monotonic() + MAIL_SECONDS

    def _write_indexes(self) -> None:
        # A commit of the keyword index costs tenths of a second: during a long import it is not done for each batch.
        if time.monotonic() >= self._indexes_due:
            self.engine.write_indexes(self.database)
            self._indexes_due = time.monotonic() + INDEX_SECONDS

    def _housekeeping(self) -> bool:
        """Remind of what ends soon and close what has expired, now and then."""
        if time.monotonic() < self._housekeeping_due:
            return False
        self._housekeeping_due = time.monotonic() + HOUSEKEEPING_SECONDS
        secret = load_secret_key(self.settings.data)
        with self.database.transaction() as session:
            remind_due(session, secret, today())
            expire_due(session, today())
            expire_asks(session, utc_now())
            end_suspensions_due(session, today())
            end_verifications_due(session, today())
            remind_of_renewal(session, today())
            remind_of_endings(session, today())
            remind_of_events(session, utc_now())
            make_missing(session, today())
            remind_of_follow_ups(session, today())
            release_forsaken(session)
            wake_due(session, today())
            remind_of_deals(session, today())
            drop_dead_matches(session)
            forget_salts(session, today())
            forget_recipients(session, utc_now())
        keep_head(self.settings, self.database)
        mail_head(self.database, self.settings)
        make_when_due(self.database, today())
        draw_when_due(self.database)
        order_when_due(self.database, self.settings)
        self._rankers.forget()
        tell_news(self.database)
        forget_lists(self.database, self.settings.data)
        forget_exports(self.database, self.settings.data)
        forget_showings(self.database, self.settings.showings_days, utc_now())
        return False


def run_worker(settings: Settings, *, parent: int | None, until_idle: bool) -> None:
    """Work until SIGTERM or SIGINT, until `parent` (a process id) is gone, or until nothing is behind."""
    stop = _stop_event()
    database = Database(settings.database_url)
    engine = Engine(settings)
    courier = Courier(settings, database, Outbound())
    try:
        worker = Worker(settings, database, engine)
        worker.start()
        courier.start()
        LOG.info("worker %s with model %s", worker.holder, engine.encoder.model_id)
        _loop(worker, lambda: stop.is_set() or _orphaned(parent), stop, until_idle)
        worker.stop()
    finally:
        courier.stop()
        engine.save()
        engine.close()
        database.dispose()


def _loop(worker: Worker, done: Callable[[], bool], stop: threading.Event, until_idle: bool) -> None:
    while not done():
        try:
            busy = worker.step()
        except Exception:
            # One bad row or a full disk must not end the service: it is logged, and everything is tried again.
            LOG.exception("a batch failed; trying again")
            stop.wait(FAILURE_PAUSE_SECONDS)
            continue
        if not busy:
            if until_idle:
                return
            stop.wait(IDLE_SECONDS)


def _stop_event() -> threading.Event:
    stop = threading.Event()

    def request_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, request_stop)
    return stop


def _orphaned(parent: int | None) -> bool:
    return parent is not None and os.getppid() != parent
