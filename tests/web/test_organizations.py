"""Organizations, their members and the bureau's register in the browser."""

import re

import pytest
from flask import Flask

from matchmaker.domain.base import Database
from matchmaker.domain.mails import Mail
from matchmaker.domain.people import Membership, MembershipState, Organization, Role
from tests.cast import Cast, make_member, make_organization
from tests.conftest import ClientOf
from tests.counting import counted_queries
from tests.pairs import publish
from tests.web.forms import errors_of, flashed

PROFILE = {
    "name": "天山机械有限公司",
    "credit_code": "91650100MA7T000A1L",
    "region": "650104",
    "industry": "34",
    "size": "small",
    "website": "tianshan.example",
    "address": "科学一街",
    "summary": "齿轮箱维修",
}
NEW = "shapaozi 2027 xin"


def _organization(database: Database, organization_id: int) -> Organization:
    with database.read() as session:
        return session.get_one(Organization, organization_id)


def _membership(database: Database, membership_id: int) -> Membership:
    with database.read() as session:
        return session.get_one(Membership, membership_id)


def test_profile_is_saved(client_of: ClientOf, database: Database, cast: Cast) -> None:
    path = f"/organizations/{cast.alice.organization_id}"
    client = client_of("alice")
    assert client.post(f"{path}/edit", data=PROFILE).location == path
    assert "齿轮箱维修" in client.get(path).text
    assert _organization(database, cast.alice.organization_id).website == "https://tianshan.example"


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"summary": "长" * 2001}, ["summary"]),
        ({"summary": "x" * 1_000_000}, ["summary"]),
        ({"website": "javascript:alert(1)"}, ["website"]),
        ({"region": "' OR 1=1", "industry": "<b>", "size": "😀"}, ["region", "size", "industry"]),
    ],
)
def test_wrong_profile_is_marked_and_kept_on_the_page(
    client_of: ClientOf, cast: Cast, changes: dict[str, str], wrong: list[str]
) -> None:
    path = f"/organizations/{cast.alice.organization_id}/edit"
    response = client_of("alice").post(path, data={**PROFILE, **changes})
    assert (response.status_code, errors_of(response)) == (422, wrong)
    assert "科学一街" in response.text


def test_markup_in_a_profile_is_shown_as_text(client_of: ClientOf, cast: Cast) -> None:
    path = f"/organizations/{cast.alice.organization_id}"
    client = client_of("alice")
    client.post(f"{path}/edit", data={**PROFILE, "summary": "<img src=x onerror=alert(1)>", "address": '"><script>'})
    page = client.get(path).text
    assert [hostile for hostile in ("<img src=x", '"><script>') if hostile in page] == []


def test_profile_of_others_is_neither_seen_nor_edited(client_of: ClientOf, cast: Cast) -> None:
    path = f"/organizations/{cast.alice.organization_id}"
    for key in (None, "bob", "mallory", "peter"):
        assert client_of(key).get(path).status_code == 404
    for key in ("bob", "mallory", "peter"):
        for page in ("edit", "members"):
            assert client_of(key).get(f"{path}/{page}").status_code == 404
            assert client_of(key).post(f"{path}/{page}", data=PROFILE).status_code == 404
    assert client_of("carol").get(f"{path}/edit").status_code == 403


@pytest.mark.parametrize("organization_id", ["0", "999999999", "99999999999999999999999", "-1", "x"])
def test_organization_that_does_not_exist_is_not_found(client_of: ClientOf, organization_id: str) -> None:
    assert client_of("dave").get(f"/organizations/{organization_id}").status_code == 404


def test_colleague_is_invited_sets_a_password_and_is_in(client_of: ClientOf, database: Database, cast: Cast) -> None:
    path = f"/organizations/{cast.alice.organization_id}/members"
    owner = client_of("alice")
    assert owner.post(path, data={"text": "古丽 gul@firm.example"}).location == path
    assert flashed(owner) == ["已向 1 人发送邀请，对方接受后加入。"]
    with database.read() as session:
        mail = session.query(Mail).one()
    link = re.search(r"(/reset/\S+)", mail.body)
    assert link is not None
    newcomer = client_of(None)
    assert newcomer.post(link[1], data={"password": NEW}).status_code == 422
    assert newcomer.post(link[1], data={"password": NEW, "consented": "y"}).location == "/login"
    newcomer.post("/login", data={"login": "gul@firm.example", "password": NEW})
    assert newcomer.get(f"/organizations/{cast.alice.organization_id}/edit").status_code == 403
    assert newcomer.get("/needs/new").status_code == 200
    assert "古丽" in owner.get(path).text


@pytest.mark.parametrize("text", ["", " \n", "\n".join(f"p{number}@firm.example" for number in range(60))])
def test_wrong_invitation_is_marked(client_of: ClientOf, cast: Cast, text: str) -> None:
    response = client_of("alice").post(f"/organizations/{cast.alice.organization_id}/members", data={"text": text})
    assert (response.status_code, errors_of(response)) == (422, ["text"])


def test_lines_that_were_not_sent_stay_in_the_form(client_of: ClientOf, database: Database, cast: Cast) -> None:
    text = f"古丽 gul@firm.example\n没有地址<b>\n{cast.alice.email}\n" + "x" * 100_000
    response = client_of("alice").post(f"/organizations/{cast.alice.organization_id}/members", data={"text": text})
    assert response.status_code == 200
    assert f">\r\n没有地址&lt;b&gt;\n{'x' * 80}\n{cast.alice.email}</textarea>" in response.text
    with database.read() as session:
        assert [mail.recipient for mail in session.query(Mail)] == ["gul@firm.example"]


def test_owner_does_not_appoint_an_admin(client_of: ClientOf, database: Database, cast: Cast) -> None:
    data = {"text": "gul@firm.example", "as_admin": "y"}
    client_of("alice").post(f"/organizations/{cast.alice.organization_id}/members", data=data)
    with database.read() as session:
        roles = {row.role for row in session.query(Membership).where(Membership.organization_id == 1)}
    assert roles == {"enterprise"}


def test_members_are_managed(client_of: ClientOf, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        membership = Membership(user_id=cast.bob.user_id, organization_id=1, role="enterprise", state="active")
        session.add(membership)
        session.flush()
        joined = membership.id
    client = client_of("alice")
    client.post(f"/memberships/{joined}/make-owner")
    assert _membership(database, joined).is_owner
    client.post(f"/memberships/{joined}/make-member")
    assert not _membership(database, joined).is_owner
    client.post(f"/memberships/{joined}/remove")
    assert _membership(database, joined).state == "ended"
    assert client.post(f"/memberships/{joined}/remove").status_code == 404


@pytest.mark.parametrize("action", ["remove", "make-owner", "make-member", "resend"])
def test_members_of_others_are_not_touched(client_of: ClientOf, database: Database, cast: Cast, action: str) -> None:
    for key in ("bob", "carol", "mallory", "peter"):
        response = client_of(key).post(f"/memberships/{cast.alice.membership_id}/{action}")
        assert response.status_code == 404
    row = _membership(database, cast.alice.membership_id)
    assert (row.state, row.is_owner) == ("active", True)


def test_bureau_confirms_a_broker_who_then_works(client_of: ClientOf, cast: Cast) -> None:
    broker, bureau = client_of("peter"), client_of("dave")
    assert broker.get("/review").status_code == 403
    assert f"/admin/brokers/{cast.peter.membership_id}/confirm" in bureau.get("/admin/brokers").text
    assert bureau.post(f"/admin/brokers/{cast.peter.membership_id}/confirm").location == "/admin/brokers"
    assert broker.get("/review").status_code == 200
    assert bureau.post(f"/admin/brokers/{cast.peter.membership_id}/confirm").status_code == 404


def test_bureau_refuses_a_broker_with_a_reason(client_of: ClientOf, database: Database, cast: Cast) -> None:
    client, path = client_of("dave"), f"/admin/brokers/{cast.peter.membership_id}/refuse"
    assert client.post(path, data={"reason": " "}).status_code == 422
    assert client.post(path, data={"reason": "请补充资质。"}).location == "/admin/brokers"
    assert _membership(database, cast.peter.membership_id).state == "ended"


def test_register_is_searched(client_of: ClientOf) -> None:
    client = client_of("dave")
    assert "天山机械有限公司" in client.get("/organizations?q=天山").text
    for query in ("q=%25", "q=" + "x" * 5_000, "q=😀", "q=' OR 1=1", "kind=castle", "page=999", "unverified=1"):
        response = client.get(f"/organizations?{query}")
        assert (response.status_code, "天山机械有限公司" in response.text) == (200, False)


def test_bureau_enters_an_organization(client_of: ClientOf, database: Database, cast: Cast) -> None:
    client = client_of("dave")
    made = client.post("/organizations/new", data={"kind": "institute", "name": "阿勒泰所", "region": "654300"})
    assert (made.status_code, made.location.endswith("/members")) == (303, True)
    again = client.post("/organizations/new", data={"kind": "institute", "name": "阿勒泰所", "region": "654300"})
    assert (again.status_code, errors_of(again)) == (422, ["name"])
    assert client.post("/organizations/new", data={"kind": "branch", "name": "分中心"}).status_code == 403


def test_bureau_verifies_suspends_and_resumes(client_of: ClientOf, database: Database, cast: Cast) -> None:
    organization_id = cast.mallory.organization_id
    with database.transaction() as session:
        session.get_one(Organization, organization_id).verified_at = None
    bureau, mallory, path = client_of("dave"), client_of("mallory"), f"/organizations/{organization_id}"
    verification = bureau.post(f"{path}/verify").location
    assert bureau.post(f"{verification}/confirm").status_code == 403
    assert client_of("erin").post(f"{verification}/confirm").location == verification
    assert _organization(database, organization_id).verified_at is not None
    assert mallory.get("/needs/new").status_code == 200
    wrong = bureau.post(f"{path}/suspend", data={"reason": "", "note": ""})
    assert (wrong.status_code, errors_of(wrong)) == (422, ["note"])
    bureau.post(f"{path}/suspend", data={"reason": "false_identity", "note": "冒用他人名称"})
    assert mallory.get("/needs/new").status_code == 403
    dashboard = mallory.get("/dashboard")
    assert (dashboard.status_code, "冒用他人名称" in dashboard.text) == (200, True)
    assert "冒用他人名称" in bureau.get(f"{path}/suspension").text
    bureau.post(f"{path}/resume", data={"note": "已澄清"})
    assert mallory.get("/needs/new").status_code == 200


def test_forms_need_their_csrf_token(app: Flask, client_of: ClientOf, cast: Cast) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = client_of("erin")
    for path in ("1/edit", "1/members", "1/verify", "1/suspend", "1/resume", "new"):
        assert client.post(f"/organizations/{path}", data={"csrf_token": "stale"}).status_code == 400
    for path in (
        f"/memberships/{cast.alice.membership_id}/remove",
        f"/admin/brokers/{cast.peter.membership_id}/confirm",
    ):
        assert client.post(path, data={"csrf_token": "stale"}).status_code == 400


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("alice", "/organizations/1"),
        ("alice", "/organizations/1/members"),
        ("dave", "/organizations"),
        ("dave", "/admin/brokers"),
        ("bob", "/account"),
    ],
)
def test_lists_take_as_many_queries_for_three_rows_as_for_one(
    app: Flask, client_of: ClientOf, database: Database, cast: Cast, key: str, path: str
) -> None:
    engine = app.extensions["matchmaker"].database.engine
    counts = []
    _add_listing(database, cast)
    for round_number in range(2):
        client = client_of(key)
        with counted_queries(engine) as statements:
            assert client.get(path).status_code == 200
        counts.append(len(statements))
        if round_number == 0:
            _add_rows(database)
            _add_listing(database, cast)
            _add_listing(database, cast)
    assert counts[0] == counts[1]


def _add_rows(database: Database) -> None:
    """Add two members to alice's enterprise, two waiting brokers, and two memberships and invitations of bob."""
    with database.transaction() as session:
        mine = session.get_one(Organization, 1)
        for number in range(2):
            make_member(session, mine, f"m{number}", f"同事{number}", Role.ENTERPRISE)
            office = make_organization(session, "broker", f"经纪所{number}")
            make_member(session, office, f"b{number}", "经纪人", Role.BROKER, state=MembershipState.PENDING)
            for state in (MembershipState.ACTIVE, MembershipState.INVITED):
                firm = make_organization(session, "enterprise", f"公司{number}{state}")
                session.add(Membership(user_id=2, organization_id=firm.id, role=Role.ENTERPRISE, state=state))


def _add_listing(database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        publish(session, cast.alice, "need", "风机叶片低温除冰")
