"""The funnel counts each listing once in every stage that it ever reached, and opens to those that may be read."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from matchmaker.domain.base import Database
from matchmaker.domain.days import today
from matchmaker.domain.errors import Forbidden
from matchmaker.domain.people import Organization
from matchmaker.services.funnel import NO_BRANCH, NO_FIELD, Cohort, FunnelPage, Grouping, Stage, funnel, funnel_listings
from matchmaker.services.review import return_with_advice
from matchmaker.services.revisions import save_draft
from matchmaker.services.submission import submit
from tests.cast import Cast, make_organization
from tests.counting import counted_queries
from tests.drafts import make_draft, make_published, make_submitted


def send_back(session: Session, cast: Cast, *reasons: str, **values: object) -> int:
    listing = make_submitted(session, cast.alice, **values)
    version = listing.working_revision.version
    return_with_advice(session, cast.dave.actor, listing, version, reasons=reasons, advice="请补充")
    return listing.id


@pytest.fixture
def market(session: Session, cast: Cast) -> None:
    """A need published, one returned twice, one still a draft; an achievement published."""
    make_published(session, cast.alice, cast.dave, title="甲需求")
    twice = send_back(session, cast, "no_indicator", "duplicate", title="乙需求")
    listing = make_draft(session, cast.alice, title="丙需求", field="energy")
    assert listing.id > twice
    make_published(session, cast.bob, cast.dave, "achievement", title="丁成果")


def counts(page: FunnelPage) -> tuple[int, ...]:
    return tuple(page.total.counts[stage] for stage in Stage)


def test_stages_count_what_ever_reached_them(session: Session, cast: Cast, market: None) -> None:
    page = funnel(session, cast.dave.actor, Cohort())
    assert counts(page) == (4, 3, 1, 2)
    assert (page.total.share(Stage.SUBMITTED), page.total.share(Stage.PUBLISHED, Stage.SUBMITTED)) == (0.75, 2 / 3)
    assert [(row.code, row.count) for row in page.reasons] == [("duplicate", 1), ("no_indicator", 1)]


def test_a_listing_returned_twice_counts_once_for_each_reason(session: Session, cast: Cast) -> None:
    listing = make_submitted(session, cast.alice)
    for reasons in (["no_indicator"], ["no_indicator", "other"]):
        version = listing.working_revision.version
        return_with_advice(session, cast.dave.actor, listing, version, reasons=reasons, advice="请补充")
        revision, _ = save_draft(session, cast.alice.actor, listing, {"tried": reasons[-1]}, version)
        submit(session, cast.alice.actor, listing, revision.version, declared=True)
    page = funnel(session, cast.dave.actor, Cohort())
    assert (counts(page), {row.code: row.count for row in page.reasons}) == (
        (1, 1, 1, 0),
        {"no_indicator": 1, "other": 1},
    )


@pytest.mark.parametrize(
    ("cohort", "expected"),
    [
        (Cohort(kind="need"), (3, 2, 1, 1)),
        (Cohort(kind="achievement"), (1, 1, 0, 1)),
        (Cohort(field="energy"), (1, 0, 0, 0)),
        (Cohort(field=NO_FIELD), (0, 0, 0, 0)),
        (Cohort(branch=NO_BRANCH), (4, 3, 1, 2)),
        (Cohort(branch=10**9), (0, 0, 0, 0)),
        (Cohort(since=today(), until=today()), (4, 3, 1, 2)),
        (Cohort(until=today() - timedelta(days=1)), (0, 0, 0, 0)),
        (Cohort(since=date(2001, 1, 1), until=date(2001, 12, 31)), (0, 0, 0, 0)),
    ],
)
def test_a_cohort_narrows_every_count(
    session: Session, cast: Cast, market: None, cohort: Cohort, expected: tuple[int, ...]
) -> None:
    assert counts(funnel(session, cast.dave.actor, cohort)) == expected


def test_rows_add_up_to_the_total_and_name_their_group(session: Session, cast: Cast, market: None) -> None:
    branch = make_organization(session, "branch", "米东分中心")
    session.get_one(Organization, cast.bob.organization_id).branch_id = branch.id
    session.flush()
    by_branch = funnel(session, cast.dave.actor, Cohort(), Grouping.BRANCH)
    assert [(row.value, row.name, row.counts[Stage.COLLECTED]) for row in by_branch.rows] == [
        (str(NO_BRANCH), "不属于任何分中心", 3),
        (str(branch.id), "米东分中心", 1),
    ]
    by_field = funnel(session, cast.dave.actor, Cohort(), Grouping.FIELD)
    assert [(row.value, row.counts[Stage.COLLECTED]) for row in by_field.rows] == [("materials", 3), ("energy", 1)]
    assert counts(by_branch) == counts(by_field)
    assert counts(funnel(session, cast.dave.actor, Cohort(branch=branch.id))) == (1, 1, 0, 1)


def test_a_number_opens_to_its_listings_but_for_what_nobody_else_may_read(
    session: Session, cast: Cast, market: None
) -> None:
    page = funnel_listings(session, cast.dave.actor, Cohort(), Stage.COLLECTED)
    assert ([row.title for row in page.listings], page.total, page.unread) == (["丁成果", "乙需求", "甲需求"], 3, 1)
    returned = funnel_listings(session, cast.dave.actor, Cohort(kind="need"), Stage.RETURNED)
    assert [(row.title, row.reasons) for row in returned.listings] == [("乙需求", ("duplicate", "no_indicator"))]
    for reason, titles in (("duplicate", ["乙需求"]), ("other", [])):
        found = funnel_listings(session, cast.dave.actor, Cohort(), Stage.RETURNED, reason)
        assert [row.title for row in found.listings] == titles


@pytest.mark.parametrize("who", ["alice", "bob", "carol", "peter"])
def test_the_funnel_is_the_bureaus(session: Session, cast: Cast, who: str) -> None:
    with pytest.raises(Forbidden):
        funnel(session, cast[who].actor, Cohort())
    with pytest.raises(Forbidden):
        funnel_listings(session, cast[who].actor, Cohort(), Stage.COLLECTED)


def test_the_funnel_asks_as_much_for_three_listings_as_for_one(database: Database, cast: Cast) -> None:
    def count() -> int:
        with database.read() as session, counted_queries(database.engine) as statements:
            funnel(session, cast.dave.actor, Cohort(), Grouping.BRANCH)
            funnel_listings(session, cast.dave.actor, Cohort(), Stage.RETURNED)
        return len(statements)

    numbers = []
    for rows in (1, 2):
        with database.transaction() as session:
            for _ in range(rows):
                send_back(session, cast, "other", title=f"需求{rows}{_}")
        numbers.append(count())
    assert numbers[0] == numbers[1]
