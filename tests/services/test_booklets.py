"""Booklets: which listings are in one, in which order, and that none shows more than its reader may read."""

from dataclasses import asdict
from datetime import timedelta

import pytest

from matchmaker.domain.days import today
from matchmaker.domain.errors import Forbidden, Invalid
from matchmaker.domain.permissions import Actor
from matchmaker.services.actors import informed
from matchmaker.services.avoidances import avoid
from matchmaker.services.booklets import Selection, count_booklet, editions, make_booklet
from matchmaker.services.campaigns.deciding import screen_out
from matchmaker.services.campaigns.screening import judged_revision, text_mark
from matchmaker.services.documents import booklet_docx, booklet_pdf
from matchmaker.services.review import publish as review
from tests.campaigns import make_campaign, make_entry
from tests.drafts import make_published
from tests.services.documents.test_booklet_files import docx_text, pdf_text

# What stands in each part of a need, to be looked for in the files.
TOKENS = {
    "title": "题名记号",
    "abstract": "摘要记号",
    "problem": "正文记号" + "，问题要写得够长才能通过检查。" * 2,
    "background": "背景记号",
    "contact_name": "联系记号",
    "source": "来源记号",
}


def make(session, actor, edition="public", **selection):
    return make_booklet(session, actor, Selection(**selection), edition, "乌鲁木齐")


def publish(session, cast, visibility, **values):
    return make_published(session, cast.alice, cast.dave, visibility=visibility, **{**TOKENS, **values})


def found(text):
    return {name for name, token in TOKENS.items() if token[:4] in text}


def test_editions_follow_the_role(cast):
    assert {name: editions(cast[name].actor) for name in ("alice", "bob", "carol", "dave", "erin", "peter")} == {
        "alice": ("public",),
        "bob": ("public",),
        "carol": ("public", "internal"),
        "dave": ("public", "internal"),
        "erin": ("public", "internal"),
        "peter": ("public",),
    }
    assert editions(Actor.anonymous()) == ()


@pytest.mark.parametrize("name", ["alice", "bob", "mallory", "peter"])
def test_internal_edition_is_refused_to_parties(session, cast, name):
    publish(session, cast, "public")
    with pytest.raises(Forbidden):
        make(session, cast[name].actor, "internal")


def test_public_edition_of_an_anonymous_need_holds_its_abstract_only(session, cast):
    publish(session, cast, "anonymous")
    booklet = make(session, cast.dave.actor)
    for text in (pdf_text(booklet_pdf(booklet)), "".join(docx_text(booklet_docx(booklet)))):
        assert found(text) == {"title", "abstract"}
        assert ("天山机械" in text, "覆冰附着强度" in text, "120" in text) == (False, False, False)
        assert "匿名需求方" in text


def test_internal_edition_holds_all_and_warns(session, cast):
    publish(session, cast, "anonymous")
    booklet = make(session, cast.carol.actor, "internal")
    for text in (pdf_text(booklet_pdf(booklet)), "".join(docx_text(booklet_docx(booklet)))):
        assert found(text) == set(TOKENS)
        assert ("天山机械有限公司" in text, "覆冰附着强度" in text, "请勿对外传播" in text) == (True, True, True)
    assert booklet.watermark == "内部资料"


def test_need_for_brokers_only_is_in_the_internal_edition_only(session, cast):
    publish(session, cast, "brokers")
    publish(session, cast, "public", title="公开的需求")
    titles = {
        edition: [entry.title for entry in make(session, cast.dave.actor, edition).entries]
        for edition in ("public", "internal")
    }
    assert titles == {"public": ["公开的需求"], "internal": ["题名记号", "公开的需求"]}
    assert count_booklet(session, cast.dave.actor, Selection(), "public") == 1


def test_entries_are_ordered_by_field_and_region_and_numbered(session, cast):
    for title, field, region in (
        ("丙", "materials", "650104"),
        ("乙", "materials", "650102"),
        ("甲", "electronics", "650104"),
    ):
        publish(session, cast, "public", title=title, field=field, region=region)
    booklet = make(session, cast.alice.actor)
    shown = [
        (chapter.title, [(entry.number, entry.title) for entry in chapter.entries]) for chapter in booklet.chapters
    ]
    assert shown == [("电子信息", [("001", "甲")]), ("新材料及其应用", [("002", "乙"), ("003", "丙")])]


def test_indicators_are_a_table_and_money_is_readable(session, cast):
    publish(session, cast, "public")
    entry = next(make(session, cast.alice.actor).entries)
    assert asdict(entry)["indicators"] == ({"name": "覆冰附着强度", "requirement": "≤ 30", "unit": "kPa"},)
    assert ("拟投入资金（元）", "120 万元") in entry.facts


def test_booklet_of_a_campaign_leaves_out_what_was_screened_out(session, cast):
    campaign = make_campaign(session, cast.dave)
    publish(session, cast, "public", title="不在活动中")
    kept, dropped = (make_entry(session, campaign, cast.alice, title=title) for title in ("入册的需求", "落选的需求"))
    for entry in (kept, dropped):
        review(session, cast.dave.actor, entry.listing, entry.listing.working_revision.version)
    mark = text_mark(judged_revision(dropped.listing))
    screen_out(session, cast.dave.actor, dropped, mark, reasons=["duplicate"], advice="重复。", exception="重复")
    booklet = make(session, cast.alice.actor, campaign=campaign)
    assert ([entry.title for entry in booklet.entries], booklet.subtitle) == (["入册的需求"], "企业技术需求征集")


def test_booklet_of_a_time_counts_the_citys_days(session, cast):
    listing = publish(session, cast, "public")
    day = today()
    assert make(session, cast.alice.actor, since=day, until=day).count == 1
    for selection in ({"since": day + timedelta(days=1)}, {"until": day - timedelta(days=1)}, {"field": "energy"}):
        with pytest.raises(Invalid):
            make(session, cast.alice.actor, **selection)
    assert listing.published_at is not None


def test_public_edition_leaves_out_whom_its_maker_is_kept_apart_from(session, cast):
    publish(session, cast, "public")
    make_published(session, cast.mallory, cast.dave)
    avoid(session, cast.alice.actor, name=cast.bob.organization_name, kind="rival")
    bob = informed(session, cast.bob.actor)
    posters = [entry.poster for chapter in make(session, bob).chapters for entry in chapter.entries]
    assert (posters, count_booklet(session, bob, Selection(), "public")) == ([cast.mallory.organization_name], 1)
    assert count_booklet(session, informed(session, cast.mallory.actor), Selection(), "public") == 2
