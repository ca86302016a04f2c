"""Registration of a person together with the organization."""

import dataclasses

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Invalid
from matchmaker.domain.mails import Mail
from matchmaker.domain.people import Membership, Organization, User
from matchmaker.services.actors import load_actor
from matchmaker.services.privacy import NOTICE_VERSION
from matchmaker.services.registration import SELF_REGISTERED, Registration, register
from tests.cast import CHEAP, Cast, make_organization

TYPED = Registration(
    kind="enterprise",
    organization_name=" 准噶尔风能有限公司 ",
    credit_code="91650100ma7t0r0a19",
    region="650104",
    name="郭岚",
    email="Guo.Lan@wind.example",
    mobile="+86 139 1234 5678",
    password="fengche 2026 zhuan",
    consented=True,
)
BASE_URL = "https://match.example"


def _register(session: Session, **changes: object) -> Membership | None:
    typed = dataclasses.replace(TYPED, **changes)  # type: ignore[arg-type]
    return register(session, typed, base_url=BASE_URL, hasher=CHEAP)


def _refused(session: Session, **changes: object) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        _register(session, **changes)
    return refused.value.errors


def _count(session: Session, table: type) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_registration_makes_person_organization_and_membership(session: Session) -> None:
    membership = _register(session)
    assert membership is not None
    user, organization = membership.user, membership.organization
    assert (user.name, user.email, user.mobile) == ("郭岚", "guo.lan@wind.example", "13912345678")
    assert (organization.name, organization.credit_code) == ("准噶尔风能有限公司", "91650100MA7T0R0A19")
    assert (membership.role, membership.is_owner, membership.state) == ("enterprise", True, "active")


def test_registration_keeps_consent_on_record(session: Session) -> None:
    membership = _register(session)
    assert membership is not None
    assert (membership.user.consent_version, membership.user.consented_at is not None) == (NOTICE_VERSION, True)


@pytest.mark.parametrize(
    ("kind", "role", "state"),
    [
        ("enterprise", "enterprise", "active"),
        ("finance", "enterprise", "active"),
        ("service", "enterprise", "active"),
        ("university", "university", "active"),
        ("institute", "university", "active"),
        ("broker", "broker", "pending"),
    ],
)
def test_registration_of_a_kind_gives_its_role(session: Session, kind: str, role: str, state: str) -> None:
    membership = _register(session, kind=kind)
    assert membership is not None
    assert (membership.role, membership.state) == (role, state)


def test_registration_of_a_broker_gives_no_rights_before_the_bureau_has_confirmed(session: Session) -> None:
    membership = _register(session, kind="broker")
    assert membership is not None
    actor = load_actor(session, membership.user_id, 1, membership.id)
    assert actor is not None
    assert (actor.role, actor.organization_id, actor.reads_all) == (None, None, False)


@pytest.mark.parametrize("kind", ["bureau", "branch", "admin", "", "x" * 10_000, "<script>"])
def test_registration_of_a_public_office_or_an_unknown_kind_is_refused(session: Session, kind: str) -> None:
    assert _refused(session, kind=kind) == {"kind": "请选择单位类型。"}


def test_registration_offers_all_kinds_but_public_offices() -> None:
    assert set(SELF_REGISTERED) == {"enterprise", "university", "institute", "broker", "finance", "service"}


def test_registration_of_nothing_names_every_field(session: Session) -> None:
    empty = {field.name: "" for field in dataclasses.fields(Registration)}
    errors = _refused(session, **{**empty, "consented": False})
    assert set(errors) == {
        "kind",
        "organization_name",
        "credit_code",
        "region",
        "name",
        "email",
        "password",
        "consented",
    }


@pytest.mark.parametrize("hostile", ["x" * 1_000_000, "\x00", "\ud800", "' OR 1=1; --"])
def test_registration_of_hostile_texts_is_refused_and_leaves_nothing(session: Session, hostile: str) -> None:
    _refused(session, credit_code=hostile, email=hostile, mobile=hostile, region=hostile)
    assert (_count(session, User), _count(session, Organization)) == (0, 0)


def test_registration_keeps_markup_as_plain_text(session: Session) -> None:
    membership = _register(session, organization_name="<b>天山</b> 😀 公司", name="<script>alert(1)</script>")
    assert membership is not None
    names = (membership.organization.name, membership.user.name)
    assert names == ("<b>天山</b> 😀 公司", "<script>alert(1)</script>")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"credit_code": "91650100MA7T0R0A19"}, "credit_code"),
        ({"credit_code": "91650100MA7T0P0A1T", "organization_name": "天山 （新疆） 机械ＡＢ"}, "organization_name"),
    ],
)
def test_registration_of_a_known_organization_leads_to_its_owner(
    session: Session, changes: dict[str, str], field: str
) -> None:
    _register(session, organization_name="天山(新疆)机械AB")
    errors = _refused(session, email="other@wind.example", mobile="", **changes)
    assert errors == {field: "这个单位已经注册。请联系本单位的平台负责人，由他把您添加为成员。"}


def test_registration_of_an_organization_without_members_leads_to_the_bureau(session: Session) -> None:
    make_organization(session, "enterprise", "准噶尔风能有限公司")
    assert _refused(session) == {
        "organization_name": "这个单位已在平台登记，但还没有负责人。请联系科技局把您添加为成员。"
    }


@pytest.mark.parametrize(("kind", "region"), [("broker", "650104"), ("university", "KZ"), ("enterprise", "810000")])
def test_registration_without_credit_code_where_there_is_none(session: Session, kind: str, region: str) -> None:
    membership = _register(session, kind=kind, region=region, credit_code=" ")
    assert membership is not None
    assert membership.organization.credit_code is None


def test_registration_of_two_organizations_without_credit_code_works(session: Session) -> None:
    _register(session, region="KZ", credit_code="")
    other = {"organization_name": "Алматы Тех", "email": "b@b.example", "mobile": ""}
    assert _register(session, region="KZ", credit_code="", **other) is not None


def test_registration_with_a_wrong_credit_code_is_refused_even_where_it_is_optional(session: Session) -> None:
    assert list(_refused(session, kind="broker", credit_code="91650100MA7T0R0A18")) == ["credit_code"]


@pytest.mark.parametrize(
    "changes",
    [{"email": "ALICE@cast.example"}, {"mobile": "alice"}, {"email": "alice@cast.example", "mobile": "alice"}],
)
def test_registration_with_somebodys_address_makes_nothing_and_tells_the_holder(
    session: Session, cast: Cast, changes: dict[str, str]
) -> None:
    before = _count(session, User), _count(session, Organization)
    if "mobile" in changes:
        changes = {**changes, "mobile": cast.alice.mobile}
    assert _register(session, **changes) is None
    assert (_count(session, User), _count(session, Organization)) == before
    mails = session.scalars(sa.select(Mail)).all()
    assert [(mail.recipient, mail.subject) for mail in mails] == [("alice@cast.example", "您已有账号")]
