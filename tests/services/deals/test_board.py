"""The board, the list and the calendar: who finds what, in a fixed number of queries."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from matchmaker.domain.base import Database
from matchmaker.domain.days import today
from matchmaker.domain.deals import DealState
from matchmaker.domain.errors import NotFound
from matchmaker.services.deals.board import AT_ONCE, board, column_page
from matchmaker.services.deals.calendar import dated_deals
from matchmaker.services.deals.details import describe_deal
from matchmaker.services.deals.filters import DealFilter
from matchmaker.services.deals.lists import deal_page
from tests.cast import Cast, make_organization
from tests.counting import counted_queries
from tests.deals import make_deal
from tests.pairs import pair, publish

NOTHING = DealFilter()


def test_columns_tell_how_many_and_what_they_are_hoped_to_be_worth(session: Session, cast: Cast) -> None:
    make_deal(session, cast, value_expected=Decimal("1200000"))
    make_deal(session, cast, value_expected=Decimal("300000.50"))
    make_deal(session, cast)
    make_deal(session, cast, state=DealState.LOST)
    heads = {
        each.state: (each.count, each.value, each.valued, len(each.deals))
        for each in board(session, cast.dave.actor, NOTHING)
    }
    assert heads["talks"] == (3, Decimal("1500000.50"), 2, 3)
    assert heads["lost"] == (1, Decimal(0), 0, 0)
    assert heads["lead"] == (0, Decimal(0), 0, 0)


def test_column_goes_on_where_it_stopped(session: Session, cast: Cast) -> None:
    made = [make_deal(session, cast, next_step_on=today() + timedelta(days=day)).id for day in range(AT_ONCE + 3)]
    talks = next(each for each in board(session, cast.carol.actor, NOTHING) if each.state == "talks")
    assert ([view.id for view in talks.deals], talks.next_offset) == (made[:AT_ONCE], AT_ONCE)
    more = column_page(session, cast.carol.actor, NOTHING, "talks", AT_ONCE)
    assert ([view.id for view in more.deals], more.next_offset) == (made[AT_ONCE:], None)
    with pytest.raises(NotFound):
        column_page(session, cast.carol.actor, NOTHING, "lost", 0)


def test_board_asks_as_much_for_one_as_for_three(session: Session, cast: Cast, database: Database) -> None:
    make_deal(session, cast)
    board(session, cast.dave.actor, NOTHING)
    session.expire_all()
    with counted_queries(database.engine) as one:
        board(session, cast.dave.actor, NOTHING)
    make_deal(session, cast, state=DealState.LEAD, one_organization_id=make_organization(session, "enterprise", "x").id)
    make_deal(session, cast, state=DealState.INTENT, owner_id=None)
    session.expire_all()
    with counted_queries(database.engine) as three:
        board(session, cast.dave.actor, NOTHING)
    assert len(three) == len(one)


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        (DealFilter(field="materials"), {1}),
        (DealFilter(text="寄样品"), {1, 2, 3}),
        (DealFilter(text="天山"), {1, 2, 3}),
        (DealFilter(text="密封"), {2}),
        (DealFilter(text="100%"), set()),
        (DealFilter(branch_id=1), {3}),
        (DealFilter(owner_id=0), set()),
    ],
)
def test_filter_finds(session: Session, cast: Cast, chosen: DealFilter, found: set[int]) -> None:
    branch = make_organization(session, "branch", "新市区分中心")
    ours = make_organization(session, "enterprise", "新市水泵厂", branch_id=branch.id)
    deals = [
        make_deal(session, cast, field="materials"),
        make_deal(session, cast, title="高温密封"),
        make_deal(session, cast, other_organization_id=ours.id),
    ]
    if chosen.branch_id:
        chosen = DealFilter(branch_id=branch.id)
    page = deal_page(session, cast.dave.actor, chosen=chosen)
    assert {view.id for view in page.deals} == {deals[number - 1].id for number in found}


def test_a_side_cannot_find_by_the_name_of_an_anonymous_other(session: Session, cast: Cast) -> None:
    need = publish(session, cast.alice, "need", "低温润滑")
    match = pair(session, need, publish(session, cast.bob, "achievement", "润滑脂", visibility="anonymous"))
    make_deal(session, cast, source="match", match_id=match.id, title="")
    named = DealFilter(text="昆仑")
    assert deal_page(session, cast.alice.actor, chosen=named).total == 0
    assert deal_page(session, cast.carol.actor, chosen=named).total == 1
    assert deal_page(session, cast.alice.actor, chosen=DealFilter(text="样品")).total == 1


def test_branch_is_no_filter_for_a_side(session: Session, cast: Cast) -> None:
    make_deal(session, cast)
    assert deal_page(session, cast.alice.actor, chosen=DealFilter(branch_id=10**6)).total == 1


def test_calendar_holds_steps_and_wakings_of_its_days(session: Session, cast: Cast) -> None:
    step = make_deal(session, cast)
    asleep = make_deal(
        session, cast, state=DealState.SLEEPING, slept_from="talks", wakes_on=today() + timedelta(days=9)
    )
    make_deal(session, cast, state=DealState.LOST)
    found = dated_deals(session, cast.alice.actor, NOTHING, today(), today() + timedelta(days=30))
    assert [(each.deal.id, each.wakes, (each.on - today()).days) for each in found] == [
        (step.id, False, 7),
        (asleep.id, True, 9),
    ]
    assert dated_deals(session, cast.mallory.actor, NOTHING, today(), today() + timedelta(days=30)) == ()


def test_value_is_kept_to_the_fen_and_changed_once(session: Session, cast: Cast) -> None:
    deal = make_deal(session, cast)
    describe_deal(session, cast.alice.actor, deal.id, value_expected="1,234,567.89", field="", version=1)
    describe_deal(session, cast.bob.actor, deal.id, value_expected="1234567.89", field="", version=2)
    assert (deal.value_expected, deal.version) == (Decimal("1234567.89"), 2)
