"""Organizations: profile, visibility, and the bureau's register."""

import dataclasses

import pytest
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.listings import Listing, NeedRevision
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor
from matchmaker.services.organization_register import (
    PAGE_SIZE,
    create_organization,
    list_organizations,
)
from matchmaker.services.organizations import (
    Profile,
    get_organization,
    update_organization,
)
from matchmaker.services.profiles import profile_listings
from tests.cast import Cast, Member, make_organization

TYPED = Profile(
    name="天山机械有限公司",
    credit_code="91650100MA7T000A1L",
    region="650104",
    industry="34",
    size="small",
    website="www.tianshan.example",
    address="新市区科学一街",
    summary="风电齿轮箱\n\n\n\n维修",
)


def _of(session: Session, member: Member) -> Organization:
    return session.get_one(Organization, member.organization_id)


def _update(session: Session, actor: Actor, organization: Organization, **changes: str) -> None:
    update_organization(session, actor, organization, dataclasses.replace(TYPED, **changes))


def _publish(session: Session, member: Member, visibility: str, state: str = "published") -> Listing:
    listing = Listing(
        kind="need",
        organization_id=member.organization_id,
        owner_id=member.user_id,
        state=state,
        visibility=visibility,
        published_at=utc_now(),
    )
    revision = NeedRevision(listing=listing, title="需求")
    session.add_all((listing, revision))
    session.flush()
    listing.published_revision = revision
    session.flush()
    return listing


def test_profile_is_edited_by_owner_and_bureau(session: Session, cast: Cast) -> None:
    organization = _of(session, cast.alice)
    _update(session, cast.alice.actor, organization)
    assert (organization.website, organization.summary) == ("https://www.tianshan.example", "风电齿轮箱\n\n维修")
    _update(session, cast.dave.actor, organization, name="天山重工有限公司")
    assert organization.name == "天山重工有限公司"


@pytest.mark.parametrize("key", ["bob", "carol", "mallory", "peter"])
def test_profile_is_not_edited_by_others(session: Session, cast: Cast, key: str) -> None:
    with pytest.raises(Forbidden):
        _update(session, cast[key].actor, _of(session, cast.alice))


def test_profile_of_the_bureau_is_edited_by_its_owner_only(session: Session, cast: Cast) -> None:
    with pytest.raises(Forbidden):
        _update(session, cast.dave.actor, _of(session, cast.dave))
    _update(session, cast.erin.actor, _of(session, cast.dave), name="乌鲁木齐市科技局", credit_code="")


@pytest.mark.parametrize("key", ["alice", "dave"])
@pytest.mark.parametrize("changes", [{"name": "天山重工有限公司"}, {"credit_code": ""}])
def test_new_name_or_code_ends_the_verification(
    session: Session, cast: Cast, key: str, changes: dict[str, str]
) -> None:
    organization = _of(session, cast.alice)
    _update(session, cast[key].actor, organization, address="二街")
    assert organization.verified_at is not None
    _update(session, cast[key].actor, organization, **changes)
    assert organization.verified_at is None


def test_unchecked_name_is_changed_by_the_owner(session: Session, cast: Cast) -> None:
    organization = _of(session, cast.alice)
    organization.verified_at = None
    _update(session, cast.alice.actor, organization, name="天山重工有限公司")
    assert organization.name == "天山重工有限公司"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "乌鲁木齐市 科技局", "credit_code": ""}, "name"),
        ({"credit_code": "91650100MA7MA00M99"}, "credit_code"),
    ],
)
def test_profile_cannot_take_up_another_organizations_identity(
    session: Session, cast: Cast, changes: dict[str, str], field: str
) -> None:
    organization = _of(session, cast.alice)
    organization.verified_at = None
    with pytest.raises(Invalid) as refused:
        _update(session, cast.alice.actor, organization, **changes)
    assert list(refused.value.errors) == [field]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 1_000_000),
        ("credit_code", "1"),
        ("region", "999999"),
        ("industry", "<script>"),
        ("size", "huge"),
        ("website", "javascript:alert(1)"),
        ("website", "https://" + "x" * 400 + ".example"),
        ("address", "长" * 301),
        ("summary", "长" * 2001),
    ],
)
def test_profile_that_cannot_be_read_is_refused_by_field(session: Session, cast: Cast, field: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        _update(session, cast.dave.actor, _of(session, cast.alice), **{field: value})
    assert list(refused.value.errors) == [field]


def test_organization_with_something_public_is_known_to_everybody(session: Session, cast: Cast) -> None:
    listing = _publish(session, cast.alice, "public")
    organization = get_organization(session, Actor.anonymous(), cast.alice.organization_id)
    assert profile_listings(session, organization).rows == (listing,)


@pytest.mark.parametrize(
    ("visibility", "state"),
    [("anonymous", "published"), ("brokers", "published"), ("public", "submitted"), ("public", "closed")],
)
def test_organization_with_nothing_public_is_hidden(session: Session, cast: Cast, visibility: str, state: str) -> None:
    _publish(session, cast.alice, visibility, state)
    for actor in (Actor.anonymous(), cast.bob.actor, cast.mallory.actor, cast.peter.actor):
        with pytest.raises(NotFound):
            get_organization(session, actor, cast.alice.organization_id)
    for actor in (cast.alice.actor, cast.carol.actor, cast.dave.actor, cast.erin.actor):
        organization = get_organization(session, actor, cast.alice.organization_id)
        assert profile_listings(session, organization).all == 0


def test_organization_that_does_not_exist_is_not_found(session: Session, cast: Cast) -> None:
    for organization_id in (0, -1, 10**9):
        with pytest.raises(NotFound):
            get_organization(session, cast.erin.actor, organization_id)


def test_register_is_searched_by_name_and_code(session: Session, cast: Cast) -> None:
    for text in ("天山", "91650100ma7t000a1l", " 天山机械 "):
        assert [row.name for row in list_organizations(session, cast.dave.actor, text=text).rows] == [TYPED.name]
    for text in ("%", "_", "' OR 1=1", "x" * 1_000_000, "😀"):
        assert list_organizations(session, cast.dave.actor, text=text).total == 0


def test_register_shows_kinds_and_the_unchecked(session: Session, cast: Cast) -> None:
    fresh = make_organization(session, "enterprise", "新公司", verified_at=None)
    assert list_organizations(session, cast.dave.actor, unverified=True).rows == (fresh,)
    assert list_organizations(session, cast.dave.actor, kind="broker").total == 2


def test_register_is_paged(session: Session, cast: Cast) -> None:
    for number in range(PAGE_SIZE):
        make_organization(session, "enterprise", f"公司{number}")
    first, second = (list_organizations(session, cast.dave.actor, page=page) for page in (1, 2))
    assert (len(first.rows), len(second.rows), first.pages, first.total) == (30, 6, 2, 36)


@pytest.mark.parametrize("key", ["alice", "bob", "carol", "mallory", "peter"])
def test_register_is_the_bureaus(session: Session, cast: Cast, key: str) -> None:
    actor = cast[key].actor
    for attempt in (
        lambda: list_organizations(session, actor),
        lambda: create_organization(session, actor, "enterprise", Profile(name="新公司")),
    ):
        with pytest.raises(Forbidden):
            attempt()


def test_organization_is_entered_by_the_bureau_and_offices_by_the_admin(session: Session, cast: Cast) -> None:
    made = create_organization(session, cast.dave.actor, "enterprise", Profile(name="新公司"))
    assert (made.name, made.verified_at) == ("新公司", None)
    with pytest.raises(Forbidden):
        create_organization(session, cast.dave.actor, "branch", Profile(name="米东分中心"))
    assert create_organization(session, cast.erin.actor, "branch", Profile(name="米东分中心")).kind == "branch"
    with pytest.raises(Invalid):
        create_organization(session, cast.dave.actor, "castle", Profile(name="城堡"))
    with pytest.raises(Invalid):
        create_organization(session, cast.dave.actor, "enterprise", Profile(name="新 公司"))
