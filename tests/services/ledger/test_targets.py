"""Targets stand until new ones are made, and a decomposition that does not add up is said, not refused."""

import pytest
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.services.ledger import chosen_rows, figure
from matchmaker.services.ledger.breakdown import breakdown
from matchmaker.services.ledger.target_setting import set_targets
from matchmaker.services.ledger.targets import targets
from tests.cast import Cast
from tests.ledger import make_branch_staff


def test_a_promise_of_the_plan_stands_until_a_new_one_is_made(session: Session, cast: Cast) -> None:
    set_targets(session, cast.dave.actor, "published_needs", 2027, {(None, 0): "260"})
    found = {year: targets(session, year).get("published_needs") for year in (2024, 2025, 2026, 2027, 2030)}
    assert {year: (each.year, each.value) for year, each in found.items() if each} == {
        2025: (2025, 200),
        2026: (2025, 200),
        2027: (2027, 260),
        2030: (2027, 260),
    }


def test_quarters_of_the_plan_are_its_decomposition(session: Session) -> None:
    visits = targets(session, 2025)["visits"]
    assert (visits.value, [visits.of(None, each) for each in (1, 2, 3, 4)], visits.missing_of_quarters()) == (
        4,
        [1, 1, 1, 1],
        0,
    )


def test_a_decomposition_that_does_not_add_up_is_said(session: Session, cast: Cast) -> None:
    frank = make_branch_staff(session)
    typed = {(None, 0): "200", (None, 1): "50", (None, 2): "160", (frank.organization_id, 0): "80"}
    set_targets(session, cast.dave.actor, "published_needs", 2025, typed | {(frank.organization_id, 1): ""})
    counted = chosen_rows(session, cast.dave.actor, "published_needs", 2025)
    found = breakdown(session, cast.dave.actor, counted, 2025)
    assert (found.quarters_lack, found.branches_lack) == (-10, 120)
    assert [(share.id, share.value, share.target) for share in found.branches] == [(frank.organization_id, 0, 80)]
    assert figure(session, frank.actor, "published_needs", 2025).target == 80


def test_a_branch_without_a_share_has_no_target(session: Session, cast: Cast) -> None:
    frank = make_branch_staff(session)
    found = figure(session, frank.actor, "published_needs", 2025)
    assert (found.target, found.target_year, found.light) == (None, None, "none")


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ({}, ["0-0"]),
        ({(None, 0): "0"}, ["0-0"]),
        ({(None, 0): "-5"}, ["0-0"]),
        ({(None, 0): "200", (None, 3): "viele"}, ["0-3"]),
        ({(None, 0): "200", (10**9, 0): "3"}, []),
        ({(None, 0): "200", (None, 5): "3"}, []),
    ],
)
def test_bad_targets_are_refused(
    session: Session, cast: Cast, typed: dict[tuple[int | None, int], str], fields: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        set_targets(session, cast.dave.actor, "published_needs", 2025, typed)
    assert list(refused.value.errors) == fields
    assert targets(session, 2025)["published_needs"].value == 200


def test_only_who_keeps_the_ledger_sets_targets(session: Session, cast: Cast) -> None:
    for actor in (cast.erin.actor, cast.alice.actor, make_branch_staff(session).actor):
        with pytest.raises(Forbidden):
            set_targets(session, actor, "published_needs", 2025, {(None, 0): "1"})
    with pytest.raises(NotFound):
        set_targets(session, cast.dave.actor, "unknown", 2025, {(None, 0): "1"})
