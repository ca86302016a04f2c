"""Writing a listing: form, autosave, preview, handing in; bad input loses nothing."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from matchmaker.domain.base import Database
from matchmaker.domain.fields import FIELDS
from matchmaker.domain.listings import Listing
from matchmaker.services.revisions import start_revision
from matchmaker.web.forms.listings import FEWEST_ROWS, form_sections, raw_of
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.drafts import make_draft, make_published, make_submitted
from tests.web.html import Page

HTMX = {"HX-Request": "true"}


@pytest.fixture
def draft_id(database: Database, cast: Cast) -> int:
    with database.transaction() as session:
        return make_draft(session, cast.alice).id


def start(database: Database, cast: Cast, **values: object) -> int:
    with database.transaction() as session:
        return make_draft(session, cast.alice, **values).id


def stored(database: Database, name: str, listing_id: int = 1) -> object:
    with database.read() as session:
        return getattr(session.get_one(Listing, listing_id).working_revision, name)


def state(database: Database, listing_id: int = 1) -> str:
    with database.read() as session:
        return session.get_one(Listing, listing_id).state


def save(client: FlaskClient, listing_id: int, version: object, **fields: object) -> tuple[int, str]:
    answer = client.post(f"/listings/{listing_id}/edit", data={"version": version, **fields})
    return answer.status_code, answer.text


@pytest.mark.parametrize("kind", list(FIELDS))
def test_form_has_every_field_once(kind: str) -> None:
    names = [field.spec.name for section in form_sections(kind, {}, {}) for field in section.fields]
    assert sorted(names) == sorted(spec.name for spec in FIELDS[kind])


def test_raw_of_tells_empty_boxes_from_fields_that_were_not_shown() -> None:
    assert raw_of("need", MultiDict({"title": "甲"})) == {"title": "甲"}
    shown = MultiDict({"cooperation-shown": "1", "indicators-shown": "1"})
    assert raw_of("need", shown) == {"cooperation": [], "indicators": []}


def test_raw_of_reads_rows_in_order_and_drops_those_with_a_comparator_only() -> None:
    form = MultiDict({"indicators-shown": "1", "indicators-7-name": "乙", "indicators-2-name": "甲"})
    form |= {"indicators-3-comparator": "ge", "indicators-x-name": "丙", "indicators-9-evil": "丁"}
    assert [row["name"] for row in raw_of("need", form)["indicators"]] == ["甲", "乙"]


def test_edit_shows_the_draft_in_its_form(client_of: ClientOf, draft_id: int) -> None:
    text = client_of("alice").get(f"/listings/{draft_id}/edit").text
    assert 'value="风电叶片低温除冰涂层"' in text
    assert len(re.findall(r'name="indicators-\d+-name"', text)) == FEWEST_ROWS
    assert 'name="version" id="version" value="1"' in text


def test_save_keeps_what_was_typed_and_counts_versions(database: Database, client_of: ClientOf, draft_id: int) -> None:
    client = client_of("alice")
    assert save(client, draft_id, 1, tried="试过 🚁")[0] == 303
    assert save(client, draft_id, 1, tried="试过 🚁")[0] == 303
    assert (stored(database, "tried"), stored(database, "version")) == ("试过 🚁", 2)


def test_save_of_a_stale_form_shows_both_texts_and_the_way_on(
    database: Database, client_of: ClientOf, draft_id: int
) -> None:
    client = client_of("alice")
    save(client, draft_id, 1, tried="先保存的", background="一\r\n二")
    status, text = save(client, draft_id, 1, tried="后保存的", background="一\r\n二", budget="120万")
    assert (status, "后保存的" in text, Page(text).texts("field-stored-text")) == (409, True, ["先保存的"])
    assert 'name="version" id="version" value="2"' in text
    assert stored(database, "tried") == "先保存的"
    assert save(client, draft_id, 2, tried="后保存的")[0] == 303
    assert stored(database, "tried") == "后保存的"


@pytest.mark.parametrize("version", ["", "abc", "-1", str(10**30)])
def test_save_without_a_proper_version_overwrites_nothing(
    database: Database, client_of: ClientOf, draft_id: int, version: str
) -> None:
    assert save(client_of("alice"), draft_id, version, tried="新")[0] == 409
    assert stored(database, "tried") is None


def test_save_of_a_mountain_of_text_shows_the_form_again(
    database: Database, client_of: ClientOf, draft_id: int
) -> None:
    mountain = "<b>" * 200_000
    status, text = save(client_of("alice"), draft_id, 1, problem=mountain, tried="也在")
    assert (status, "&lt;b&gt;" * 200_000 in text, "也在" in text) == (422, True, True)
    assert stored(database, "version") == 1


def test_save_of_several_megabytes_is_refused_unread(database: Database, client_of: ClientOf, draft_id: int) -> None:
    assert save(client_of("alice"), draft_id, 1, problem="字" * 1_000_000)[0] == 413
    assert stored(database, "version") == 1


def test_save_of_a_text_somewhat_too_long_keeps_it(database: Database, client_of: ClientOf, draft_id: int) -> None:
    client = client_of("alice")
    assert save(client, draft_id, 1, problem="字" * 20_000)[0] == 303
    text = client.get(f"/listings/{draft_id}/edit").text
    assert ("字" * 20_000 in text, Page(text).texts("field-error")) == (
        True,
        ["最多 10000 个字，现在有 20000 个，请精简。"],
    )


@pytest.mark.parametrize("garbage", [b"title=\xff\xfe\xb7\xe7&version=1", b"title=%ff%00%d7%d6&version=1"])
def test_save_of_a_wrong_encoding_is_stored_without_harm(
    database: Database, client_of: ClientOf, draft_id: int, garbage: bytes
) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = client_of("alice").post(f"/listings/{draft_id}/edit", data=garbage, headers=headers)
    assert (answer.status_code, "\x00" in str(stored(database, "title"))) == (303, False)


def test_save_after_submission_elsewhere_shows_the_text_again(
    database: Database, cast: Cast, client_of: ClientOf
) -> None:
    with database.transaction() as session:
        listing_id = make_submitted(session, cast.alice).id
    status, text = save(client_of("alice"), listing_id, 1, tried="还没保存的字")
    assert (status, "还没保存的字" in text) == (409, True)


@pytest.mark.parametrize(("key", "status"), [("mallory", 404), ("bob", 404), ("carol", 404), ("dave", 404)])
def test_drafts_of_others_are_unknown(client_of: ClientOf, draft_id: int, key: str, status: int) -> None:
    client = client_of(key)
    pages = [client.get(f"/listings/{draft_id}/{page}").status_code for page in ("edit", "submit", "confirm")]
    verbs = ("edit", "autosave", "submit", "recall", "revise", "discard", "close", "narrow", "hand-over", "confirm")
    answers = [client.post(f"/listings/{draft_id}/{verb}", data={"version": 1}).status_code for verb in verbs]
    assert pages + answers == [status] * (len(pages) + len(verbs))


def test_reading_a_listing_does_not_let_one_change_it(database: Database, cast: Cast, client_of: ClientOf) -> None:
    with database.transaction() as session:
        listing_id = make_published(session, cast.alice, cast.dave).id
    verbs = ("edit", "autosave", "submit", "recall", "revise", "discard", "close", "narrow", "hand-over", "confirm")
    client = client_of("mallory")
    answers = [client.post(f"/listings/{listing_id}/{verb}", data={"version": 1}).status_code for verb in verbs]
    assert answers == [403] * len(verbs)


def test_autosave_answers_with_fragments(database: Database, client_of: ClientOf, draft_id: int) -> None:
    form = {"version": 1, "budget": "50-80万", "deadline_on": "明年"}
    answer = client_of("alice").post(f"/listings/{draft_id}/autosave", data=form, headers=HTMX)
    page = Page(answer.text)
    assert (answer.status_code, page.texts("field-understood")) == (200, ["即 80 万元"])
    assert page.texts("field-error") == ["请填写日期，例如 2027-03-01。"]
    assert re.fullmatch(r"已保存 \d\d:\d\d，有 1 处还看不懂，已按原样保留", page.texts("save-status")[0])
    assert 'id="version" value="2" hx-swap-oob="true"' in answer.text
    assert stored(database, "raw") == {"deadline_on": "明年"}


def test_autosave_of_a_stale_form_overwrites_nothing(database: Database, client_of: ClientOf, draft_id: int) -> None:
    client = client_of("alice")
    save(client, draft_id, 1, tried="先")
    answer = client.post(f"/listings/{draft_id}/autosave", data={"version": 1, "tried": "后"}, headers=HTMX)
    assert (answer.status_code, "对照后保存" in answer.text, stored(database, "tried")) == (409, True, "先")


def test_submit_page_names_what_is_missing_and_links_to_it(database: Database, cast: Cast, client_of: ClientOf) -> None:
    with database.transaction() as session:
        make_draft(session, cast.alice, abstract="", budget="很多")
    client = client_of("alice")
    text = client.get("/listings/1/submit").text
    assert Page(text).texts("panel-title")[0] == "还差 2 处"
    assert 'href="/listings/1/edit?check=1#field-abstract"' in text
    assert len(Page(client.get("/listings/1/edit?check=1").text).texts("field-error")) == 2
    assert client.post("/listings/1/submit", data={"version": 1, "declared": "yes"}).status_code == 422
    assert state(database) == "draft"


def test_submit_needs_the_declaration_and_happens_once(database: Database, client_of: ClientOf, draft_id: int) -> None:
    client = client_of("alice")
    refused = client.post(f"/listings/{draft_id}/submit", data={"version": 1})
    assert (refused.status_code, Page(refused.text).texts("field-error")) == (422, ["请勾选此项声明。"])
    answers = [client.post(f"/listings/{draft_id}/submit", data={"version": 1, "declared": "yes"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert state(database) == "submitted"


def test_submit_of_what_changed_meanwhile_shows_it_again(
    database: Database, client_of: ClientOf, draft_id: int
) -> None:
    client = client_of("alice")
    save(client, draft_id, 1, problem="换了一个问题")
    answer = client.post(f"/listings/{draft_id}/submit", data={"version": 1, "declared": "yes"})
    assert (answer.status_code, "换了一个问题" in answer.text, state(database)) == (409, True, "draft")


def test_recall_and_discard_lead_back(database: Database, cast: Cast, client_of: ClientOf) -> None:
    with database.transaction() as session:
        make_submitted(session, cast.alice)
        listing = make_published(session, cast.alice, cast.dave, title="乙")
        start_revision(session, cast.alice.actor, listing)
    client = client_of("alice")
    assert [client.post("/listings/1/recall").location for _ in range(2)] == ["/listings/1/edit"] * 2
    assert client.post("/listings/2/discard").location == "/needs/2"
    assert client.post("/listings/2/discard").status_code == 409
    assert client.post("/listings/2/revise").location == "/listings/2/edit"


def test_edit_of_what_cannot_be_edited_leads_to_its_page(database: Database, cast: Cast, client_of: ClientOf) -> None:
    with database.transaction() as session:
        make_submitted(session, cast.alice)
    answer = client_of("alice").get("/listings/1/edit")
    assert (answer.status_code, answer.location) == (303, "/needs/1")


def test_autosave_answers_with_the_check_and_what_tells_the_poster(
    client_of: ClientOf, database: Database, cast: Cast
) -> None:
    listing_id = start(database, cast, visibility="anonymous")
    answer = client_of("alice").post(
        f"/listings/{listing_id}/autosave", data={"version": "1", "abstract": "请拨 0991-3812345 咨询"}
    )
    shown = Page(answer.text)
    assert shown.texts("identity-passage") == ["…请拨 0991-3812345 咨询…"]
    assert 'href="#field-abstract" data-from="3" data-to="15"' in answer.text
    assert "没有选择国民经济行业。" in shown.texts("health-advice")


def test_submission_asks_to_confirm_what_tells_the_poster(client_of: ClientOf, database: Database, cast: Cast) -> None:
    listing_id = start(database, cast, visibility="anonymous", abstract="请拨 0991-3812345 咨询")
    alice = client_of("alice")
    form = {"version": "1", "declared": "yes"}
    page = Page(alice.get(f"/listings/{listing_id}/submit").text)
    assert page.texts("identity-passage") == ["…请拨 0991-3812345 咨询…"]
    assert alice.post(f"/listings/{listing_id}/submit", data=form).status_code == 422
    assert alice.post(f"/listings/{listing_id}/submit", data=form | {"identity_confirmed": "yes"}).status_code == 303
    review = Page(client_of("dave").get(f"/review/{listing_id}").text)
    assert review.texts("identity-passage") == ["…请拨 0991-3812345 咨询…"]


def test_single_fields_are_closed_further_in_the_form(client_of: ClientOf, database: Database, draft_id: int) -> None:
    client = client_of("alice")
    closed = {"layers-shown": "1", "layer-problem": "confidential", "layer-budget": "inside", "layer-tried": ""}
    status, _ = save(client, draft_id, stored(database, "version"), **closed)
    assert (status, stored(database, "layers")) == (303, {"problem": "confidential", "budget": "inside"})
    assert "已设置 2 项" in client.get(f"/listings/{draft_id}/edit").text
    (words,) = Page(client.get(f"/listings/{draft_id}/submit").text).texts("layer-words")
    assert "签署保密协议之后，对方能看到要解决的技术问题" in words
    save(client, draft_id, stored(database, "version"), title="只改名称")
    assert stored(database, "layers") == {"problem": "confidential", "budget": "inside"}


@pytest.mark.parametrize(
    "wrong", [{"layer-title": "inside"}, {"layer-problem": "abstract"}, {"layer-nothing": "inside"}]
)
def test_unknown_or_fixed_layers_are_refused(
    client_of: ClientOf, database: Database, draft_id: int, wrong: dict[str, str]
) -> None:
    status, text = save(client_of("alice"), draft_id, stored(database, "version"), **{"layers-shown": "1"}, **wrong)
    assert (status, "请重新选择" in text, stored(database, "layers")) == (422, True, {})
