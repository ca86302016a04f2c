"""Definitions: all promises of the plan are shipped, and each change is a new version from a year on."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Forbidden, Invalid
from matchmaker.domain.indicators import Measure, shipped_definitions, shipped_promises
from matchmaker.services.ledger import figure
from matchmaker.services.ledger.defining import DefinitionDraft, add_version, versions
from matchmaker.services.ledger.definitions import definition_of, definitions
from matchmaker.services.ledger.rules import RULES
from tests.cast import Cast
from tests.events import make_event
from tests.ledger import make_branch_staff

DRAFT = DefinitionDraft(
    name="政策宣贯和培训",
    action="2",
    clause="年度开展8次以上政策宣贯会议",
    unit="time",
    measure="count",
    rule="held_events",
    once="record",
    owner="创新主体专班",
    from_year="2026",
    reason="培训一并计入",
    parameters={"event_kinds": ["briefing", "training"], "named": "政策、税收"},
)


def test_shipped_definitions_are_sound() -> None:
    shipped = shipped_definitions()
    assert len({each.indicator for each in shipped}) == len(shipped) == 32
    for each in shipped:
        assert each.action in codes.table("plan_actions")
        assert (each.unit in codes.table("indicator_units"), each.once in codes.table("indicator_onces")) == (
            True,
            True,
        )
        assert (each.rule in RULES, each.measure in set(Measure), bool(each.clause)) == (
            True,
            True,
            True,
        )
    assert {each.indicator: each.value for each in shipped_promises()}["rd_intensity"] == Decimal("1.2")


def test_a_new_version_counts_from_its_year_on(session: Session, cast: Cast) -> None:
    made = add_version(session, cast.dave.actor, "briefings", DRAFT)
    assert (made.version, made.parameters) == (
        2,
        {"event_kinds": ["briefing", "training"], "named": ["政策", "税收"]},
    )
    names = [definition_of(session, "briefings", year).name for year in (2025, 2026, 2030)]
    assert names == ["政策宣贯会议", "政策宣贯和培训", "政策宣贯和培训"]
    assert [each.version for each, _row in versions(session, "briefings")] == [2, 1]


def test_a_version_changes_what_is_counted(session: Session, cast: Cast) -> None:
    now = utc_now()
    make_event(session, cast.dave.actor, "training", "held", starts_at=now, title="税收优惠政策培训")
    assert figure(session, cast.dave.actor, "briefings", now.year).value == 0
    add_version(session, cast.dave.actor, "briefings", DRAFT)
    assert figure(session, cast.dave.actor, "briefings", now.year).value == 1


def test_a_new_indicator_stands_below_the_plans(session: Session, cast: Cast) -> None:
    first = add_version(session, cast.dave.actor, None, DRAFT)
    second = add_version(session, cast.dave.actor, None, replace(DRAFT, name="另一个"))
    last = [each.indicator for each in definitions(session, 2026)][-2:]
    assert (last, first.version, second.indicator) == (["added_1", "added_2"], 1, "added_2")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "长" * 61}, "name"),
        ({"unit": "ton"}, "unit"),
        ({"rule": "drop table"}, "rule"),
        ({"measure": "mean"}, "measure"),
        ({"once": ""}, "once"),
        ({"from_year": "1999"}, "from_year"),
        ({"from_year": "next"}, "from_year"),
        ({"reason": " "}, "reason"),
        ({"rule": "published_listings"}, "kind"),
        ({"rule": "new_organizations", "parameters": {"already": "-1", "organization_kinds": ["branch"]}}, "already"),
        ({"rule": "new_organizations", "parameters": {"organization_kinds": ["x"]}}, "organization_kinds"),
    ],
)
def test_bad_versions_are_refused_at_their_field(
    session: Session, cast: Cast, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        add_version(session, cast.dave.actor, "briefings", replace(DRAFT, **values))
    assert list(refused.value.errors) == [field]
    assert len(versions(session, "briefings")) == 1


def test_a_version_without_a_change_is_none(session: Session, cast: Cast) -> None:
    add_version(session, cast.dave.actor, "briefings", DRAFT)
    with pytest.raises(Invalid):
        add_version(session, cast.dave.actor, "briefings", replace(DRAFT, reason="手滑"))


def test_only_who_keeps_the_ledger_defines(session: Session, cast: Cast) -> None:
    for actor in (cast.erin.actor, cast.alice.actor, make_branch_staff(session).actor):
        with pytest.raises(Forbidden):
            add_version(session, actor, "briefings", DRAFT)
