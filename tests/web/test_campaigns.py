"""Campaigns on the site: the public call, entering, running, following, screening by the bureau."""

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from matchmaker.domain.base import Database
from matchmaker.domain.campaigns import Campaign, CampaignEntry
from matchmaker.domain.days import today
from matchmaker.domain.listings import Listing
from matchmaker.services.campaigns.experts import assign, distribute
from matchmaker.services.campaigns.screening import give_opinion, judged_revision, text_mark
from tests.campaigns import JUDGEMENT, make_branch, make_campaign, make_entry, make_expert
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.drafts import make_draft, make_submitted
from tests.web.forms import errors_of, flashed
from tests.web.html import Page


def typed(**values: object) -> dict[str, object]:
    day = today()
    whole = {
        "title": "第三季度需求征集",
        "kind": "need",
        "call_text": "面向全市企业征集。\n\n请写清指标。",
        "opens_on": day.isoformat(),
        "closes_on": (day + timedelta(days=9)).isoformat(),
        "opinions_each": "2",
    }
    return {**whole, **values}


@pytest.fixture
def campaign_id(database: Database, cast: Cast) -> int:
    with database.transaction() as session:
        return make_campaign(session, cast.dave).id


def only(database: Database, table: type) -> object:
    with database.read() as session:
        return session.scalars(sa.select(table)).one()


def test_bureau_writes_opens_and_everybody_reads_a_call(client_of: ClientOf, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        branch_id = make_branch(session).id
    dave = client_of("dave")
    made = dave.post("/campaigns/new", data=typed(fields=["energy"], **{f"quota-{branch_id}": "6"}))
    campaign = only(database, Campaign)
    assert made.location == f"/campaigns/{campaign.id}"
    assert client_of(None).get(made.location).status_code == 404
    assert dave.post(f"{made.location}/move", data={"to": "open"}).status_code == 303
    page = Page(client_of(None).get(made.location).text)
    assert page.texts("campaign-call") == ["面向全市企业征集。请写清指标。"]
    assert page.texts("campaign-hero-actions") == ["我要报需求（先注册） 已有账号，登录后报送"]
    assert Page(client_of(None).get("/").text).texts("campaign-strip-item")[0].startswith("第三季度需求征集")


def test_wrong_call_keeps_what_was_typed(client_of: ClientOf, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        name = f"quota-{make_branch(session).id}"
    answer = client_of("dave").post("/campaigns/new", data=typed(closes_on="2020-01-01", target="x", **{name: "-2"}))
    assert (answer.status_code, errors_of(answer)) == (422, ["closes_on", "target"])
    assert ("请写清指标。" in answer.text, 'value="-2"' in answer.text) == (True, True)


def test_stale_edit_shows_both(client_of: ClientOf, campaign_id: int) -> None:
    dave = client_of("dave")
    assert dave.post(f"/campaigns/{campaign_id}/edit", data=typed(version=1)).status_code == 303
    answer = dave.post(f"/campaigns/{campaign_id}/edit", data=typed(version=1, title="旧页面上的名称"))
    assert (answer.status_code, "旧页面上的名称" in answer.text) == (409, True)


@pytest.mark.parametrize("key", ["alice", "bob", "carol", "mallory", "peter"])
def test_bureaus_pages_are_closed_to_others(client_of: ClientOf, campaign_id: int, key: str) -> None:
    client = client_of(key)
    paths = (
        "/campaigns/new",
        *(f"/campaigns/{campaign_id}/{name}" for name in ("edit", "progress", "entries", "screening")),
    )
    assert {client.get(path).status_code for path in paths} == {403}


def test_need_is_begun_inside_a_campaign(client_of: ClientOf, database: Database, cast: Cast, campaign_id: int) -> None:
    alice = client_of("alice")
    page = alice.get(f"/needs/new?campaign={campaign_id}").text
    assert "这条内容将报送到《企业技术需求征集》" in page
    answer = alice.post("/needs/new", data={"title": "低温密封", "visibility": "anonymous", "campaign": campaign_id})
    entry = only(database, CampaignEntry)
    assert answer.location == f"/listings/{entry.listing_id}/edit"
    assert entry.campaign_id == campaign_id


def test_need_begun_after_the_deadline_is_refused_and_nothing_is_lost(
    client_of: ClientOf, database: Database, cast: Cast, campaign_id: int
) -> None:
    with database.transaction() as session:
        session.get_one(Campaign, campaign_id).closes_on = today() - timedelta(days=1)
    answer = client_of("alice").post("/needs/new", data={"title": "低温密封", "campaign": campaign_id})
    assert (answer.status_code, "低温密封" in answer.text, "截止" in answer.text) == (409, True, True)
    with database.read() as session:
        assert session.scalars(sa.select(Listing)).all() == []


def test_visitor_comes_back_after_registering(client_of: ClientOf, campaign_id: int) -> None:
    visitor = client_of(None)
    back = f"/needs/new?campaign={campaign_id}"
    chosen = visitor.get("/register", query_string={"next": back}).text
    assert f"/register?kind=enterprise&amp;next=/needs/new?campaign%3D{campaign_id}" in chosen
    form = {
        "kind": "enterprise",
        "organization_name": "新来企业有限公司",
        "credit_code": "91650100MA7U0CQY1H",
        "region": "650104",
        "name": "新人",
        "email": "new@cast.example",
        "password": "hao-renwu 2026",
        "consented": "y",
        "next": back,
    }
    refused = visitor.post("/register", data={**form, "name": ""})
    assert (refused.status_code, f'name="next" value="{back}"' in refused.text) == (422, True)


def test_existing_listing_is_entered_and_taken_back(
    client_of: ClientOf, database: Database, cast: Cast, campaign_id: int
) -> None:
    with database.transaction() as session:
        listing_id = make_draft(session, cast.alice).id
    alice = client_of("alice")
    assert Page(alice.get(f"/campaigns/{campaign_id}/enter").text).texts("campaign-own-title") == [
        "风电叶片低温除冰涂层"
    ]
    assert alice.post(f"/campaigns/{campaign_id}/enter", data={"listing_id": listing_id}).status_code == 303
    assert (
        client_of("mallory").post(f"/campaigns/{campaign_id}/enter", data={"listing_id": listing_id}).status_code == 404
    )
    entry = only(database, CampaignEntry)
    page = Page(alice.get(f"/campaigns/{campaign_id}").text)
    assert page.texts("campaign-own-title") == ["风电叶片低温除冰涂层"]
    assert "企业技术需求征集" in alice.get(f"/needs/{listing_id}").text
    leave = f"/campaigns/{campaign_id}/entries/{entry.id}/leave"
    assert [client_of(key).post(leave).status_code for key in ("mallory", "alice")] == [404, 303]


def test_progress_opens_to_rows_and_to_a_spreadsheet(
    client_of: ClientOf, database: Database, cast: Cast, campaign_id: int
) -> None:
    with database.transaction() as session:
        make_entry(session, session.get_one(Campaign, campaign_id), cast.alice)
    dave = client_of("dave")
    assert Page(dave.get(f"/campaigns/{campaign_id}/progress").text).texts("campaign-bar-name") == ["未分配分中心"]
    rows = dave.get(f"/campaigns/{campaign_id}/entries?stage=submitted&branch=0").text
    assert Page(rows).texts("campaign-own-title") == ["风电叶片低温除冰涂层"]
    sheet = load_workbook(io.BytesIO(dave.get(f"/campaigns/{campaign_id}/progress-sheet").data)).active
    assert [cell.value for cell in sheet[sheet.max_row]][:4] == ["合计", None, 1, 1]


def test_late_entry_names_what_is_missing(
    client_of: ClientOf, database: Database, cast: Cast, campaign_id: int
) -> None:
    with database.transaction() as session:
        listing_id = make_submitted(session, cast.alice).id
        draft_id = make_draft(session, cast.mallory).id
    dave, address = client_of("dave"), f"/campaigns/{campaign_id}/late"
    for number in ("", "abc", "9" * 30, str(draft_id)):
        answer = dave.post(address, data={"listing_id": number, "reason": "故障"})
        assert (answer.status_code, "没有找到这条内容" in answer.text) == (422, True)
    assert dave.post(address, data={"listing_id": f"http://x/needs/{listing_id}", "reason": "故障"}).status_code == 303


def test_bureau_screens_an_entry_in(client_of: ClientOf, database: Database, cast: Cast, campaign_id: int) -> None:
    with database.transaction() as session:
        entry_id = make_entry(session, session.get_one(Campaign, campaign_id), cast.alice).id
    dave, root = client_of("dave"), f"/campaigns/{campaign_id}"
    assert dave.post(f"{root}/experts", data={"membership_id": cast.bob.membership_id}).status_code == 303
    assert dave.post(f"{root}/distribute").status_code == 303
    assert "鲍博" in dave.get(f"{root}/screening").text
    page = dave.get(f"{root}/screening/{entry_id}").text
    assert "待评审" in page
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    refused = dave.post(f"{root}/screening/{entry_id}/keep", data={"seen": seen})
    assert (refused.status_code, "专家意见还不够" in refused.text) == (422, True)
    assert dave.post(f"{root}/screening/{entry_id}/drop", data={"seen": seen, "exception": "急"}).status_code == 422
    kept = dave.post(f"{root}/screening/{entry_id}/keep", data={"seen": seen, "exception": "急用", "advice": "很好"})
    assert kept.status_code == 303
    owner = client_of("alice").get("/needs/1").text
    assert ("入选" in owner, "很好" in owner, "鲍博" in owner) == (True, True, False)


def test_expert_judges_without_seeing_the_owner(
    client_of: ClientOf, database: Database, cast: Cast, campaign_id: int
) -> None:
    with database.transaction() as session:
        campaign = session.get_one(Campaign, campaign_id)
        make_entry(session, campaign, cast.alice, visibility="anonymous", contact_name="韩联系")
        make_expert(session, cast, campaign, cast.bob)
        distribute(session, cast.dave.actor, campaign)
    bob = client_of("bob")
    assert Page(bob.get("/screening").text).texts("campaign-own-title") == ["风电叶片低温除冰涂层"]
    page = bob.get("/screening/1").text
    assert ("叶片在高湿低温下覆冰" in page, "天山机械" in page, "韩联系" in page) == (True, False, False)
    readers = client_of("alice").get("/listings/1/readers").text
    assert ("评审专家（身份保密）" in readers, "鲍博" in readers, "昆仑理工" in readers) == (True, False, False)
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    refused = bob.post("/screening/1", data={"seen": seen, "text": "写了一半的意见，不能丢。"})
    assert (refused.status_code, "写了一半的意见，不能丢。" in refused.text) == (422, True)
    stale = bob.post("/screening/1", data={"seen": "0-0", "text": "写给旧文本的意见，不能丢。"})
    assert (stale.status_code, "写给旧文本的意见，不能丢。" in stale.text) == (409, True)
    scores = dict.fromkeys(("necessity", "clarity", "judgeability", "novelty"), "4")
    given = bob.post(
        "/screening/1", data={"seen": seen, "recommendation": "keep", "text": "需求真实，建议保留它。", **scores}
    )
    assert (given.status_code, flashed(bob)) == (303, ["意见已提交，谢谢。"])
    assert "天山机械" not in bob.get("/screening/1").text
    assert client_of("carol").get("/screening/1").status_code == 404


def test_recused_expert_reads_no_more(client_of: ClientOf, database: Database, cast: Cast, campaign_id: int) -> None:
    with database.transaction() as session:
        campaign = session.get_one(Campaign, campaign_id)
        entry = make_entry(session, campaign, cast.alice)
        expert = make_expert(session, cast, campaign, cast.bob)
        assign(session, cast.dave.actor, campaign, entry, expert.id)
    bob = client_of("bob")
    assert bob.post("/screening/1/recuse", data={"reason": ""}).status_code == 422
    assert bob.post("/screening/1/recuse", data={"reason": "参与过"}).status_code == 303
    assert bob.get("/screening/1").status_code == 404


def test_given_opinion_cannot_be_read_by_the_owner(
    client_of: ClientOf, database: Database, cast: Cast, campaign_id: int
) -> None:
    with database.transaction() as session:
        campaign = session.get_one(Campaign, campaign_id)
        entry = make_entry(session, campaign, cast.alice)
        opinion = assign(session, cast.dave.actor, campaign, entry, make_expert(session, cast, campaign, cast.bob).id)
        give_opinion(session, cast.bob.actor, opinion, JUDGEMENT, text_mark(judged_revision(entry.listing)))
    alice = client_of("alice")
    pages = [alice.get(path).text for path in ("/needs/1", f"/campaigns/{campaign_id}", "/notices", "/dashboard")]
    assert [name for name in ("鲍博", "昆仑理工大学", JUDGEMENT.text) for page in pages if name in page] == []
