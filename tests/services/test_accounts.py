"""Log-in, one's own contact data, and the first administrator."""

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.mails import Mail
from matchmaker.domain.people import Membership, Organization, User
from matchmaker.domain.permissions import Actor
from matchmaker.services.accounts import LogIn, authenticate, change_contacts, create_admin, renew_hash
from matchmaker.services.actors import load_actor
from tests.cast import CHEAP, PASSWORD, Cast

DEARER = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
BASE_URL = "https://match.example"


def _change(session: Session, actor: Actor, **changes: str) -> User:
    values = {"name": "阿丽娅", "email": "alice@cast.example", "mobile": "13900001111", "password": PASSWORD, **changes}
    return change_contacts(session, actor, **values, base_url=BASE_URL, hasher=CHEAP)  # type: ignore[arg-type]


def _admin(session: Session, actor: Actor | None = None, **changes: str) -> Membership:
    values = {"name": "管理员", "email": "root@city.example", "password": PASSWORD, "bureau": "市科技局", **changes}
    return create_admin(session, actor or Actor.system(), **values, hasher=CHEAP)  # type: ignore[arg-type]


@pytest.mark.parametrize("login", ["alice@cast.example", " Alice@Cast.Example ", "mobile", "+86 mobile"])
def test_log_in_by_email_or_mobile_number(session: Session, cast: Cast, login: str) -> None:
    typed = login.replace("mobile", cast.alice.mobile)
    found = authenticate(session, typed, PASSWORD, hasher=CHEAP)
    assert found == LogIn(cast.alice.user_id, 1, cast.alice.membership_id, outdated=False)


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("alice@cast.example", "wrong"),
        ("alice@cast.example", ""),
        ("nobody@cast.example", PASSWORD),
        ("", PASSWORD),
        ("' OR 1=1 --", PASSWORD),
        ("x" * 1_000_000, "x" * 1_000_000),
        ("\x00", "\x00"),
        ("\ud800", "\ud800"),
        ("😀", "😀"),
    ],
)
def test_log_in_with_anything_else_fails_quietly(session: Session, cast: Cast, login: str, password: str) -> None:
    assert authenticate(session, login, password, hasher=CHEAP) is None


@pytest.mark.parametrize("column", ["disabled_at", "deleted_at"])
def test_log_in_of_a_disabled_or_deleted_user_fails(session: Session, cast: Cast, column: str) -> None:
    setattr(session.get_one(User, cast.alice.user_id), column, utc_now())
    session.flush()
    assert authenticate(session, cast.alice.email, PASSWORD, hasher=CHEAP) is None


def test_log_in_of_somebody_without_password_fails(session: Session) -> None:
    session.add(User(name="新人", email="new@cast.example"))
    session.flush()
    assert authenticate(session, "new@cast.example", "", hasher=CHEAP) is None


def test_log_in_with_outdated_parameters_renews_the_hash_and_keeps_other_log_ins(session: Session, cast: Cast) -> None:
    found = authenticate(session, cast.alice.email, PASSWORD, hasher=DEARER)
    assert found is not None
    assert found.outdated
    renew_hash(session, found, PASSWORD, hasher=DEARER)
    assert authenticate(session, cast.alice.email, PASSWORD, hasher=DEARER) == LogIn(
        cast.alice.user_id, 1, cast.alice.membership_id, outdated=False
    )


def test_log_in_prefers_an_active_membership(session: Session, cast: Cast) -> None:
    joined = Membership(user_id=cast.peter.user_id, organization_id=cast.alice.organization_id, role="enterprise")
    session.add(joined)
    session.flush()
    found = authenticate(session, cast.peter.email, PASSWORD, hasher=CHEAP)
    assert found is not None
    assert found.membership_id == joined.id


def test_actor_of_each_membership_is_what_the_cast_says(session: Session, cast: Cast) -> None:
    for key in ("alice", "bob", "carol", "dave", "erin", "mallory", "peter"):
        member = cast[key]
        assert load_actor(session, member.user_id, 1, member.membership_id) == member.actor


def test_actor_of_a_suspended_organization_has_no_role(session: Session, cast: Cast) -> None:
    session.get_one(Organization, cast.carol.organization_id).suspended_at = utc_now()
    session.flush()
    actor = load_actor(session, cast.carol.user_id, 1, cast.carol.membership_id)
    assert actor is not None
    assert (actor.role, actor.organization_id, actor.is_owner) == (None, None, False)


def test_actor_never_takes_up_somebody_elses_membership(session: Session, cast: Cast) -> None:
    actor = load_actor(session, cast.mallory.user_id, 1, cast.alice.membership_id)
    assert actor == Actor(user_id=cast.mallory.user_id, name="马洛")


def test_contacts_change_and_the_former_address_is_told(session: Session, cast: Cast) -> None:
    user = _change(
        session, cast.alice.actor, name=" 阿丽娅·买买提 ", email="NEW@cast.example", mobile="+7 727 250 1234"
    )
    mails = session.scalars(sa.select(Mail)).all()
    assert (user.name, user.email, user.mobile) == ("阿丽娅·买买提", "new@cast.example", "+77272501234")
    assert [(mail.recipient, mail.subject) for mail in mails] == [("alice@cast.example", "登录信息已更改")]


def test_name_changes_without_password(session: Session, cast: Cast) -> None:
    user = _change(session, cast.alice.actor, name="阿丽", mobile=cast.alice.mobile, password="")
    assert user.name == "阿丽"


def test_contacts_do_not_change_without_the_password(session: Session, cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        _change(session, cast.alice.actor, email="new@cast.example", password="wrong")
    assert refused.value.errors == {"password": "密码不正确。"}


def test_contacts_of_somebody_else_are_refused(session: Session, cast: Cast) -> None:
    for field, value in (("email", cast.bob.email), ("mobile", cast.bob.mobile)):
        with pytest.raises(Invalid) as refused:
            _change(session, cast.alice.actor, **{field: value})
        assert list(refused.value.errors) == [field]


def test_contacts_that_cannot_be_read_are_refused_by_field(session: Session, cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        _change(session, cast.alice.actor, name="", email="x" * 1_000_000, mobile="<b>")
    assert list(refused.value.errors) == ["name", "email", "mobile"]


def test_contacts_of_a_visitor_do_not_change(session: Session) -> None:
    with pytest.raises(Forbidden):
        _change(session, Actor.anonymous())


def test_admin_is_made_with_a_bureau(session: Session) -> None:
    membership = _admin(session)
    bureau = membership.organization
    assert (membership.role, membership.is_owner, membership.state) == ("admin", True, "active")
    assert (bureau.kind, bureau.name, bureau.verified_at is not None) == ("bureau", "市科技局", True)
    assert authenticate(session, "root@city.example", PASSWORD, hasher=CHEAP) is not None


def test_admin_joins_the_bureau_that_is_there(session: Session, cast: Cast) -> None:
    assert _admin(session, bureau="乌鲁木齐市科技局").organization_id == cast.dave.organization_id


def test_admin_is_made_by_the_platform_only(session: Session, cast: Cast) -> None:
    for member in (cast.erin, cast.dave, cast.alice):
        with pytest.raises(Forbidden):
            _admin(session, member.actor)


def test_admin_with_somebodys_address_is_refused(session: Session, cast: Cast) -> None:
    with pytest.raises(Conflict):
        _admin(session, email=cast.alice.email)


@pytest.mark.parametrize("changes", [{"password": "short"}, {"email": "none"}, {"bureau": ""}, {"name": ""}])
def test_admin_with_wrong_data_is_refused(session: Session, changes: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        _admin(session, **changes)
