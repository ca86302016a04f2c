"""Rules by day: what was in force stays in force for its days, whatever is written later."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.rules import RULE_NAMES, RuleCode, shipped_rules
from matchmaker.services.rules.reading import due_after, history, rule, rule_value
from matchmaker.services.rules.views import count_days, rule_view, rule_views
from matchmaker.services.rules.writing import except_day, forget_day, write_rule
from tests.cast import Cast
from tests.ledger import make_branch_staff

LIMIT = RuleCode.EXPERT_LIMIT
NEW = {"value": "8,000,000", "valid_from": "2027-01-01", "source": "某某文件第三条", "is_verified": True}


def test_each_rule_is_shipped_with_its_source() -> None:
    assert {each.code for each in shipped_rules()} == set(RuleCode) == set(RULE_NAMES)
    assert all(each.source for each in shipped_rules())


def test_rule_before_and_after_the_new_regulations(session: Session) -> None:
    before = rule(session, RuleCode.DECISION_DAYS, date(2026, 2, 28))
    after = rule(session, RuleCode.DECISION_DAYS, date(2026, 3, 1))
    assert before is not None
    assert after is not None
    assert (before.value, after.value, after.is_verified) == (Decimal(30), Decimal(15), False)
    with pytest.raises(LookupError):
        rule_value(session, RuleCode.DECISION_DAYS, date(1999, 1, 1))


def test_written_rule_holds_from_its_day_only(session: Session, cast: Cast) -> None:
    write_rule(session, cast.dave.actor, LIMIT, **NEW)
    assert rule_value(session, LIMIT, date(2026, 12, 31)) == Decimal(5_000_000)
    assert rule_value(session, LIMIT, date(2027, 1, 1)) == Decimal(8_000_000)
    assert [each.valid_until for each in history(session, LIMIT)] == [date(2026, 2, 28), date(2026, 12, 31), None]
    with pytest.raises(Conflict):
        write_rule(session, cast.dave.actor, LIMIT, **NEW)


@pytest.mark.parametrize(
    ("code", "typed", "field"),
    [
        ("nonsense", {}, "code"),
        (LIMIT, {"value": "很多"}, "value"),
        (LIMIT, {"value": "-5"}, "value"),
        (LIMIT, {"value": "9" * 40}, "value"),
        (RuleCode.TRANSFER_REST_RATE, {"value": "50"}, "value"),
        (RuleCode.DECISION_DAYS, {"value": "1.5"}, "value"),
        (LIMIT, {"valid_from": ""}, "valid_from"),
        (LIMIT, {"valid_from": "明天"}, "valid_from"),
        (LIMIT, {"source": " "}, "source"),
        (LIMIT, {"source": "长" * 1001}, "source"),
    ],
)
def test_rule_that_cannot_be_is_refused(
    session: Session, cast: Cast, code: str, typed: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        write_rule(session, cast.dave.actor, code, **{**NEW, **typed})  # type: ignore[arg-type]
    assert list(refused.value.errors) == [field]


@pytest.mark.parametrize("key", ["alice", "bob", "carol", "erin", "mallory", "peter"])
def test_only_the_bureau_writes(session: Session, cast: Cast, key: str) -> None:
    with pytest.raises(Forbidden):
        write_rule(session, cast[key].actor, LIMIT, **NEW)
    with pytest.raises(Forbidden):
        except_day(session, cast[key].actor, "2025-09-26", is_working=False, note="")


def test_entered_day_moves_what_is_due(session: Session, cast: Cast) -> None:
    assert due_after(session, date(2025, 9, 25), 1).on == date(2025, 9, 26)
    except_day(session, cast.dave.actor, "2025-09-26", is_working=False, note="全区统一放假")
    assert due_after(session, date(2025, 9, 25), 1).on == date(2025, 9, 28)


def test_day_that_is_taken_back_follows_the_calendar_again(session: Session, cast: Cast) -> None:
    day = date(2025, 9, 26)
    except_day(session, cast.dave.actor, day.isoformat(), is_working=False, note="")
    with pytest.raises(Forbidden):
        forget_day(session, cast.erin.actor, day)
    forget_day(session, cast.dave.actor, day)
    assert due_after(session, date(2025, 9, 25), 1).on == day
    with pytest.raises(NotFound):
        forget_day(session, cast.dave.actor, day)


def test_branch_reads_the_rules_and_does_not_write_them(session: Session, cast: Cast) -> None:
    staff = make_branch_staff(session).actor
    assert rule_view(session, staff, LIMIT, date(2026, 5, 1)).now is not None
    with pytest.raises(Forbidden):
        write_rule(session, staff, LIMIT, **NEW)


@pytest.mark.parametrize("key", ["alice", "bob", "carol", "mallory", "peter"])
def test_rules_are_shown_to_the_office_only(session: Session, cast: Cast, key: str) -> None:
    with pytest.raises(Forbidden):
        rule_views(session, cast[key].actor, date(2026, 5, 1))


def test_rule_shows_what_holds_and_what_comes(session: Session, cast: Cast) -> None:
    write_rule(session, cast.dave.actor, LIMIT, **NEW)
    shown = rule_view(session, cast.dave.actor, LIMIT, date(2026, 5, 1))
    assert shown.now is not None
    assert [shown.now.value, *(value.value for value in shown.coming)] == [5_000_000, 8_000_000]
    assert [value.valid_from.year for value in shown.values] == [2027, 2026, 2000]
    with pytest.raises(NotFound):
        rule_view(session, cast.dave.actor, "nonsense", date(2026, 5, 1))


@pytest.mark.parametrize(
    ("start", "days", "field"), [("", "5", "start"), ("明天", "5", "start"), ("2025-09-25", "-1", "days"),
    ("2025-09-25", "9" * 9, "days"), ("2025-09-25", "", "days")],
)  # fmt: skip
def test_count_that_cannot_be_made_names_its_field(session: Session, start: str, days: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        count_days(session, start, days)
    assert list(refused.value.errors) == [field]


def test_days_are_counted_over_the_national_day(session: Session) -> None:
    due = count_days(session, "2025-09-25", "１５")
    assert due is not None
    assert (due.on, due.is_provisional) == (date(2025, 10, 22), False)
    assert count_days(session, " ", "") is None
