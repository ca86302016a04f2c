"""The worker's jobs, done inside a test."""

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.services.job_kinds import HANDLERS
from matchmaker.services.job_runner import JobRunner


def run_jobs(settings: Settings, database: Database) -> None:
    """Do everything that is queued."""
    runner = JobRunner(database, settings, HANDLERS, "test")
    while runner.step():
        pass
