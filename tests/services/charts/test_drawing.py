"""Charts count what their lists show: each cell equals the rows behind it, whoever looks and whatever is chosen."""

import csv
import io
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from matchmaker.domain.base import Database
from matchmaker.domain.days import today
from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.people import Organization
from matchmaker.services.appointments.recording import record_outcome
from matchmaker.services.charts import Chart, chart, chart_rows, charts
from matchmaker.services.charts.exporting import export_chart
from matchmaker.services.charts.quantities import QUANTITIES
from matchmaker.services.charts.rows import limited
from matchmaker.services.charts.stages import Journeys, Stage
from matchmaker.services.deals import open_for_appointment
from matchmaker.services.decisions import decide
from matchmaker.services.funnel import Cohort
from matchmaker.services.ledger import figures
from tests.appointments import make_meeting
from tests.cast import Cast
from tests.contracts import make_registered
from tests.counting import counted_queries
from tests.drafts import make_published
from tests.ledger import make_branch_staff, on_day
from tests.pairs import pair, publish

SOON = (today() + timedelta(days=7)).isoformat()


@pytest.fixture
def story(session: Session, cast: Cast) -> None:
    """A meeting about a match that both wanted, held, followed up, and a contract of it; two needs with nothing yet."""
    meeting = make_meeting(session, cast)
    assert meeting.match_id is not None
    for member in (cast.alice, cast.bob):
        decide(session, member.actor, meeting.match_id, "interested")
    record_outcome(session, cast.carol.actor, meeting.id, "held")
    deal = open_for_appointment(session, cast.carol.actor, meeting.id, next_step="寄样品", next_step_on=SOON)
    make_registered(session, cast, deal)
    publish(session, cast.alice, "need", "棉秆还田", field="agriculture")
    wanted = publish(session, cast.mallory, "need", "硅料提纯")
    other = publish(session, cast.bob, "achievement", "区熔法提纯")
    pair(session, wanted, other)
    session.flush()


def _cells(drawn: Chart) -> list[tuple[str, dict[str, object], object]]:
    found = []
    for line in drawn.lines:
        for column, value in zip(drawn.columns, line.cells, strict=True):
            name = (line.rows if column.unit == "count" else None) if line.rows else column.rows
            if name is not None:
                found.append((name, dict(line.narrows), value))
    return found


def _narrowed(cohort: Cohort, narrows: dict[str, object]) -> Cohort:
    values = {
        name: getattr(cohort, name) for name in ("kind", "field", "branch", "district", "since", "until")
    } | narrows
    for name in ("since", "until"):
        if isinstance(values[name], str):
            values[name] = date.fromisoformat(str(values[name]))
    return Cohort(**values)


def test_each_cell_equals_the_list_behind_it(session: Session, cast: Cast, story: None) -> None:
    dave = cast.dave.actor
    for chosen in (
        {},
        {"field": "energy"},
        {"field": "-"},
        {"branch": 0},
        {"district": "650104"},
        {"district": "-"},
        {"kind": "need"},
    ):
        cohort = _narrowed(Cohort(since=today().replace(day=1)), chosen)
        shown = limited(dave, cohort)
        for drawn in charts(session, dave, cohort):
            for name, narrows, value in _cells(drawn):
                listed = chart_rows(session, dave, _narrowed(shown, narrows), name)
                whole = sum((row.amount for row in listed.rows), Decimal(0)) if listed.unit == "yuan" else listed.total
                assert (chosen, drawn.name, name, narrows, whole) == (chosen, drawn.name, name, narrows, value)
    amounts = chart(session, dave, Cohort(), "amounts").lines[-1].cells
    assert (amounts[0] > amounts[1] > 0) is True


def test_the_funnel_follows_the_cohort_to_where_it_came(session: Session, cast: Cast, story: None) -> None:
    drawn = chart(session, cast.dave.actor, Cohort(), "funnel")
    # Both listings of the match went all the way to a registered contract; three others were published.
    assert [line.cells[0] for line in drawn.lines] == [5, 5, 2, 2, 2, 2]
    assert [line.cells[1] for line in drawn.lines] == [None, 1.0, 0.4, 1.0, 1.0, 1.0]


def test_no_stage_exceeds_the_one_before_it() -> None:
    at = datetime(2026, 1, 1)  # noqa: DTZ001 - only differences matter
    scattered = {
        Stage.COLLECTED: {1: at, 2: at, 3: at},
        Stage.PUBLISHED: {1: at + timedelta(days=3)},
        Stage.MATCHED: {},
        Stage.MET: {2: at + timedelta(days=9)},
        Stage.SIGNED: {1: at + timedelta(days=8)},
        Stage.REGISTERED: {1: at + timedelta(days=13), 3: at + timedelta(days=1)},
    }
    counts = Journeys(scattered).counts()
    assert [row.count for row in counts] == [3, 3, 3, 3, 2, 2]
    # A step counts for the median only where both its ends are on record, in their order.
    assert [row.median_days for row in counts] == [None, 3.0, None, None, None, 5.0]


def test_needs_by_month_are_the_ledger_s(session: Session, cast: Cast) -> None:
    for month in (3, 3, 5):
        with on_day(2025, month, 5):
            make_published(session, cast.alice, cast.dave, title=f"{month}月")
    cohort = Cohort(since=date(2025, 1, 1), until=date(2025, 12, 31))
    drawn = chart(session, cast.dave.actor, cohort, "trend")
    needs = [line.cells[0] for line in drawn.lines]
    figure = next(each for each in figures(session, cast.dave.actor, 2025) if each.indicator == "published_needs")
    assert (needs, sum(map(Decimal, needs))) == ([0, 0, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0], figure.value)


def test_a_branch_sees_its_own_whatever_it_asks_for(session: Session, cast: Cast, story: None) -> None:
    frank = make_branch_staff(session)
    session.get_one(Organization, cast.alice.organization_id).branch_id = frank.organization_id
    session.flush()
    drawn = chart(session, frank.actor, Cohort(branch=0), "branches")
    assert [(line.label, line.cells[0]) for line in drawn.lines] == [("高新区分中心", 2)]


def test_nobody_else_sees_them(session: Session, cast: Cast) -> None:
    for member in (cast.alice, cast.carol):
        with pytest.raises(Forbidden):
            charts(session, member.actor, Cohort())
        with pytest.raises(Forbidden):
            chart_rows(session, member.actor, Cohort(), "needs")
    for asked in (chart, chart_rows):
        with pytest.raises(NotFound):
            asked(session, cast.dave.actor, Cohort(), "nothing")


def test_absurd_spans_are_cut(cast: Cast) -> None:
    shown = limited(cast.dave.actor, Cohort(since=date.min, until=date.max))
    assert (shown.since, shown.until) == (date(2090, 1, 1), date(2100, 12, 31))


def test_data_is_taken_along_as_it_is_shown(session: Session, cast: Cast, story: None) -> None:
    drawn = chart(session, cast.dave.actor, Cohort(), "fields")
    rows = list(csv.reader(io.StringIO(export_chart(drawn, "csv", str).decode("utf-8-sig"))))
    assert rows[0][:2] == ["技术领域", "发布的技术需求"]
    assert rows[0][-2:] == ["技术合同成交额 (元)", "技术合同技术交易额 (元)"]
    assert [row[1:] for row in rows[1:]] == [[str(int(Decimal(cell))) for cell in line.cells] for line in drawn.lines]
    with pytest.raises(Invalid):
        export_chart(drawn, "exe", str)


def test_charts_take_as_many_queries_whatever_is_counted(database: Database, cast: Cast) -> None:
    seen = []
    for count in (1, 3):
        with database.transaction() as session:
            for place in range(count):
                publish(session, cast.alice, "need", f"需求{count}-{place}")
        with database.read() as session, counted_queries(database.engine) as queries:
            charts(session, cast.dave.actor, Cohort())
        seen.append(len(queries))
    assert seen[0] == seen[1]
    assert len(QUANTITIES) == 8


def test_districts_are_those_of_the_entries(session: Session, cast: Cast, story: None) -> None:
    places = {cast.alice: "650102", cast.bob: "610000", cast.mallory: None}
    for member, region in places.items():
        session.get_one(Organization, member.organization_id).region = region
    session.flush()
    drawn = chart(session, cast.dave.actor, Cohort(), "districts")
    lines = {line.label: dict(zip(QUANTITIES, line.cells, strict=True)) for line in drawn.lines}
    assert list(lines) == ["天山区", "陕西省", "没有填写所在地区"]
    # The need's side stands for what both are in; the seller registers the contract.
    sides = {name: (cells["wanted"], cells["meetings"], cells["deals"]) for name, cells in lines.items()}
    assert sides == {"天山区": (1, 1, 1), "陕西省": (0, 0, 0), "没有填写所在地区": (0, 0, 0)}
    assert [cells["contracts"] for cells in lines.values()] == [0, 1, 0]
    assert lines["陕西省"]["total-value"] == chart(session, cast.dave.actor, Cohort(), "amounts").lines[-1].cells[0]
