"""Reports: the bureau's of three quarters and a branch's of one month, made by the worker's own jobs."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from matchmaker.domain.closed_periods import Period, PeriodKind
from matchmaker.domain.jobs import Job, JobState
from matchmaker.domain.permissions import Actor
from matchmaker.services.job_kinds import HANDLERS
from matchmaker.services.job_runner import JobRunner
from matchmaker.services.reports.making import order_report
from synthetic.story import Story, moment

DAYS_AFTER = 12
"""So many days after its end a period is reported: its last month is closed by then."""
BRANCH_MONTH = 10


def schedule_reports(story: Story) -> None:
    """Let a branch report a month and the bureau quarters, as many as are asked for; the fourth ends with the story."""
    month = Period(story.year, PeriodKind.MONTH, BRANCH_MONTH), _branch
    quarters = [(Period(story.year, PeriodKind.QUARTER, number), Story.bureau) for number in range(1, 4)]
    for period, reporter in [month, *quarters][: story.sizes.reports]:
        when = moment(period.until + timedelta(days=DAYS_AFTER), 11)
        story.at(when, "reports", partial(_report, period, reporter))


def _report(period: Period, reporter: Callable[[Story], Actor], story: Story) -> None:
    job_id = order_report(story.session, reporter(story), period).id
    story.commit()
    runner = JobRunner(story.database, story.settings, HANDLERS, "synthetic")
    while runner.step():
        pass
    job = story.session.get_one(Job, job_id)
    assert job.state == JobState.DONE, job.fault
    story.counts["reports"] += 1


def _branch(story: Story) -> Actor:
    return story.actor(story.cast.branches[0])
