"""The ledger kept through the year: targets set, records entered and confirmed by two people, months closed."""

from datetime import date, timedelta
from functools import partial

import sqlalchemy as sa

from matchmaker.domain.closed_periods import ClosedPeriod, Period, PeriodKind, PeriodState
from matchmaker.domain.evidence_records import EvidenceRecord, RecordState
from matchmaker.domain.indicators import Measure
from matchmaker.services.ledger.definitions import definitions
from matchmaker.services.ledger.periods import close_period, reopen_period
from matchmaker.services.ledger.records import (
    RecordDraft,
    approve_record,
    dismiss_record,
    enter_record,
    evidence_indicators,
)
from matchmaker.services.ledger.target_setting import set_targets
from synthetic.story import Person, Story, moment

# The city's targets of these are shared out to branches and quarters.
SHARED = {"published_needs": 200, "contract_value": 2_600_000_000}
DISMISSED, CORRECTED = 0.06, 0.08
CLOSES_ON = 6
LEVELS = {"hightech_enterprises": (820, 1040), "technology_enterprises": (520, 690), "rd_intensity": (1, 2)}


def schedule_ledger(story: Story) -> None:
    """Set targets in January, enter records through the year, close each month some days after it."""
    story.at(moment(date(story.year, 1, 12), 10), "ledger", _set_targets)
    for number in range(story.sizes.records):
        when = story.some_time(story.some_day(15, 350))
        story.at(when, "ledger", partial(_enter, number))
    for month in range(1, 12):
        closes = moment(date(story.year, month + 1, CLOSES_ON), 17)
        story.at(closes, "ledger", partial(_close, Period(story.year, PeriodKind.MONTH, month)))
    story.at(moment(date(story.year, 9, 15), 11), "ledger", _reopen)


def _set_targets(story: Story) -> None:
    branches = [person.organization_id for person in story.cast.branches]
    known = {definition.indicator for definition in definitions(story.session, story.year)}
    for indicator, whole in SHARED.items():
        if indicator not in known:
            continue
        typed: dict[tuple[int | None, int], str] = {(None, 0): str(whole)}
        typed |= {(None, quarter): str(whole // 4) for quarter in range(1, 5)}
        typed |= {(branch, 0): str(whole // (len(branches) + 1)) for branch in branches}
        set_targets(story.session, story.bureau(), indicator, story.year, typed)


def _enter(number: int, story: Story) -> None:
    indicators = evidence_indicators(story.session, story.year)
    definition = indicators[number % len(indicators)]
    keeper = story.random.choice([*story.cast.bureau, *story.cast.branches])
    draft = RecordDraft(
        indicator=definition.indicator,
        on=(story.today() - timedelta(days=story.random.randint(0, 4))).isoformat(),
        subject=f"{definition.name}：第{number + 1}项",
        amount=_amount(story, definition.indicator, is_money=definition.is_money, measure=definition.measure),
        reference=f"乌科发〔{story.year}〕{number + 1}号",
    )
    entered = enter_record(story.session, story.actor(keeper), draft)
    story.counts["records"] += 1
    story.later(story.random.randint(1, 5), "ledger", partial(_decide, entered.id, keeper, draft))


def _amount(story: Story, indicator: str, *, is_money: bool, measure: str) -> str:
    if measure == Measure.LATEST:
        least, most = LEVELS.get(indicator, (1, 2))
        return f"{story.random.randint(least * 100, most * 100) / 100:.0f}" if most > 9 else "1.1"
    return f"{story.random.randint(10, 900)}0000.50" if is_money else str(story.random.randint(1, 4))


def _decide(record_id: int, keeper: Person, draft: RecordDraft, story: Story) -> None:
    """Somebody of the bureau who did not enter it confirms or refuses; now and then it is found wrong weeks later."""
    second = story.random.choice([person for person in story.cast.bureau if person != keeper])
    entered, actor = story.session.get_one(EvidenceRecord, record_id), story.actor(second)
    if story.random.random() < DISMISSED:
        dismiss_record(story.session, actor, entered, "文件与记录对不上")
        return
    approve_record(story.session, actor, entered)
    if entered.corrects_id is None and story.random.random() < CORRECTED:
        story.later(story.random.randint(10, 40), "ledger", partial(_correct, record_id, keeper, draft))


def _correct(record_id: int, keeper: Person, draft: RecordDraft, story: Story) -> None:
    wrong = story.session.get_one(EvidenceRecord, record_id)
    if wrong.state != RecordState.APPROVED:
        return
    right = RecordDraft(
        indicator=draft.indicator,
        on=draft.on,
        subject=f"{draft.subject}（更正）",
        amount=draft.amount,
        reference=f"{draft.reference}更正",
    )
    entered = enter_record(story.session, story.actor(keeper), right, corrects=wrong)
    story.counts["corrections"] += 1
    story.later(2, "ledger", partial(_decide, entered.id, keeper, right))


def _close(period: Period, story: Story) -> None:
    close_period(story.session, story.bureau(), period)
    story.counts["closed months"] += 1


def _reopen(story: Story) -> None:
    """One month is opened again for a late record, and closed anew."""
    query = sa.select(ClosedPeriod).where(ClosedPeriod.state == PeriodState.CLOSED).order_by(ClosedPeriod.id.desc())
    closed = story.session.scalars(query.limit(1)).one()
    period = closed.period
    reopen_period(story.session, story.bureau(), closed, "补登一份迟到的文件")
    story.later(3, "ledger", partial(_close, period))
