"""Making the reports of a quarter once it is over, all at once and once for ever, and telling the offices."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.base import Database, upsert
from matchmaker.domain.closed_periods import Period, PeriodKind
from matchmaker.domain.decline_reports import DeclineReport
from matchmaker.domain.language import N_, Sentence, joined
from matchmaker.domain.listings import Listing, Revision
from matchmaker.domain.people import Organization
from matchmaker.domain.sub_units import SubUnit
from matchmaker.services.decline_reports.advice import ADVICE
from matchmaker.services.decline_reports.counting import Count, Cut, declines_of, told_counts
from matchmaker.services.organization_notices import tell_owners

SETTLED = timedelta(days=2)
"""A decision may be taken back to a former one within a day: a quarter is counted when that is over."""


def last_quarter(day: date) -> Period:
    """Return the latest quarter that is over on `day`."""
    number = (day.month - 1) // 3
    return Period(day.year, PeriodKind.QUARTER, number) if number else Period(day.year - 1, PeriodKind.QUARTER, 4)


Counts = dict[int, tuple[Count, ...]]


def make_when_due(database: Database, day: date) -> int:
    """Make the reports of the last quarter where they are not made yet; return how many.

    What may be told of many enterprises takes seconds to find: no lock is held meanwhile.
    """
    period = last_quarter(day)
    with database.read() as session:
        if day <= period.until + SETTLED or _is_made(session, period):
            return 0
        counts = _count(session, period)
    if not counts:
        return 0
    with database.transaction() as session:
        return _keep(session, period, counts)


def make_reports(session: Session, period: Period) -> int:
    """Make and keep the report of each university that enterprises declined in a quarter; tell those of which something
    may be said. A report that is kept already stays as it is. Return how many were made."""
    return _keep(session, period, _count(session, period))


def _count(session: Session, period: Period) -> Counts:
    return {university_id: told_counts(declines) for university_id, declines in declines_of(session, period).items()}


def _keep(session: Session, period: Period, found: Counts) -> int:
    made = 0
    for university_id, counts in found.items():
        row = {
            "organization_id": university_id,
            "year": period.year,
            "quarter": period.number,
            "content": _content(session, counts),
        }
        added = upsert(session, DeclineReport).values(**row).on_conflict_do_nothing().returning(DeclineReport.id)
        if session.scalar(added) is not None:
            made += 1
            _tell(session, university_id, period, counts)
    return made


def _is_made(session: Session, period: Period) -> bool:
    quarter = DeclineReport.year == period.year, DeclineReport.quarter == period.number
    return session.scalar(sa.select(DeclineReport.id).where(*quarter).limit(1)) is not None


def _content(session: Session, counts: Sequence[Count]) -> dict[str, Any]:
    """What is kept: the counts, and the names that achievements and sub-units have now."""
    ids = {cut: {int(each.keys[0]) for each in counts if each.cut is cut} for cut in (Cut.ACHIEVEMENT, Cut.SUB_UNIT)}
    ids[Cut.ACHIEVEMENT] |= {int(each.keys[0]) for each in counts if each.cut is Cut.ACHIEVEMENT_REASON}
    titles = session.execute(
        sa.select(Listing.id, Revision.title)
        .join(Revision, Revision.id == Listing.published_revision_id)
        .where(Listing.id.in_(ids[Cut.ACHIEVEMENT]))
    )
    units = session.execute(sa.select(SubUnit.id, SubUnit.name).where(SubUnit.id.in_(ids[Cut.SUB_UNIT])))
    return {
        "counts": [[each.cut, list(each.keys), each.count] for each in counts],
        "achievements": {str(row[0]): row[1] for row in titles},
        "sub_units": {str(row[0]): row[1] for row in units},
    }


def _tell(session: Session, university_id: int, period: Period, counts: Sequence[Count]) -> None:
    """Tell the office once, where there is a reason to be told of; its mail goes through the outbox."""
    reasons = [each for each in counts if each.cut is Cut.REASON]
    if not reasons or session.get_one(Organization, university_id).is_suspended:
        return
    title = Sentence(N_("%(year)s 年第 %(n)s 季度的谢绝原因报告可以看了"), year=period.year, n=period.number)
    first = reasons[0].keys[0]
    lines = [
        Sentence(
            N_("%(reason)s：%(count)s 次"), reason=codes.table("decline_reasons").name(each.keys[0]), count=each.count
        )
        for each in reasons
    ]
    lines.append(Sentence(N_("可以先做的一件事：%(advice)s"), advice=ADVICE[first][0]))
    path = f"/decline-reports?period={period.key}"
    tell_owners(session, university_id, title, joined(lines, "\n"), path=path)
