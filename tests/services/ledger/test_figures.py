"""Figures of the ledger: each counts its records once, compares with target and last year, and stands by itself."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.days import today
from matchmaker.domain.errors import Conflict, Forbidden, NotFound
from matchmaker.domain.people import Organization
from matchmaker.domain.registrations import Registration
from matchmaker.services.closing import Ending, close
from matchmaker.services.ledger import Figure, figure, figures, rows
from matchmaker.services.ledger.forecasting import Light
from matchmaker.services.ledger.rules import RULES, Rule
from tests.cast import Cast, Member, make_organization
from tests.drafts import make_published
from tests.events import make_event

YEAR = today().year


def of(session: Session, cast: Cast, indicator: str, year: int = YEAR) -> Figure:
    return figure(session, cast.dave.actor, indicator, year)


def attend(session: Session, event_id: int, member: Member) -> None:
    times = {"state": "accepted", "checked_in_at": utc_now()}
    session.add(Registration(event_id=event_id, organization_id=member.organization_id, name=member.name, **times))
    session.flush()


def test_published_needs_count_needs_once_against_the_plan(session: Session, cast: Cast) -> None:
    made_first = make_published(session, cast.alice, cast.dave, title="除冰")
    make_published(session, cast.bob, cast.dave, "achievement", title="涂层")
    close(session, cast.alice.actor, made_first, Ending("withdrawn"))
    found = of(session, cast, "published_needs")
    assert (found.value, found.target, found.target_year, found.missing) == (1, 200, 2025, 199)
    assert (found.last_year, found.frozen, found.error) == (0, False, None)
    assert of(session, cast, "published_needs", YEAR - 1).value == 0


def test_rows_lead_to_the_records_and_are_narrowed_by_quarter_and_field(session: Session, cast: Cast) -> None:
    listing = make_published(session, cast.alice, cast.dave, title="除冰", field="energy")
    quarter = (today().month + 2) // 3
    page = rows(session, cast.dave.actor, "published_needs", YEAR, quarter=quarter, field="energy")
    assert [(row.subject_kind, row.subject_id, row.on) for row in page.rows] == [("listing", listing.id, today())]
    others = [{"quarter": quarter % 4 + 1}, {"field": "materials"}, {"branch": 10**9}]
    assert [rows(session, cast.dave.actor, "published_needs", YEAR, **each).total for each in others] == [0, 0, 0]


def test_events_count_once_held_and_forecast_with_those_announced(session: Session, cast: Cast) -> None:
    make_event(session, cast.dave.actor, "briefing", "held", starts_at=utc_now())
    make_event(session, cast.dave.actor, "briefing", "registration", starts_at=utc_now())
    make_event(session, cast.dave.actor, "briefing", "cancelled", starts_at=utc_now())
    make_event(session, cast.dave.actor, "briefing", "draft", starts_at=utc_now())
    found = of(session, cast, "briefings")
    assert (found.value, found.planned, found.forecast, found.light) == (1, 1, 2, Light.FAR_BEHIND)


def test_an_event_counts_in_the_year_in_which_it_took_place(session: Session, cast: Cast) -> None:
    make_event(session, cast.dave.actor, "briefing", "closed", starts_at=utc_now() - timedelta(days=365))
    assert (of(session, cast, "briefings").value, of(session, cast, "briefings").last_year) == (0, 1)


def test_only_events_that_name_the_service_group_are_its_own(session: Session, cast: Cast) -> None:
    make_event(session, cast.dave.actor, "session", "held", starts_at=utc_now(), organizers=["红山科创服务团"])
    make_event(session, cast.dave.actor, "session", "held", starts_at=utc_now())
    assert (of(session, cast, "service_group").value, of(session, cast, "services").value) == (1, 2)


def test_an_organization_at_two_exhibitions_counts_once_and_offices_never(session: Session, cast: Cast) -> None:
    for title in ("科博会", "高交会"):
        event = make_event(session, cast.dave.actor, "exhibition", "held", starts_at=utc_now(), title=title)
        for member in (cast.alice, cast.dave):
            attend(session, event.id, member)
    attend(session, event.id, cast.bob)
    assert (of(session, cast, "exhibitors").value, of(session, cast, "exhibitors").target) == (2, 30)


def test_a_branch_sees_its_own_part(session: Session, cast: Cast) -> None:
    branch = make_organization(session, "branch", "高新区分中心")
    make_published(session, cast.alice, cast.dave, title="除冰")
    session.get_one(Organization, cast.alice.organization_id).branch_id = branch.id
    make_published(session, cast.mallory, cast.dave, title="选矿")
    session.flush()
    staff = cast.dave.actor.__class__(
        user_id=cast.dave.user_id, organization_id=branch.id, role=cast.dave.actor.role, organization_kind="branch"
    )
    shown = (figure(session, staff, "published_needs", YEAR).value, of(session, cast, "published_needs").value)
    assert shown == (1, 2)
    assert rows(session, staff, "published_needs", YEAR, branch=10**9).total == 1


def test_a_rule_that_fails_is_an_error_and_the_others_stand(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_published(session, cast.alice, cast.dave, title="除冰")
    monkeypatch.setitem(RULES, "attendance", Rule("", lambda reading, definition: [][1]))
    found = {each.indicator: each for each in figures(session, cast.dave.actor, YEAR)}
    broken = found["exhibitors"]
    assert (broken.value, broken.light, broken.missing, broken.error) == (None, Light.ERROR, None, "IndexError")
    assert found["published_needs"].value == Decimal(1)
    with pytest.raises(Conflict):
        rows(session, cast.dave.actor, "exhibitors", YEAR)


@pytest.mark.parametrize("key", ["alice", "bob", "carol", "mallory", "peter"])
def test_the_ledger_is_the_bureaus(session: Session, cast: Cast, key: str) -> None:
    for ask in (figures, lambda *given: rows(*given[:2], "published_needs", given[2])):
        with pytest.raises(Forbidden):
            ask(session, cast[key].actor, YEAR)


def test_unknown_indicators_are_not_found(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        of(session, cast, "unknown")
