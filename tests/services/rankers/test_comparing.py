"""A candidate beside what serves, on what people decided: the rule of grades, the figures, and the refusal."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.jobs import Job
from matchmaker.domain.matches import Match, MatchDecision
from matchmaker.domain.rankers import RankerComparison
from matchmaker.search.history import need_key
from matchmaker.services.projection import document, full_scope
from matchmaker.services.rankers import judging
from matchmaker.services.rankers.choosing import choose
from matchmaker.services.rankers.comparing import order_comparison
from matchmaker.services.rankers.decided import decided_pairs, grade_of
from matchmaker.services.rankers.views import rankers_page
from tests.cast import Cast, Member
from tests.drafts import make_published
from tests.models import write_model
from tests.pairs import pair, publish
from tests.running import run_jobs
from tests.working import work

SUBJECTS = ("叶片除冰涂层", "棉秆还田机械", "骆驼奶冻干工艺", "盐碱地改良菌剂")
Said = list[tuple[str, str, str | None]]


@pytest.mark.parametrize(
    ("said", "grade"),
    [
        ([], None),
        ([("alice", "interested", None), ("bob", "interested", None)], 3),
        ([("alice", "interested", None)], 2),
        ([("carol", "shortlisted", None)], 2),
        ([("carol", "interested", None), ("alice", "interested", None)], 2),
        ([("alice", "interested", None), ("bob", "unsuitable", "out_of_scope")], 1),
        ([("bob", "unsuitable", "out_of_scope")], 0),
        ([("bob", "unsuitable", "price")], None),
        ([("alice", "unsuitable", "too_early"), ("bob", "unsuitable", "out_of_scope")], 0),
        ([("alice", "interested", None), ("bob", "unsuitable", "price")], 2),
    ],
)
def test_decisions_mean_grades(session: Session, cast: Cast, said: Said, grade: int | None) -> None:
    match = pair(
        session, publish(session, cast.alice, "need", "除冰"), publish(session, cast.bob, "achievement", "涂层")
    )
    _say(session, cast, match, said)
    assert grade_of(match) == grade
    assert [found.grade for found in decided_pairs(session)] == ([] if grade is None else [grade])


def test_listing_solved_by_the_other_is_the_best_grade(session: Session, cast: Cast) -> None:
    need = publish(session, cast.alice, "need", "除冰")
    pair(session, need, publish(session, cast.mallory, "achievement", "加热"))
    match = pair(session, need, publish(session, cast.bob, "achievement", "涂层"))
    need.outcome_listing_id = match.achievement_id
    session.flush()
    assert [(found.achievement.id, found.grade) for found in decided_pairs(session)] == [(match.achievement_id, 3)]


@pytest.mark.slow
def test_candidate_that_orders_decided_pairs_worse_is_refused(
    settings: Settings, database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "ENOUGH", 8)
    _decide_market(settings, database, cast)
    nothing = {name: {"weight": 0.0, "centre": 0.0} for name in _similarities()}
    write_model(settings, "blind", similarities=nothing, facets={})
    write_model(settings, "same", history={"0" * 16: 0.1})
    for name in ("blind", "same"):
        with database.transaction() as session, pytest.raises(Conflict, match="请先用它们比较"):
            choose(session, settings, cast.erin.actor, name)
        with database.transaction() as session:
            order_comparison(session, settings, cast.erin.actor, name)
    run_jobs(settings, database)
    with database.read() as session:
        assert [job.state for job in session.scalars(sa.select(Job))] == ["done", "done"]
        blind, same = session.scalars(sa.select(RankerComparison).order_by(RankerComparison.id)).all()
        assert (blind.needs, blind.pairs, blind.figures["learned"], blind.figures["unready"]) == (4, 16, 0, 0)
        assert blind.figures["candidate"]["ndcg_10"] < blind.figures["serving"]["ndcg_10"] == 1.0
        assert blind.figures["gain"]["mean"] < 0
        assert same.figures["candidate"] == same.figures["serving"]
    with (
        database.transaction() as session,
        pytest.raises(Conflict, match=r"在 16 对实际判断上它更差。nDCG@10 1\.000 → 0"),
    ):
        choose(session, settings, cast.erin.actor, "blind")
    with database.transaction() as session:
        assert choose(session, settings, cast.erin.actor, "same").state == "active"


@pytest.mark.slow
def test_needs_that_a_model_learned_from_do_not_judge_it(settings: Settings, database: Database, cast: Cast) -> None:
    _decide_market(settings, database, cast)
    with database.read() as session:
        learned = decided_pairs(session)[0].need
        key = need_key(document(learned, learned.current, full_scope(learned.current)))
    write_model(settings, "knowing", history={key: 0.5})
    with database.transaction() as session:
        order_comparison(session, settings, cast.erin.actor, "knowing")
    run_jobs(settings, database)
    with database.read() as session:
        comparison = session.scalars(sa.select(RankerComparison)).one()
        assert (comparison.needs, comparison.pairs, comparison.figures["learned"]) == (3, 12, 4)
        (found,) = rankers_page(session, settings, cast.erin.actor).candidates
    assert found.verdict is not None
    assert (found.verdict.passes, found.verdict.decided) == (True, 12)
    assert "12 / 20" in found.verdict.sentence


def test_comparison_is_ordered_once_and_of_a_model_only(session: Session, settings: Settings, cast: Cast) -> None:
    write_model(settings, "spring")
    first, second = (order_comparison(session, settings, cast.erin.actor, "spring") for _ in range(2))
    assert first.id == second.id
    with pytest.raises(Invalid):
        order_comparison(session, settings, cast.erin.actor, "../spring")


@pytest.mark.parametrize("configured", [None, "spring"])
def test_comparison_with_nothing_decided_ends_with_empty_figures(
    settings: Settings, database: Database, cast: Cast, configured: str | None
) -> None:
    work(settings, database)
    settings = replace(settings, ranker=configured)
    write_model(settings, "spring")
    with database.transaction() as session:
        order_comparison(session, settings, cast.erin.actor, "spring")
    run_jobs(settings, database)
    with database.read() as session:
        comparison = session.scalars(sa.select(RankerComparison)).one()
        assert (comparison.pairs, comparison.figures["serving"]) == (0, {"ndcg_10": 0.0})


def _similarities() -> list[str]:
    from matchmaker.search.features import SIMILARITIES

    return list(SIMILARITIES)


def _decide_market(settings: Settings, database: Database, cast: Cast) -> None:
    """Four needs and four achievements: both want what fits, one side says of all others that they are out of scope."""
    texts: Callable[[str], dict[str, str]] = lambda subject: {"abstract": subject * 2, "title": subject}  # noqa: E731
    with database.transaction() as session:
        for subject in SUBJECTS:
            make_published(
                session,
                cast.alice,
                cast.carol,
                problem=f"寻求{subject}的成套方案，说明{subject}的效果。" * 3,
                **texts(subject),
            )
            made = {"description": f"{subject}已经成套，{subject}的效果得到验证。" * 3, **texts(subject)}
            make_published(session, cast.bob, cast.carol, "achievement", **made)
    work(settings, database)
    with database.transaction() as session:
        for match in session.scalars(sa.select(Match)):
            fits = match.need.current.title == match.achievement.current.title
            both: Said = [("alice", "interested", None), ("bob", "interested", None)]
            _say(session, cast, match, both if fits else [("bob", "unsuitable", "out_of_scope")])


def _say(session: Session, cast: Cast, match: Match, said: Said) -> None:
    for key, decision, reason in said:
        member: Member = cast[key]
        match.decisions.append(
            MatchDecision(
                organization_id=member.organization_id, actor_id=member.user_id, decision=decision, reason=reason
            )
        )
    session.flush()
