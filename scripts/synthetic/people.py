"""People and organizations: the bureau sets itself up, brokers are confirmed, everybody registers and is verified."""

from datetime import date, timedelta
from functools import partial

import sqlalchemy as sa
from argon2 import PasswordHasher
from stdnum.cn import uscc

from matchmaker.domain import codes
from matchmaker.domain.days import today
from matchmaker.domain.people import Membership, MembershipState, Organization, Role
from matchmaker.domain.permissions import Actor
from matchmaker.domain.verifications import Verification, VerificationState
from matchmaker.services.accounts import create_admin
from matchmaker.services.branches import date_branch
from matchmaker.services.brokers import confirm_broker
from matchmaker.services.invitations import accept_invitation, invite
from matchmaker.services.organization_register import create_organization
from matchmaker.services.organizations import Profile, update_organization
from matchmaker.services.password_links import PasswordLinks
from matchmaker.services.registration import Registration, register
from matchmaker.services.verification_desk import check_by_register, confirm_verification
from synthetic.story import Person, Story, moment
from synthetic.words import FAMILY, GIVEN, PLACES, enterprise_name, university_name

PASSWORD = "hao-renwu 2026"  # noqa: S105 - of people who never were
# As cheap as argon2 goes: nobody logs in with these.
HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
URL = "https://year.example"
LINKS = PasswordLinks(b"synthetic", lambda token: f"{URL}/{token}")
STAFF = 3
OPENED_AT_START = 0.6


def schedule_people(story: Story) -> None:
    """Let the bureau begin the year, and organizations register, most of them early in it."""
    story.at(story.clock(), "people", _begin)
    for number in range(story.sizes.brokers):
        story.at(moment(date(story.year, 1, 2), 9) + timedelta(minutes=number), "people", partial(_join_broker, number))
    for number in range(story.sizes.universities):
        story.at(
            moment(date(story.year, 1, 3), 9) + timedelta(minutes=number),
            "people",
            partial(_join, "university", number),
        )
    for number in range(story.sizes.enterprises):
        early = number < max(2, story.sizes.enterprises * OPENED_AT_START)
        when = moment(date(story.year, 1, 6), 9) + timedelta(minutes=number)
        story.at(
            when if early else story.some_time(story.some_day(10, 240)), "people", partial(_join, "enterprise", number)
        )


def _begin(story: Story) -> None:
    admin = create_admin(
        story.session,
        Actor.system(),
        name="艾林",
        email="admin@year.example",
        password=PASSWORD,
        bureau="乌鲁木齐市科学技术局",
        hasher=HASHER,
    )
    chief = _person(story, admin)
    story.cast.bureau = [_invited(story, chief, admin.organization, f"bureau{number}") for number in range(STAFF)]
    for number, district in enumerate(list(codes.table("urumqi_districts"))[: story.sizes.branches]):
        opens = moment(date(story.year, 1, 1), 9) + timedelta(minutes=number)
        # The last one is opened in the year: the plan promises one more.
        if number == story.sizes.branches - 1:
            opens = story.some_time(story.some_day(120, 200))
        story.at(opens, "people", partial(_open_branch, chief, district, number))


def _open_branch(chief: Person, district: codes.Code, number: int, story: Story) -> None:
    profile = Profile(name=f"{district.name}分中心", region=district.code)
    branch = create_organization(story.session, story.actor(chief), "branch", profile)
    is_new = number == story.sizes.branches - 1
    opened_on = today() if is_new else date(story.year - 1 - number % 3, 3 + number, 1)
    date_branch(story.session, story.actor(chief), branch, opened_on.isoformat())
    story.cast.branches.append(_invited(story, chief, branch, f"branch{number}"))


def _invited(story: Story, chief: Person, organization: Organization, key: str) -> Person:
    membership = invite(
        story.session,
        story.actor(chief),
        organization,
        name=_name(story),
        email=f"{key}@year.example",
        links=LINKS,
        base_url=URL,
    )
    accept_invitation(story.session, Actor(user_id=membership.user_id), membership.id)
    return _person(story, membership)


def _join_broker(number: int, story: Story) -> None:
    name = f"{PLACES[number % len(PLACES)]}技术转移服务中心{number + 1}部"
    membership = _register(story, "broker", name, "650104", f"broker{number}")
    confirm_broker(story.session, story.bureau(), membership.id, base_url=URL)
    story.cast.brokers.append(_person(story, membership))


def _join(kind: str, number: int, story: Story) -> None:
    if kind == "enterprise":
        name, region = enterprise_name(story.random, number), _district_of(story)
    else:
        name, region = university_name(number), ("650102", "650104", "110000", "610000", "310000")[number % 5]
    membership = _register(story, kind, name, region, f"{kind}{number}")
    _describe(story, membership)
    people = story.cast.enterprises if kind == "enterprise" else story.cast.universities
    people.append(_person(story, membership))
    if story.random.random() < 0.9:
        story.later(story.random.randint(1, 12), "people", partial(_verify, membership.organization_id))


def _describe(story: Story, membership: Membership) -> None:
    """Fill in what a contract's form asks of its parties."""
    organization = membership.organization
    profile = Profile(
        name=organization.name,
        credit_code=organization.credit_code or "",
        region=organization.region or "",
        industry="35" if organization.kind == "enterprise" else "83",
        size=story.random.choice(("large", "medium", "small", "micro")),
    )
    actor = story.actor(_person(story, membership))
    update_organization(story.session, actor, organization, profile)


def _verify(organization_id: int, story: Story) -> None:
    """Two pairs of eyes: one of the bureau checks, another one confirms some days later."""
    checker, second = story.random.sample(story.cast.bureau, 2)
    organization = story.session.get_one(Organization, organization_id)
    check_by_register(story.session, story.actor(checker), organization)
    story.later(story.random.randint(1, 5), "people", partial(_confirm, organization_id, second))


def _confirm(organization_id: int, second: Person, story: Story) -> None:
    waiting = sa.select(Verification.id).where(
        Verification.organization_id == organization_id, Verification.state == VerificationState.CHECKED
    )
    confirm_verification(story.session, story.actor(second), story.session.scalars(waiting).one())
    story.counts["verified organizations"] += 1


def _register(story: Story, kind: str, name: str, region: str, key: str) -> Membership:
    membership = register(
        story.session,
        Registration(
            kind=kind,
            organization_name=name,
            credit_code=_credit_code(story, region),
            region=region,
            name=_name(story),
            email=f"{key}@year.example",
            mobile="",
            password=PASSWORD,
            consented=True,
        ),
        base_url=URL,
        hasher=HASHER,
    )
    assert membership is not None
    story.counts["organizations"] += 1
    return membership


def _person(story: Story, membership: Membership) -> Person:
    assert membership.state in {MembershipState.ACTIVE, MembershipState.PENDING} or membership.role == Role.ADMIN
    organization = membership.organization
    return story.remember(
        Person(
            user_id=membership.user_id,
            organization_id=organization.id,
            membership_id=membership.id,
            name=membership.user.name,
            organization=organization.name,
            region=organization.region or "",
        )
    )


def _district_of(story: Story) -> str:
    return story.random.choice(("650102", "650103", "650104", "650104", "650105", "650106", "650109"))


def _credit_code(story: Story, region: str) -> str:
    body = f"91{region}MA{story.random.randrange(10**7):07d}"
    return body + uscc.calc_check_digit(body)


def _name(story: Story) -> str:
    return story.random.choice(FAMILY) + story.random.choice(GIVEN)
