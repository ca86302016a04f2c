"""What open deals may bring: weighed by what became of earlier deals, and not at all while those are too few."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from matchmaker.domain.days import today
from matchmaker.domain.deals import Deal, DealState
from matchmaker.domain.indicators import Definition, shipped_definitions
from matchmaker.domain.journal import record
from matchmaker.domain.people import Organization
from matchmaker.services.deals.moving import move_deal
from matchmaker.services.ledger import figure
from matchmaker.services.ledger.counting import read_year
from matchmaker.services.ledger.forecasting import forecast
from matchmaker.services.ledger.pipeline import LEAST_OVER, OpenDeal, Pipeline, pipeline_of, rates_of
from tests.cast import Cast
from tests.contracts import make_contract, make_registered
from tests.deals import make_deal
from tests.ledger import make_branch_staff

NOBODY: frozenset[int | None] = frozenset()
LEAD, TALKS, INTENT, CONTRACT = "lead", "talks", "intent", "contract"


def definition(indicator: str) -> Definition:
    return next(each for each in shipped_definitions() if each.indicator == indicator)


VALUE, TECHNOLOGY = definition("contract_value"), definition("contract_technology_value")


def pipeline(over: int = LEAST_OVER) -> Pipeline:
    deals = (
        OpenDeal(LEAD, Decimal(1000), NOBODY),
        OpenDeal(INTENT, None, NOBODY),
        OpenDeal(INTENT, Decimal(1), NOBODY),
    )
    return Pipeline(deals, over, {LEAD: Decimal("0.25"), INTENT: Decimal("0.5")}, Decimal(400))


def test_rates_count_who_came_as_far_or_farther() -> None:
    endings = [(LEAD, False), (LEAD, False), (TALKS, False), (INTENT, False), (CONTRACT, True), (CONTRACT, False)]
    assert rates_of(endings) == {
        LEAD: Decimal(1) / 6,
        TALKS: Decimal(1) / 4,
        INTENT: Decimal(1) / 3,
        CONTRACT: Decimal(1) / 2,
    }
    assert set(rates_of([]).values()) == {Decimal(0)}


def test_open_deals_are_weighed_by_their_stage_and_cut_to_the_fen() -> None:
    assert pipeline().expected == Decimal(250) + Decimal(200) + Decimal("0.50")


def test_a_forecast_adds_them_and_says_how() -> None:
    found = forecast(VALUE, Decimal(5000), None, 2025, date(2025, 1, 10), pipeline())
    assert found.value == Decimal("5450.50")
    assert str(found.note) == (
        "已登记的，加上 3 个进行中的项目按所处阶段的成交比例折算（由 20 个已了结的项目得出：线索 25%、意向 50%）。"
        "没有写预期金额的按已登记合同的平均金额；没有扣除年底前来不及登记的。"
    )


def test_with_few_deals_over_the_run_rate_stands_and_says_why() -> None:
    day = date(2025, 7, 2)
    found = forecast(VALUE, Decimal(5000), None, 2025, day, pipeline(LEAST_OVER - 1))
    assert found.value == forecast(VALUE, Decimal(5000), None, 2025, day).value
    assert str(found.note) == (
        "已了结的跟进项目只有 19 个，不到 20 个，还算不出各阶段的成交比例。按前 183 天的平均进度推算到全年 365 天。"
    )
    assert forecast(VALUE, Decimal(5000), None, 2024, day, pipeline()).value == 5000


def test_history_and_open_deals_are_read_from_the_records(session: Session, cast: Cast) -> None:
    registered = make_registered(session, cast)
    lost = make_deal(session, cast, state=DealState.INTENT)
    record(session, cast.carol.actor, "open", "deal", lost.id, after=DealState.LEAD)
    record(session, cast.carol.actor, "move", "deal", lost.id, before=DealState.LEAD, after=DealState.INTENT)
    move_deal(session, cast.carol.actor, lost.id, DealState.LOST, version=lost.version, reason="price")
    make_deal(session, cast, state=DealState.TALKS, value_expected=Decimal(1000), title="润滑")
    make_deal(session, cast, state=DealState.SLEEPING, value_expected=Decimal(7), title="休眠的")
    half = {"lead": Decimal("0.5"), "talks": Decimal("0.5"), "intent": Decimal("0.5"), "contract": Decimal(1)}
    reading = read_year(session, today().year)
    whole, technology = (pipeline_of(reading, each, None) for each in (VALUE, TECHNOLOGY))
    assert whole is not None
    assert technology is not None
    assert (whole.over, dict(whole.rates), whole.typical) == (2, half, registered.total_value)
    assert [(deal.state, deal.amount) for deal in whole.deals] == [("talks", Decimal(1000))]
    part = registered.transaction_value / registered.total_value
    assert ([deal.amount for deal in technology.deals], technology.typical) == (
        [1000 * part],
        registered.transaction_value,
    )
    assert pipeline_of(reading, definition("envoys"), None) is None


def test_a_contract_being_written_says_its_own_amounts(session: Session, cast: Cast) -> None:
    deal = make_deal(session, cast, value_expected=Decimal(1))
    contract = make_contract(session, cast, deal)
    found = pipeline_of(read_year(session, today().year), TECHNOLOGY, None)
    assert found is not None
    assert [each.amount for each in found.deals] == [contract.transaction_value]


def test_a_branch_expects_from_the_deals_of_its_parties(session: Session, cast: Cast) -> None:
    frank = make_branch_staff(session)
    make_deal(session, cast)
    reading = read_year(session, today().year)

    def seen() -> list[str]:
        found = pipeline_of(reading, VALUE, frank.organization_id)
        return [deal.state for deal in found.deals] if found else []

    assert seen() == []
    session.get_one(Organization, cast.alice.organization_id).branch_id = frank.organization_id
    session.flush()
    assert seen() == ["talks"]


def test_the_figure_s_forecast_is_made_of_its_deals(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered = make_registered(session, cast)
    make_deal(session, cast, state=DealState.CONTRACT, value_expected=Decimal(1000))
    assert session.get_one(Deal, registered.deal_id).state == DealState.REGISTERED
    monkeypatch.setattr(Pipeline, "tells", property(lambda self: self.over >= 1))
    found = figure(session, cast.dave.actor, "contract_value", today().year)
    assert (found.value, found.forecast) == (registered.total_value, registered.total_value + 1000)
