"""Reports of a pair: who may have them, through whose eyes they are written, and that their numbers add up."""

import io
import re
from typing import Any

import pytest
import sqlalchemy as sa
from pypdf import PdfReader
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.errors import Conflict, Forbidden, NotFound
from matchmaker.domain.language import Language
from matchmaker.domain.listings import Listing
from matchmaker.domain.matches import Match
from matchmaker.domain.people import Membership
from matchmaker.services.actors import actor_of
from matchmaker.services.decisions import decide
from matchmaker.services.documents import MatchReport, match_report_pdf
from matchmaker.services.engine import Engine
from matchmaker.services.evidence import EvidenceMaker, want_evidence
from matchmaker.services.match_reports import Audience, MadeReport, make_report
from matchmaker.services.match_reports.wording import _adding_up
from tests.cast import Cast
from tests.drafts import make_published
from tests.pairs import pair, publish
from tests.verdicts import judged_pair
from tests.working import work

BOTH, NEED, ACHIEVEMENT = Audience.BOTH, Audience.NEED, Audience.ACHIEVEMENT
HAN = re.compile("[\u4e00-\u9fff]")
SECRET, HIDDEN = "聚脲配方", "等离子设备"


def no_engine() -> Engine:
    raise AssertionError("nothing is to be scored")


def made(session: Session, cast: Cast, who: str, match: int, wanted: str | None = None, **options: Any) -> MadeReport:
    actor = actor_of(session, session.get_one(Membership, cast[who].membership_id))
    values = {"engine": no_engine, "city": "乌鲁木齐", "language": None, **options}
    return make_report(session, actor, match_id=match, wanted=wanted, **values)


def report(session: Session, cast: Cast, who: str, match: int, wanted: str | None = None) -> MatchReport:
    return made(session, cast, who, match, wanted).report


def a_pair(session: Session, cast: Cast, need: str = "public", achievement: str = "public", **columns: Any) -> int:
    one = publish(session, cast.alice, "need", "风电除冰", visibility=need, problem=f"{SECRET}要改进")
    other = publish(
        session, cast.bob, "achievement", "疏冰涂层", visibility=achievement, description=f"{HIDDEN}已经用过"
    )
    return pair(session, one, other, **columns).id


def both_interested(session: Session, cast: Cast, match: int) -> None:
    for who in ("alice", "bob"):
        decide(session, cast[who].actor, match, "interested", agreed=True)


def text_of(found: MatchReport) -> str:
    return str(found)


def test_brokers_and_the_bureau_choose_among_all_audiences(session: Session, cast: Cast) -> None:
    match = a_pair(session, cast)
    for who in ("carol", "dave"):
        for wanted in (None, "both", "need", "achievement", "nonsense"):
            found = made(session, cast, who, match, wanted)
            assert found.audiences == (BOTH, NEED, ACHIEVEMENT)
            assert found.audience == (wanted if wanted in set(Audience) else BOTH)


def test_a_party_has_the_report_once_both_are_interested_and_never_the_other_sides(
    session: Session, cast: Cast
) -> None:
    match = a_pair(session, cast)
    decide(session, cast.alice.actor, match, "interested", agreed=True)
    for who in ("alice", "bob", "erin"):
        with pytest.raises(Forbidden):
            made(session, cast, who, match)
    for who in ("mallory", "peter"):
        with pytest.raises(NotFound):
            made(session, cast, who, match)
    decide(session, cast.bob.actor, match, "interested", agreed=True)
    assert made(session, cast, "alice", match, "achievement").audiences == (BOTH, NEED)
    assert made(session, cast, "bob", match, "need").audiences == (BOTH, ACHIEVEMENT)
    assert made(session, cast, "bob", match, "need").audience == BOTH


def test_a_listing_for_brokers_only_has_no_report_for_those_who_may_not_know_of_it(
    session: Session, cast: Cast
) -> None:
    match = a_pair(session, cast, need="brokers")
    assert made(session, cast, "carol", match, "both").audiences == (NEED,)
    hidden = a_pair(session, cast, need="brokers", achievement="brokers")
    with pytest.raises(Conflict):
        made(session, cast, "carol", hidden)


@pytest.mark.parametrize("wanted", list(Audience))
def test_addends_make_up_the_score_exactly_and_as_printed(session: Session, cast: Cast, wanted: str) -> None:
    names = ("meaning_title_title", "words_texts", "field", "region", "stage", "budget", "industry", "cooperation")
    terms = [[name, 1.0, place / 7 - 0.31234567] for place, name in enumerate((*names, "history", "novel", "other"))]
    terms.append(["base", None, -1.23456789])
    score = sum(added for _, _, added in terms)
    found = report(session, cast, "carol", a_pair(session, cast, terms=terms, score=score), wanted)
    assert abs(sum(reason.contribution for reason in found.reasons) - found.score) < 1e-6
    assert found.score == score
    printed = [round(float(reason.added) * 100) for reason in found.reasons]
    assert sum(printed) == round(float(found.total) * 100)
    assert (found.reasons[-1].label, found.reasons[-2].label) == ("起点", "其余各项")


@pytest.mark.parametrize("values", [[1 / 3] * 3, [0.005] * 9, [-0.005] * 9, [2.004, -1.006, 0.333], [0.0], [1e9, -1e9]])
def test_rounded_addends_keep_their_sum_and_move_by_one_at_most(values: list[float]) -> None:
    rounded = _adding_up(values, sum(values))
    assert sum(rounded) == round(sum(values) * 100)
    assert all(abs(cents - value * 100) < 1.01 for cents, value in zip(rounded, values, strict=True))


def test_an_anonymous_need_is_not_named_to_the_other_side_nor_to_both(session: Session, cast: Cast) -> None:
    match = a_pair(session, cast, need="anonymous")
    for wanted in (BOTH, ACHIEVEMENT):
        found = report(session, cast, "carol", match, wanted)
        paper = PdfReader(io.BytesIO(match_report_pdf(found))).pages[0].extract_text()
        assert ("匿名需求方" in paper, "天山机械" in paper, "米东" in text_of(found)) == (True, False, False)
        assert "天山机械" not in text_of(found)
    own = report(session, cast, "carol", match, NEED)
    assert "天山机械" in own.need.facts
    both_interested(session, cast, match)
    assert "天山机械" in report(session, cast, "carol", match, BOTH).need.facts


def test_numbers_are_those_that_the_audience_sees_on_its_own_page(session: Session, cast: Cast) -> None:
    seen = {"score": 0.5, "probability": 0.6, "grade": 2, "terms": [["base", None, 0.5]]}
    need_hides = a_pair(session, cast, need="anonymous", achievement_view=seen)
    found = {wanted: report(session, cast, "carol", need_hides, wanted) for wanted in Audience}
    assert {wanted: one.percent for wanted, one in found.items()} == {BOTH: "60%", NEED: "86%", ACHIEVEMENT: "60%"}
    achievement_hides = a_pair(session, cast, achievement="anonymous", need_view=seen)
    found = {wanted: report(session, cast, "carol", achievement_hides, wanted) for wanted in Audience}
    assert {wanted: one.grade for wanted, one in found.items()} == {BOTH: "较强", NEED: "较强", ACHIEVEMENT: "强"}


def test_hidden_text_of_two_sides_moves_no_number_of_the_report_for_both(
    settings: Settings, database: Database, cast: Cast
) -> None:
    """Twins that differ in hidden text only: brokers see two scores, the report for both has one."""
    with database.transaction() as session:
        for hidden in ("有机硅改性聚脲", "与此毫无关系"):
            make_published(session, cast.alice, cast.dave, "need", visibility="anonymous", problem=hidden * 3)
        make_published(session, cast.bob, cast.dave, "achievement", visibility="anonymous")
    work(settings, database)
    engine = Engine(settings)
    assert engine.encoder.model_id
    with database.read() as session:
        rows = session.scalars(sa.select(Match).order_by(Match.need_id)).all()
        options = {"engine": lambda: engine}
        found = [made(session, cast, "carol", row.id, "both", **options).report for row in rows]
        assert len({row.score for row in rows}) == 2
        assert len({one.score for one in found}) == 1
        assert abs(sum(reason.contribution for reason in found[0].reasons) - found[0].score) < 1e-6
    engine.close()


def test_a_pair_that_is_not_embedded_yet_is_not_reported_to_both(session: Session, cast: Cast) -> None:
    match = a_pair(session, cast, need="anonymous", achievement="anonymous")
    with pytest.raises(Conflict):
        made(session, cast, "carol", match, "both")


def test_sentences_of_a_side_are_only_those_that_the_reader_sees(
    settings: Settings, database: Database, cast: Cast
) -> None:
    with database.transaction() as session:
        one = publish(session, cast.alice, "need", "风电除冰", visibility="anonymous", problem=f"{SECRET}需要防冰。")
        text = f"{SECRET}能够防冰。{HIDDEN}也能防冰。"
        two = publish(session, cast.bob, "achievement", "防冰涂层", visibility="anonymous", description=text)
        match = pair(session, one, two).id
        want_evidence(session, match)
    maker = EvidenceMaker(database, Engine(settings), "test/1/a")
    while maker.step():
        pass
    with database.transaction() as session:
        session.get_one(Listing, two.id).visibility = "public"
        session.get_one(Listing, two.id).current.visibility = "public"
    with database.read() as session:
        found = {wanted: text_of(report(session, cast, "carol", match, wanted)) for wanted in Audience}
    assert {wanted: f"{SECRET}需要防冰" in text for wanted, text in found.items()} == {
        BOTH: False,
        NEED: True,
        ACHIEVEMENT: False,
    }
    assert f"{SECRET}能够防冰" in found[NEED]


def test_verdicts_and_next_steps_follow_from_the_pair(database: Database, cast: Cast) -> None:
    rows = [("除尘效率", "ge", "99", "%"), ("设备阻力", "le", "900", "Pa")]
    match = judged_pair(database, cast, {"rows": rows}, {"rows": [("除尘效率", "ge", "99.5", "%")]})
    with database.transaction() as session:
        found = report(session, cast, "carol", match)
        assert [(row.asked, row.verdict, row.tone) for row in found.verdicts] == [
            ("除尘效率 ≥ 99 %", "满足", "met"),
            ("设备阻力 ≤ 900 Pa", "未说明", "unstated"),
        ]
        assert "成果没有说明的技术指标有 1 项，请逐项提问。" in found.next_steps
        assert "表示“感兴趣”" in found.next_steps[0]
        both_interested(session, cast, match)
        assert "约定一次洽谈" in report(session, cast, "alice", match).next_steps[0]


def test_a_report_is_written_in_its_makers_language(session: Session, cast: Cast) -> None:
    match = a_pair(session, cast, need="anonymous")
    english = made(session, cast, "carol", match, language=Language.ENGLISH).report
    russian = made(session, cast, "carol", match, language=Language.RUSSIAN).report
    assert (english.title, russian.title) == ("Match report", "Отчёт о совпадении")
    assert (english.need.title, "No. " in english.number) == ("风电除冰", True)
    words = (english.audience, english.headings, english.disclaimer, english.sentence, english.need.facts)
    assert HAN.search(str(words).replace("乌鲁木齐", "")) is None
    assert cast.carol.actor.name in english.made


def test_without_evidence_the_report_says_that_it_is_not_complete(session: Session, cast: Cast) -> None:
    found = report(session, cast, "carol", a_pair(session, cast))
    assert (found.is_compared, found.evidence) == (False, ())
    assert "还没有完成" in found.evidence_note
