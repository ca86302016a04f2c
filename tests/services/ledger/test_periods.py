"""Closed periods: their figures stay whatever comes later, and what came later is told apart."""

import hashlib
import json
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.closed_periods import ClosedPeriod, FrozenFigure, Period, PeriodKind
from matchmaker.domain.days import today
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.people import Organization
from matchmaker.services.ledger import figure, figures, rows
from matchmaker.services.ledger.defining import DefinitionDraft, add_version
from matchmaker.services.ledger.freezing import CITY, count_stages, frozen_districts, frozen_stages
from matchmaker.services.ledger.periods import (
    _plain,
    closable,
    close_period,
    closings,
    fingerprint,
    reopen_period,
    verify_periods,
)
from matchmaker.services.ledger.records import approve_record, enter_record
from matchmaker.services.ledger.rules import RULES, Rule
from matchmaker.services.ledger.target_setting import set_targets
from tests.cast import Cast, Member
from tests.ledger import a_record, make_approved, make_branch_staff, make_second, on_day
from tests.pairs import publish

Q1, Q2 = Period(2025, PeriodKind.QUARTER, 1), Period(2025, PeriodKind.QUARTER, 2)
MARCH, YEAR = Period(2025, PeriodKind.MONTH, 3), Period(2025, PeriodKind.YEAR)


@pytest.fixture
def diana(session: Session, cast: Cast) -> Member:
    return make_second(session, cast)


def prove(session: Session, cast: Cast, diana: Member, on: str, amount: str, subject: str = "") -> int:
    draft = a_record(on=on, amount=amount, subject=subject or f"{on} 一批")
    return make_approved(session, cast.dave.actor, diana.actor, draft).id


def envoys(session: Session, cast: Cast) -> tuple[object, int, int]:
    found = figure(session, cast.dave.actor, "envoys", 2025)
    return found.value, found.late, found.lost


def test_late_rows_are_told_apart_and_never_added(session: Session, cast: Cast, diana: Member) -> None:
    prove(session, cast, diana, "2025-02-10", "5")
    close_period(session, cast.dave.actor, Q1)
    late = prove(session, cast, diana, "2025-03-31", "7")
    prove(session, cast, diana, "2025-04-01", "3")
    assert envoys(session, cast) == (8, 1, 0)
    page = rows(session, cast.dave.actor, "envoys", 2025)
    assert ([row.amount for row in page.rows], [row.subject_id for row in page.late]) == ([3, 5], [late])


def test_reopening_counts_anew_with_a_reason_on_record(session: Session, cast: Cast, diana: Member) -> None:
    closed = close_period(session, cast.dave.actor, Q1)
    prove(session, cast, diana, "2025-03-31", "7")
    with pytest.raises(Invalid):
        reopen_period(session, cast.dave.actor, closed, "  ")
    reopen_period(session, cast.dave.actor, closed, "补报一季度")
    assert (envoys(session, cast), closed.state, closed.reopen_reason) == ((7, 0, 0), "reopened", "补报一季度")
    again = close_period(session, cast.dave.actor, Q1)
    assert [row.id for row in closings(session, cast.dave.actor, 2025)] == [again.id, closed.id]
    with pytest.raises(Conflict):
        reopen_period(session, cast.dave.actor, closed, "再来")
    moves = sa.select(JournalEntry.reason).where(JournalEntry.subject_kind == "closed_period")
    assert list(session.scalars(moves.order_by(JournalEntry.id))) == [None, "补报一季度", None]


def test_a_record_corrected_after_closing_alters_nothing_and_is_said(
    session: Session, cast: Cast, diana: Member
) -> None:
    draft = a_record(on="2025-02-10", amount="5")
    wrong = make_approved(session, cast.dave.actor, diana.actor, draft)
    close_period(session, cast.dave.actor, Q1)
    right = enter_record(session, cast.dave.actor, a_record(on="2025-02-10", amount="4"), corrects=wrong)
    approve_record(session, diana.actor, right)
    assert envoys(session, cast) == (5, 1, 1)


def test_a_closed_year_keeps_definition_target_and_value(session: Session, cast: Cast, diana: Member) -> None:
    prove(session, cast, diana, "2025-02-10", "5")
    before = {each.indicator: (each.name, each.value, each.target) for each in figures(session, cast.dave.actor, 2025)}
    close_period(session, cast.dave.actor, YEAR)
    add_version(
        session,
        cast.dave.actor,
        "envoys",
        DefinitionDraft(
            name="科技特派员总数",
            action="6",
            clause="新增备案30人",
            unit="person",
            measure="count",
            rule="evidence",
            once="record",
            owner="人才专班",
            from_year="2025",
            reason="改按人头",
        ),
    )
    prove(session, cast, diana, "2025-12-31", "9")
    with pytest.raises(Conflict):
        set_targets(session, cast.dave.actor, "envoys", 2025, {(None, 0): "40"})
    after = {each.indicator: (each.name, each.value, each.target) for each in figures(session, cast.dave.actor, 2025)}
    found = figure(session, cast.dave.actor, "envoys", 2025)
    assert (after, found.frozen, found.late) == (before, True, 1)
    assert figure(session, cast.dave.actor, "envoys", 2026).name == "科技特派员总数"


def test_a_longer_period_takes_in_what_was_closed_within_it(session: Session, cast: Cast, diana: Member) -> None:
    prove(session, cast, diana, "2025-03-02", "5")
    month = close_period(session, cast.dave.actor, MARCH)
    prove(session, cast, diana, "2025-03-03", "100")
    prove(session, cast, diana, "2025-01-03", "2")
    close_period(session, cast.dave.actor, Q1)
    prove(session, cast, diana, "2025-01-04", "100")
    assert envoys(session, cast) == (7, 2, 0)
    with pytest.raises(Conflict):
        reopen_period(session, cast.dave.actor, month, "改一下")
    with pytest.raises(Conflict):
        close_period(session, cast.dave.actor, MARCH)
    assert [each.key for each in closable(session, 2025) if each.kind != PeriodKind.MONTH] == [
        "2025-quarter-2",
        "2025-quarter-3",
        "2025-quarter-4",
        "2025-year-1",
    ]


def test_only_what_is_over_is_closed_and_only_by_who_keeps_the_ledger(session: Session, cast: Cast) -> None:
    for actor in (cast.erin.actor, cast.carol.actor, make_branch_staff(session).actor):
        with pytest.raises(Forbidden):
            close_period(session, actor, Q1)
    with pytest.raises(Conflict):
        close_period(session, cast.dave.actor, Period(today().year, PeriodKind.YEAR))


def test_nothing_is_closed_while_a_rule_fails_and_a_closed_year_outlives_it(
    session: Session, cast: Cast, diana: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    prove(session, cast, diana, "2025-02-10", "5")
    failing = Rule("", lambda reading, definition: [][1])
    with monkeypatch.context() as patch:
        patch.setitem(RULES, "evidence", failing)
        with pytest.raises(Conflict):
            close_period(session, cast.dave.actor, YEAR)
    close_period(session, cast.dave.actor, YEAR)
    monkeypatch.setitem(RULES, "evidence", failing)
    assert envoys(session, cast) == (5, 0, 0)


def test_what_is_changed_behind_the_applications_back_is_found(session: Session, cast: Cast, diana: Member) -> None:
    prove(session, cast, diana, "2025-02-10", "5")
    for period in (Q1, Q2):
        close_period(session, cast.dave.actor, period)
    session.commit()
    assert [check.is_right for check in verify_periods(session, 2025)] == [True, True]
    first = session.scalars(sa.select(ClosedPeriod.id).order_by(ClosedPeriod.id)).first()
    session.execute(
        sa.update(FrozenFigure)
        .where(FrozenFigure.closed_period_id == first, FrozenFigure.indicator == "envoys")
        .values(value=Decimal(6))
    )
    session.expire_all()
    assert [(check.is_whole, check.is_journaled) for check in verify_periods(session)] == [(False, True), (True, True)]


def test_a_hash_that_was_changed_too_is_not_the_journals(session: Session, cast: Cast) -> None:
    closed = close_period(session, cast.dave.actor, Q1)
    session.execute(sa.update(ClosedPeriod).where(ClosedPeriod.id == closed.id).values(sha256="0" * 64))
    session.expire_all()
    assert [check.is_journaled for check in verify_periods(session)] == [False]


def test_the_funnel_is_frozen_with_its_period_and_part_of_the_hash(session: Session, cast: Cast) -> None:
    frank = make_branch_staff(session)
    session.get_one(Organization, cast.bob.organization_id).branch_id = frank.organization_id
    with on_day(2025, 2, 3):
        publish(session, cast.alice, "need", "棉秆还田")
        publish(session, cast.bob, "achievement", "秸秆粉碎")
    closed = close_period(session, cast.dave.actor, Q1)
    with on_day(2025, 3, 30):
        publish(session, cast.alice, "need", "残膜回收")
    counted = {who: [row.count for row in frozen_stages(closed, who) or ()] for who in (None, frank.organization_id)}
    assert counted == {None: [2, 2, 0, 0, 0, 0], frank.organization_id: [1, 1, 0, 0, 0, 0]}
    assert count_stages(session, Q1, None)[0].count == 3
    assert [check.is_right for check in verify_periods(session, 2025)] == [True]
    closed.stages = {**(closed.stages or {}), CITY: []}
    session.flush()
    assert [(check.is_whole, check.is_journaled) for check in verify_periods(session, 2025)] == [(False, True)]


def test_a_closing_of_an_older_version_keeps_its_hash(session: Session, cast: Cast) -> None:
    closed = close_period(session, cast.dave.actor, Q1)
    before = fingerprint(closed)
    closed.stages = closed.districts = None
    session.flush()
    assert (fingerprint(closed) == before, frozen_stages(closed, None), frozen_districts(closed)) == (False, None, None)
    content = {"period": Q1.key, "figures": [_plain(each) for each in closed.figures]}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert fingerprint(closed) == hashlib.sha256(text.encode()).hexdigest()
