"""Which branch answers for an organization."""

from sqlalchemy.orm import Session

from matchmaker.domain.people import Organization
from matchmaker.services.organization_register import create_organization
from matchmaker.services.organizations import Profile, update_organization
from tests.cast import Cast, make_organization


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
