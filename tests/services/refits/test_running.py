"""A refit from beginning to end: what it learns, what it refuses, and that nothing half-done ever serves."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.language import unpack
from matchmaker.domain.matches import Match
from matchmaker.domain.permissions import Actor
from matchmaker.domain.rankers import RankerChoice
from matchmaker.domain.refits import Refit, RefitCause
from matchmaker.search.history import need_key
from matchmaker.services.rankers.choosing import choose
from matchmaker.services.rankers.folder import open_model
from matchmaker.services.rankers.serving import serving_ranker
from matchmaker.services.refits import running
from matchmaker.services.refits.running import refit
from tests.cast import Cast
from tests.running import run_jobs
from tests.services.refits.market import SUBJECTS, decide_market, make_market
from tests.working import work


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the market lies once it is made."""
    return tmp_path_factory.mktemp("market")


@pytest.fixture
def market(kept: Path, settings: Settings, database: Database, cast: Cast) -> Cast:
    """The market, with nothing decided yet."""
    make_market(kept, settings, database, cast)
    return cast


def _refit(settings: Settings, database: Database, actor: Actor | None = None) -> Refit:
    steps = refit(database, settings, actor or Actor.system(), RefitCause.COMMAND)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: Refit = end.value
            return found


def _serving(settings: Settings, database: Database) -> str | None:
    with database.read() as session:
        return serving_ranker(session, settings).name


def test_taught_ranker_serves_once_it_is_better_and_every_score_names_it(
    settings: Settings, database: Database, market: Cast
) -> None:
    decide_market(database, market)
    found = _refit(settings, database)
    assert (found.state, found.model, found.against_model) == ("promoted", "learned-0001", None)
    assert found.figures["after"]["ndcg_10"] > found.figures["before"]["ndcg_10"] + 0.1
    assert found.figures["gain"]["low"] > 0
    assert list(found.figures["sources"]) == ["decisions"]
    assert found.figures["sources"]["decisions"]["pairs"] == 20
    assert found.why is not None
    assert str(unpack(found.why)).startswith("已启用：在没有学过的需求上，nDCG@10 从 0.")
    with database.read() as session:
        choice = session.scalars(sa.select(RankerChoice)).one()
        assert (choice.state, choice.source, choice.mark) == ("active", "learning", found.mark)
        entries = session.execute(
            sa.select(JournalEntry.action, JournalEntry.after).where(JournalEntry.subject_kind == "refit")
        )
        assert [tuple(row) for row in entries] == [("begin", None), ("move", "promoted")]
    manifest = open_model(settings, "learned-0001").manifest
    assert (manifest["needs"], manifest["pairs"], len(manifest["learned"])) == (10, 20, 10)
    work(settings, database)
    with database.read() as session:
        matches = session.scalars(sa.select(Match)).all()
        assert matches
        assert {match.ranker.rpartition("-")[0] for match in matches} == {"learned"}
        for match in matches:
            assert sum(term[2] for term in match.terms) == pytest.approx(match.score, abs=1e-6)


def test_refit_of_unchanged_evidence_is_refused(settings: Settings, database: Database, market: Cast) -> None:
    decide_market(database, market)
    _refit(settings, database)
    again = _refit(settings, database)
    assert (again.state, again.model, again.against_model) == ("refused", None, "learned-0001")
    assert str(unpack(again.why)) == "没有启用：现在使用的排序已经学过全部反馈，没有新的。"
    assert _serving(settings, database) == "learned-0001"


def test_worse_model_is_refused(
    settings: Settings, database: Database, market: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide_market(database, market)

    def blind(content: str, *_rest: object) -> str:
        data = json.loads(content)
        data["similarities"] = {name: {"weight": 0.0, "centre": 0.0} for name in data["similarities"]}
        return json.dumps({**data, "facets": {"region": -5.0}})

    monkeypatch.setattr("matchmaker.services.refits.measuring.fit_taught", blind)
    found = _refit(settings, database)
    assert (found.state, found.model) == ("refused", None)
    assert found.figures["after"]["ndcg_10"] <= found.figures["before"]["ndcg_10"]
    assert _serving(settings, database) is None
    assert not (settings.data / "models").exists()


def test_few_decisions_teach_nothing_yet(settings: Settings, database: Database, market: Cast) -> None:
    decide_market(database, market, SUBJECTS[:4])
    found = _refit(settings, database)
    assert (found.state, found.model) == ("too_few", None)
    assert "8 对（需要 20 对）" in str(unpack(found.why))
    assert _serving(settings, database) is None


def test_refit_killed_at_any_step_leaves_what_serves_and_is_begun_anew(
    settings: Settings, database: Database, market: Cast
) -> None:
    decide_market(database, market)
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    holder = f"{socket.gethostname()}/{int(dead.stdout)}/dead00"
    total = sum(1 for _ in refit(database, settings, Actor.system(), RefitCause.COMMAND, "rehearsal/1/aaaaaa"))
    with database.transaction() as session:
        session.execute(sa.delete(Refit))
        session.execute(sa.delete(RankerChoice))
    killed = []
    # Read; prepared; after the first and the last fold; written but not chosen.
    for steps_done in (1, 2, 3, total - 1, total):
        steps = refit(database, settings, Actor.system(), RefitCause.NIGHT, holder)
        for _ in range(steps_done):
            next(steps)
        # A killed process cleans nothing up: its generator is kept, and never closed.
        killed.append(steps)
        assert _serving(settings, database) is None
    assert total == 2 + 5 + 1
    with database.read() as session:
        assert session.scalars(sa.select(Refit.state).order_by(Refit.id)).all()[-2:] == ["failed", "running"]
    found = _refit(settings, database)
    assert (found.state, _serving(settings, database)) == ("promoted", found.model)
    left = sorted(path.name for path in (settings.data / "models").iterdir())
    assert left == [found.model]
    del killed


def test_two_refits_at_once_are_refused(settings: Settings, database: Database, market: Cast) -> None:
    decide_market(database, market)
    first = refit(database, settings, Actor.system(), RefitCause.COMMAND)
    next(first)
    with pytest.raises(Conflict, match="正在重新学习"):
        next(refit(database, settings, Actor.system(), RefitCause.COMMAND))
    for _ in first:
        pass
    assert _serving(settings, database) == "learned-0001"


def test_ranker_chosen_meanwhile_stays(settings: Settings, database: Database, market: Cast) -> None:
    decide_market(database, market)
    _refit(settings, database)
    with database.transaction() as session:
        choose(session, settings, market.erin.actor, "shipped")
    steps = refit(database, settings, Actor.system(), RefitCause.COMMAND)
    next(steps)
    with database.transaction() as session:
        choose(session, settings, market.erin.actor, "learned-0001")
    for _ in steps:
        pass
    with database.read() as session:
        last = session.scalars(sa.select(Refit).order_by(Refit.id.desc())).first()
        assert last is not None
        assert (last.state, str(unpack(last.why))[:11]) == ("refused", "没有启用：学习期间有人")
    assert _serving(settings, database) == "learned-0001"


def test_failure_is_told_and_leaves_what_serves(
    settings: Settings, database: Database, market: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide_market(database, market)

    def full(*_rest: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(running, "write_learned", full)
    with pytest.raises(OSError, match="No space"):
        _refit(settings, database)
    with database.read() as session:
        row = session.scalars(sa.select(Refit)).one()
        assert (row.state, str(unpack(row.why))) == (
            "failed",
            "没有完成，原来的排序继续使用：No space left on device",
        )
    monkeypatch.undo()
    assert _refit(settings, database).state == "promoted"


def test_job_of_the_night_is_done_in_the_platforms_own_name(
    settings: Settings, database: Database, market: Cast
) -> None:
    from matchmaker.domain.jobs import Job, JobKind
    from matchmaker.services import jobs

    decide_market(database, market)
    with database.transaction() as session:
        jobs.order(session, Actor.system(), JobKind.REFIT, cause=RefitCause.NIGHT)
        # In nobody's name nothing else may be done.
        jobs.order(session, Actor.system(), JobKind.EXPORT)
    run_jobs(settings, database)
    with database.read() as session:
        assert [(job.kind, job.state) for job in session.scalars(sa.select(Job).order_by(Job.id))] == [
            ("refit", "done"),
            ("export", "failed"),
        ]
        row = session.scalars(sa.select(Refit)).one()
        assert (row.state, row.cause, row.started_by_id) == ("promoted", "night", None)


def test_configured_ranker_is_never_overridden(settings: Settings, database: Database, cast: Cast) -> None:
    from dataclasses import replace

    with pytest.raises(Conflict, match="MATCHMAKER_RANKER=shipped"):
        _refit(replace(settings, ranker="shipped"), database)
    with pytest.raises(Forbidden):
        _refit(settings, database, cast.dave.actor)
    with pytest.raises(Invalid, match="语义模型还没有准备好"):
        _refit(settings, database)


def test_shift_learned_from_hidden_text_reaches_no_view_of_the_public_text(
    settings: Settings, database: Database, market: Cast
) -> None:
    from matchmaker.search.hashing_encoder import HashingEncoder
    from matchmaker.search.ranker import Ranker, default_weights
    from matchmaker.search.statistics import load_statistics
    from matchmaker.services.projection import document, full_scope, public_scope
    from matchmaker.services.refits.ground import history_key
    from tests.pairs import publish

    with database.transaction() as session:
        need = publish(session, market.alice, "need", "保密工艺", visibility="anonymous", problem="保密的细节")
        full, public = (document(need, need.current, scope(need.current)) for scope in (full_scope, public_scope))
        key = history_key(need)
    assert key == need_key(full) != need_key(public)
    weights = {**json.loads(default_weights()), "history": {key: 1.5}}
    ranker, (vector,) = Ranker(json.dumps(weights), load_statistics()), HashingEncoder().encode_queries(["工艺"])
    inside, outside = (ranker.prepare(shown, vector, vector) for shown in (full, public))
    shifts = [
        next(term.contribution for term in ranker.score(side, [outside])[0].terms if term.name == "history")
        for side in (inside, outside)
    ]
    assert shifts == [1.5, 0.0]
