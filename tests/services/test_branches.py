"""Which branch answers for an organization, and when it is new."""

from itertools import pairwise

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.people import Organization
from matchmaker.services.branches import date_branch, undated_branches
from matchmaker.services.ledger import figure
from matchmaker.services.organization_register import create_organization
from matchmaker.services.organizations import Profile, update_organization
from tests.cast import Cast, make_organization
from tests.ledger import make_branch_staff


def _branch(session: Session, cast: Cast, name: str, region: str) -> Organization:
    return create_organization(session, cast.erin.actor, "branch", Profile(name=name, region=region))


def test_new_branch_takes_over_its_district_but_for_offices(session: Session, cast: Cast) -> None:
    elsewhere = make_organization(session, "enterprise", "远方", region="650109")
    branch = _branch(session, cast, "新市区分中心", "650104")
    machines, bureau = (session.get_one(Organization, each.organization_id) for each in (cast.alice, cast.dave))
    session.refresh(machines)
    session.refresh(bureau)
    assert (machines.branch_id, bureau.branch_id, elsewhere.branch_id) == (branch.id, None, None)


def test_second_branch_of_a_district_takes_nothing_away(session: Session, cast: Cast) -> None:
    first = _branch(session, cast, "新市区分中心", "650104")
    _branch(session, cast, "新市区第二分中心", "650104")
    machines = session.get_one(Organization, cast.alice.organization_id)
    session.refresh(machines)
    assert machines.branch_id == first.id


def test_organization_goes_to_the_branch_of_the_district_that_it_moves_to(session: Session, cast: Cast) -> None:
    _branch(session, cast, "新市区分中心", "650104")
    there = _branch(session, cast, "米东区分中心", "650109")
    machines = session.get_one(Organization, cast.alice.organization_id)
    code = machines.credit_code or ""
    update_organization(
        session, cast.alice.actor, machines, Profile(name=machines.name, credit_code=code, region="650109")
    )
    moved = machines.branch_id
    update_organization(
        session, cast.alice.actor, machines, Profile(name=machines.name, credit_code=code, region="650103")
    )
    assert (moved, machines.branch_id) == (there.id, None)


def test_a_branch_is_new_in_the_year_in_which_the_bureau_says_it_opened(session: Session, cast: Cast) -> None:
    frank = make_branch_staff(session)
    branch = session.get_one(Organization, frank.organization_id)
    dave, new = cast.dave.actor, "branch_centres"

    def counted() -> list[object]:
        return [figure(session, dave, new, year).value for year in (2024, 2025)]

    assert (counted(), undated_branches(session)) == ([0, 0], [(branch.id, branch.name)])
    date_branch(session, dave, branch, "2025-03-01")
    assert (counted(), undated_branches(session)) == ([0, 1], [])
    date_branch(session, dave, branch, "2024年12月31日")
    assert counted() == [1, 0]
    date_branch(session, dave, branch, "")
    assert (counted(), branch.opened_on) == ([0, 0], None)
    said = sa.select(JournalEntry.before, JournalEntry.after).where(JournalEntry.action == "date")
    days = [None, "2025-03-01", "2024-12-31", None]
    assert [tuple(row) for row in session.execute(said.order_by(JournalEntry.id))] == list(pairwise(days))


@pytest.mark.parametrize("typed", ["昨天", "2025-02-30", "2999-01-01", "2099-12-31"])
def test_an_absurd_opening_day_is_refused(session: Session, cast: Cast, typed: str) -> None:
    branch = session.get_one(Organization, make_branch_staff(session).organization_id)
    with pytest.raises(Invalid) as refused:
        date_branch(session, cast.dave.actor, branch, typed)
    assert (list(refused.value.errors), branch.opened_on) == (["opened_on"], None)


def test_only_the_bureau_says_when_a_branch_opened(session: Session, cast: Cast) -> None:
    frank = make_branch_staff(session)
    branch, bureau = (session.get_one(Organization, who.organization_id) for who in (frank, cast.dave))
    for who in (frank, cast.alice, cast.carol):
        with pytest.raises(Forbidden):
            date_branch(session, who.actor, branch, "2025-03-01")
    with pytest.raises(NotFound):
        date_branch(session, cast.dave.actor, bureau, "2025-03-01")
