"""The unmet-need map: which needs are on it, how they are grouped and named, and that it shows what is open only."""

import io

import numpy as np
import pytest
import sqlalchemy as sa
from docx import Document
from openpyxl import load_workbook

from matchmaker.domain.embeddings import Embedding, EmbeddingModel
from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.listings import ListingState, Visibility
from matchmaker.domain.matches import Decision, MatchDecision
from matchmaker.domain.permissions import Actor
from matchmaker.domain.unmet import Grain, UnmetMap
from matchmaker.services.documents import contest_draft_docx, innovation_list_docx
from matchmaker.services.projection import scopes
from matchmaker.services.unmet.choosing import choose_unmet
from matchmaker.services.unmet.drafts import draft_contest, draft_list, merge_indicators
from matchmaker.services.unmet.making import _draw, _ground, _write, order_map, running_map
from matchmaker.services.unmet.reading import UnmetFilter, read_cluster, read_map
from matchmaker.services.unmet.sheet import innovation_list_xlsx
from tests.counting import counted_queries
from tests.pairs import pair, publish
from tests.services.documents.test_booklet_files import docx_text

DIRECTIONS = {"battery": (1.0, 0.0, 0.0), "cotton": (0.0, 1.0, 0.0), "alone": (0.0, 0.0, 1.0)}


@pytest.fixture
def model(session):
    session.add(EmbeddingModel(model_id="m", name="m", dimension=3, state="active"))
    session.flush()


def need(session, member, title, meaning, **columns):
    listing = publish(session, member, "need", title, **columns)
    listing.matched_revision, listing.matched_by = listing.pair_revision, "r m"
    vector = np.array(DIRECTIONS[meaning], dtype="<f4").tobytes()
    for scope in scopes(listing.current):
        for part in ("title", "full"):
            values = {"scope": scope, "part": part, "role": "query", "text_hash": "", "text_revision": 1}
            session.add(Embedding(listing_id=listing.id, model_id="m", vector=vector, **values))
    session.flush()
    return listing


def draw(session, actor=None, grade=2):
    ground = _ground(session, grade)
    return _write(session, actor or Actor.system(), ground, _draw(ground, Grain.MEDIUM), grade=grade, grain="medium")


@pytest.fixture
def needs(session, cast, model):
    """Two needs about batteries, one of them anonymous, two about cotton, and one of its own."""
    hidden = {"visibility": Visibility.ANONYMOUS, "problem": "隐秘电解液配方", "region": "650104"}
    return (
        need(session, cast.alice, "锂电池低温衰减", "battery", field="energy"),
        need(session, cast.alice, "锂电池热失控", "battery", field="energy", **hidden),
        need(session, cast.alice, "棉花采摘机器人", "cotton", field="agriculture", region="650100"),
        need(session, cast.bob, "棉花病虫害", "cotton", field="agriculture", region="650100"),
        need(session, cast.alice, "煤矿瓦斯", "alone", field="energy"),
    )


def titles(shown):
    return [[each.view.title for each in cluster.needs] for cluster in shown.clusters]


def test_map_groups_by_meaning_names_by_terms_and_leaves_singles(session, cast, needs):
    draw(session)
    shown = read_map(session, cast.dave.actor)
    assert titles(shown) == [["锂电池低温衰减", "锂电池热失控"], ["棉花采摘机器人", "棉花病虫害"], ["煤矿瓦斯"]]
    assert [cluster.name() for cluster in shown.clusters] == ["锂离子电池", "棉花", "煤矿瓦斯"]
    assert [(cluster.enterprises, cluster.fields) for cluster in shown.groups] == [
        (1, [("energy", 2)]),
        (2, [("agriculture", 2)]),
    ]


def test_a_term_of_the_list_names_a_group_in_the_readers_language(session, cast, needs):
    draw(session)
    assert read_map(session, cast.dave.actor).clusters[0].name("en") == "lithium-ion battery"


@pytest.mark.parametrize(("grade", "threshold", "unmet"), [(1, 2, True), (2, 2, False), (2, 3, True), (3, 3, False)])
def test_a_need_is_unmet_without_a_match_of_the_grade(session, cast, needs, grade, threshold, unmet):
    pair(session, needs[4], publish(session, cast.bob, "achievement", "瓦斯抽采"), grade=grade)
    assert (needs[4] in choose_unmet(session, threshold).needs) == unmet


@pytest.mark.parametrize(
    ("said", "unmet"), [({"alice": "unsuitable"}, True), ({"alice": "interested", "bob": "interested"}, False)]
)
def test_what_people_decided_counts_more_than_the_grade(session, cast, needs, said, unmet):
    grade = 3 if unmet else 1
    match = pair(session, needs[4], publish(session, cast.bob, "achievement", "瓦斯抽采"), grade=grade)
    for name, decision in said.items():
        row = {"match_id": match.id, "organization_id": cast[name].organization_id, "decision": Decision(decision)}
        session.add(MatchDecision(**row, actor_id=cast[name].user_id))
    session.flush()
    assert (needs[4] in choose_unmet(session, 2).needs) == unmet


def test_needs_not_matched_yet_or_for_brokers_only_are_counted_apart(session, cast, needs):
    needs[0].matched_revision = 0
    need(session, cast.alice, "内部需求", "alone", visibility=Visibility.BROKERS)
    choice = choose_unmet(session, 2)
    assert (len(choice.needs), choice.considered, choice.waiting, choice.closed) == (4, 5, 1, 1)


def test_nothing_of_an_anonymous_need_but_its_open_layer_is_shown_or_exported(session, cast, needs):
    draw(session)
    shown = read_map(session, cast.dave.actor)
    view = shown.clusters[0].needs[1].view
    assert (view.organization_id, view.organization_name, "隐秘" in view.text) == (None, "匿名需求方", False)
    assert view.region == "650100"
    contest = contest_draft_docx(draft_contest(session, cast.dave.actor, shown.clusters[0].id, "乌鲁木齐"))
    listed = draft_list(session, cast.dave.actor, UnmetFilter(), "乌鲁木齐")
    for text in ("".join(docx_text(contest)), "".join(docx_text(innovation_list_docx(listed)))):
        assert ("锂电池热失控的公开摘要" in text, "隐秘" in text) == (True, False)


def test_a_word_that_no_open_text_says_any_more_leaves_the_name(session, cast, needs):
    draw(session)
    for listing in needs[:2]:
        listing.state = ListingState.CLOSED
    needs[3].state = ListingState.CLOSED
    needs[2].published_revision = needs[4].published_revision
    session.flush()
    shown = read_map(session, cast.dave.actor)
    assert [cluster.words for cluster in shown.clusters if cluster.number == 2] == [()]
    assert all("锂离子电池" not in cluster.name() for cluster in shown.clusters)


def test_filters_narrow_needs_and_groups(session, cast, needs):
    draw(session)
    shown = read_map(session, cast.dave.actor, UnmetFilter(field="agriculture"))
    assert (titles(shown), shown.fields) == ([["棉花采摘机器人", "棉花病虫害"]], (("energy", 3), ("agriculture", 2)))


@pytest.mark.parametrize("name", ["alice", "bob", "mallory", "peter"])
def test_map_is_closed_to_parties(session, cast, needs, name):
    draw(session)
    with pytest.raises(Forbidden):
        read_map(session, cast[name].actor)


def test_brokers_read_the_map_and_only_the_bureau_orders_one(session, cast, needs):
    with pytest.raises(Forbidden):
        order_map(session, cast.carol.actor, grade=2, grain="medium")
    with pytest.raises(Invalid):
        order_map(session, cast.dave.actor, grade=9, grain="medium")
    job = order_map(session, cast.dave.actor, grade=2, grain="medium")
    assert (order_map(session, cast.dave.actor, grade=3, grain="fine"), running_map(session)) == (job, job)
    assert read_map(session, cast.carol.actor) is None


def test_a_new_map_takes_the_place_of_the_former(session, cast, needs):
    draw(session)
    former = read_map(session, cast.dave.actor).clusters[0].id
    draw(session, cast.dave.actor, grade=3)
    assert session.scalar(sa.select(sa.func.count()).select_from(UnmetMap)) == 1
    with pytest.raises(NotFound):
        read_cluster(session, cast.dave.actor, former)


def test_map_is_read_with_a_fixed_number_of_queries(session, cast, model):
    counts = []
    for number in range(3):
        need(session, cast.alice, f"锂电池{number}", "battery")
        draw(session)
        session.expire_all()
        with counted_queries(session.get_bind()) as statements:
            read_map(session, cast.dave.actor)
        counts.append(len(statements))
    assert counts[0] == counts[2]


def test_drafts_are_readable_office_files_with_blanks_for_what_nobody_said(session, cast, needs):
    draw(session)
    listed = draft_list(session, cast.dave.actor, UnmetFilter(), "乌鲁木齐")
    sheet = load_workbook(io.BytesIO(innovation_list_xlsx(listed))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[0] for row in rows] == ["序号", 1, 2, 3]
    assert (rows[2][1], rows[2][6:]) == ("棉花", (2, 2))
    contest = draft_contest(session, cast.dave.actor, read_map(session, cast.dave.actor).clusters[1].id, "乌鲁木齐")
    written = Document(io.BytesIO(contest_draft_docx(contest)))
    fonts = written.styles["Normal"].element.rPr.rFonts
    assert fonts.get("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}eastAsia") == "SimSun"
    assert {when for _, when in contest.dates} == {"【待填】"}


def test_merged_indicators_keep_every_value(session, cast, model):
    from matchmaker.services.listing_views import IndicatorView

    rows = [
        IndicatorView("能耗", "le", "45", None, "kWh/t"),
        IndicatorView("能耗", "le", "40", None, "kWh/t"),
        IndicatorView("能耗", "between", "1", "2", "kWh/t"),
        IndicatorView("外观", "text", "无裂纹", None, None),
    ]
    assert merge_indicators(rows) == (
        ("能耗", "≤ 45 / 40", "kWh/t"),
        ("能耗", "1–2", "kWh/t"),
        ("外观", "无裂纹", ""),
    )
