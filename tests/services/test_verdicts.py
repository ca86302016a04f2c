"""Verdicts as each viewer sees them: from fields that he may read on both sides, and from nothing else."""

import pytest
import sqlalchemy as sa

from matchmaker.domain.base import Database
from matchmaker.domain.listings import Listing
from matchmaker.domain.matches import Match
from matchmaker.domain.verdicts import IndicatorList, VerdictSheet
from matchmaker.services.actors import informed
from matchmaker.services.decisions import decide
from matchmaker.services.matches import get_match, match_page
from matchmaker.services.verdicts import Verdicts
from tests.cast import Cast
from tests.counting import counted_queries
from tests.pairs import pair, publish
from tests.verdicts import judge, judged_pair

ASKED = {"rows": [("除尘效率", "ge", "99", "%"), ("运行噪声", "le", "80", "dB")], "problem": "投资回收期不超过3年。"}
OFFERED = {"rows": [("除尘效率", "eq", "99.5", "%")], "description": "经测试，噪声 85 dB，投资回收期 2 年。"}


def _seen(database: Database, cast: Cast, who: str, match_id: int) -> Verdicts:
    with database.read() as session:
        return get_match(session, informed(session, cast[who].actor), match_id).verdicts


def _said(verdicts: Verdicts) -> list[tuple[str, str]]:
    return [(line.name, line.verdict) for line in verdicts.lines]


def test_verdicts_of_an_open_pair_are_the_same_for_all(database: Database, cast: Cast) -> None:
    match_id = judged_pair(database, cast, ASKED, OFFERED)
    expected = [("除尘效率", "met"), ("运行噪声", "unstated"), ("投资回收期", "met")]
    assert [_said(_seen(database, cast, who, match_id)) for who in ("alice", "bob", "carol")] == [expected] * 3


def test_verdict_shows_where_both_sides_say_it(database: Database, cast: Cast) -> None:
    match_id = judged_pair(database, cast, ASKED, OFFERED)
    line = _seen(database, cast, "alice", match_id).lines[2]
    assert line.achievement is not None
    marked = [[part.text for part in source.fragments if part.marked] for source in (line.need, line.achievement)]
    assert marked == [["投资回收期不超过3年"], ["投资回收期 2 年"]]
    assert (line.need.field, line.achievement.field, line.requirement) == ("problem", "description", "≤ 3 年")


def test_hidden_achievement_says_nothing_and_shows_nothing(database: Database, cast: Cast) -> None:
    match_id = judged_pair(database, cast, ASKED, OFFERED | {"visibility": "anonymous"})
    verdicts = _seen(database, cast, "alice", match_id)
    assert [(line.verdict, line.achievement, line.is_hidden) for line in verdicts.lines] == [
        ("unstated", None, True)
    ] * 3
    assert verdicts.further == ()
    assert [line.verdict for line in _seen(database, cast, "carol", match_id).lines] == ["met", "unstated", "met"]


def test_hidden_achievement_looks_the_same_whatever_it_hides(database: Database, cast: Cast) -> None:
    silent = {"rows": [], "description": "没有数值。", "visibility": "anonymous"}
    seen = [
        _seen(database, cast, "alice", judged_pair(database, cast, ASKED, offered)).lines
        for offered in (OFFERED | {"visibility": "anonymous"}, silent)
    ]
    assert seen[0] == seen[1]


def test_hidden_need_shows_its_owner_only_what_it_asks(database: Database, cast: Cast) -> None:
    match_id = judged_pair(database, cast, ASKED | {"visibility": "anonymous"}, OFFERED)
    assert (_said(_seen(database, cast, "bob", match_id)), len(_seen(database, cast, "alice", match_id).lines)) == (
        [],
        3,
    )


def test_mutual_interest_opens_the_verdicts(database: Database, cast: Cast) -> None:
    match_id = judged_pair(database, cast, ASKED, OFFERED | {"visibility": "anonymous"})
    with database.transaction() as session:
        for who in ("alice", "bob"):
            decide(session, informed(session, cast[who].actor), match_id, "interested", agreed=True)
    assert [line.verdict for line in _seen(database, cast, "alice", match_id).lines] == ["met", "unstated", "met"]


def test_single_closed_field_takes_its_verdict_along(database: Database, cast: Cast) -> None:
    match_id = judged_pair(database, cast, ASKED, OFFERED | {"layers": {"indicators": "confidential"}})
    assert [line.verdict for line in _seen(database, cast, "alice", match_id).lines] == ["unstated", "unstated", "met"]


def test_need_without_a_number_says_so(database: Database, cast: Cast) -> None:
    match_id = judged_pair(database, cast, {"rows": [("外观", "text", "无裂纹", "")]}, OFFERED)
    verdicts = _seen(database, cast, "alice", match_id)
    assert (verdicts.lines, verdicts.is_ready, verdicts.in_words) == ((), True, ("外观 无裂纹",))


def test_pair_that_nobody_has_judged_yet_waits(database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        need = publish(session, cast.alice, "need", "除尘", problem="除尘效率不低于99%")
        match_id = pair(session, need, publish(session, cast.bob, "achievement", "除尘器")).id
    assert _seen(database, cast, "alice", match_id).is_ready is False


def test_new_revision_is_not_shown_by_old_places(database: Database, cast: Cast) -> None:
    match_id = judged_pair(database, cast, ASKED, OFFERED)
    with database.transaction() as session:
        session.execute(sa.update(VerdictSheet).values(achievement_revision_id=0))
    assert _seen(database, cast, "alice", match_id).lines == ()


def test_judging_again_changes_nothing(database: Database, cast: Cast) -> None:
    judged_pair(database, cast, ASKED, OFFERED)
    with database.read() as session:
        before = session.scalars(sa.select(VerdictSheet.made_at)).all()
    assert judge(database) == 0
    with database.transaction() as session:
        session.execute(sa.update(IndicatorList).values(judged_revision=None))
    assert judge(database) == 2
    with database.read() as session:
        assert session.scalars(sa.select(VerdictSheet.made_at)).all() == before


def test_changed_revision_is_judged_anew(database: Database, cast: Cast) -> None:
    match_id = judged_pair(database, cast, ASKED, OFFERED)
    with database.transaction() as session:
        listing = session.get_one(Listing, session.get_one(Match, match_id).achievement_id)
        listing.current.description = "投资回收期 5 年"
        session.execute(sa.delete(IndicatorList).where(IndicatorList.listing_id == listing.id))
        session.execute(sa.update(VerdictSheet).values(read_by="rules-0"))
    assert judge(database) == 1
    assert [line.verdict for line in _seen(database, cast, "alice", match_id).lines] == ["met", "unstated", "unmet"]


def test_dropped_pair_takes_its_sheet_along(database: Database, cast: Cast) -> None:
    match_id = judged_pair(database, cast, ASKED, OFFERED)
    with database.transaction() as session:
        session.execute(sa.delete(Match).where(Match.id == match_id))
        assert session.scalar(sa.select(sa.func.count()).select_from(VerdictSheet)) == 0


@pytest.mark.parametrize("who", ["carol", "alice"])
def test_lists_of_pairs_take_a_fixed_number_of_queries(database: Database, cast: Cast, who: str) -> None:
    counts = []
    for pairs in (1, 2):
        for _ in range(pairs):
            judged_pair(database, cast, ASKED, OFFERED)
        with database.read() as session, counted_queries(database.engine) as statements:
            match_page(session, informed(session, cast[who].actor))
            counts.append(len(statements))
    assert counts[0] == counts[1]
