"""Choosing a ranker: who may, what is refused, and that every process follows."""

import json
import shutil
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.config import ConfigurationError, Settings, load_settings
from matchmaker.domain.base import Database
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.matches import Match
from matchmaker.domain.rankers import RankerChoice
from matchmaker.services.engine import Engine
from matchmaker.services.rankers import serving as telling
from matchmaker.services.rankers.choosing import choices, choose, follow_configuration
from matchmaker.services.rankers.folder import found_models, require_configured
from matchmaker.services.rankers.serving import serving_ranker
from tests.cast import Cast
from tests.drafts import make_published
from tests.models import BETTER, WORSE, gain, write_model
from tests.working import finish, work, working

NEAR = {"history": {"0" * 16: 0.5}}


def serving(session: Session, settings: Settings) -> tuple[str | None, bool]:
    """Return the chosen name, and whether the trained model really serves."""
    found = serving_ranker(session, settings)
    return found.name, found.model is not None


def rankers(database: Database) -> set[str]:
    with database.read() as session:
        return set(session.scalars(sa.select(Match.ranker)))


def post_pair(database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        make_published(session, cast.alice, cast.carol)
        make_published(session, cast.bob, cast.carol, "achievement")


@pytest.mark.slow
def test_chosen_ranker_recomputes_every_list_while_the_old_scores_serve(
    settings: Settings, database: Database, cast: Cast
) -> None:
    post_pair(database, cast)
    with working(settings, database) as worker:
        finish(worker)
        shipped = rankers(database)
        write_model(settings, "spring", **NEAR)
        with database.transaction() as session:
            choose(session, settings, cast.erin.actor, "spring", seen=0)
        assert rankers(database) == shipped
        finish(worker)
    with database.read() as session:
        trained = Engine(settings).ranker(session, "hashing-256").version
        assert (rankers(database), trained.startswith("trained-")) == ({trained}, True)


def test_choice_is_kept_with_who_and_when_and_leads_back(session: Session, settings: Settings, cast: Cast) -> None:
    write_model(settings, "spring")
    first = choose(session, settings, cast.erin.actor, "spring", seen=0)
    choose(session, settings, cast.erin.actor, "shipped", seen=first.id)
    assert serving(session, settings) == (None, False)
    assert [(row.name, row.state, row.chosen_by_id) for row in choices(session)] == [
        (None, "active", cast.erin.user_id),
        ("spring", "retired", cast.erin.user_id),
    ]
    journal = sa.select(JournalEntry).where(JournalEntry.subject_kind == "ranker_choice").order_by(JournalEntry.id)
    entries = session.scalars(journal).all()
    assert [entry.action for entry in entries] == ["choose", "move", "choose", "move", "move"]


def test_former_ranker_comes_back_without_being_compared(session: Session, settings: Settings, cast: Cast) -> None:
    path = write_model(settings, "spring")
    choose(session, settings, cast.erin.actor, "spring")
    choose(session, settings, cast.erin.actor, "shipped")
    manifest = json.loads((path / "manifest.json").read_text())
    assert manifest["gains"] != []
    choose(session, settings, cast.erin.actor, "spring")
    assert serving(session, settings) == ("spring", True)


def test_model_that_training_found_worse_is_refused_with_its_figures(
    session: Session, settings: Settings, cast: Cast
) -> None:
    write_model(settings, "bad", gains=[gain(BETTER, WORSE)])
    with pytest.raises(Conflict) as refused:
        choose(session, settings, cast.erin.actor, "bad")
    assert str(refused.value) == (
        "没有启用：可用的判断还不够（0 / 20 对），而训练时留出的数据上它比未训练时更差。"
        "nDCG@10 0.800 → 0.700，1/(1+MAE) 0.750 → 0.690。"
    )
    assert session.scalars(sa.select(RankerChoice)).all() == []


def test_model_that_was_never_measured_is_refused(session: Session, settings: Settings, cast: Cast) -> None:
    for name, gains in (("none", []), ("odd", [{"needs": "many"}])):
        write_model(settings, name, gains=gains)
        with pytest.raises(Conflict, match="没有留出数据检验过自己"):
            choose(session, settings, cast.erin.actor, name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "../data",
        "spring/../spring",
        "/etc",
        "absent",
        ".hidden",
        "spring\n",
        "a" * 500,
        "link",
        "sneaky",
        "春",
    ],
)
def test_what_is_no_model_cannot_be_chosen(session: Session, settings: Settings, cast: Cast, name: str) -> None:
    path = write_model(settings, "spring")
    (path.parent / "link").symlink_to(path)
    shutil.copytree(path, path.parent / "sneaky")
    (path.parent / "sneaky" / "weights.json").unlink()
    (path.parent / "sneaky" / "weights.json").symlink_to(path / "weights.json")
    with pytest.raises(Invalid):
        choose(session, settings, cast.erin.actor, name)
    assert [(found.name, found.fault is None) for found in found_models(settings)] == [
        ("link", False),
        ("sneaky", False),
        ("spring", True),
    ]


def test_choice_is_the_administrators_alone(session: Session, settings: Settings, cast: Cast) -> None:
    write_model(settings, "spring")
    for key in ("alice", "bob", "carol", "dave", "mallory", "peter"):
        with pytest.raises(Forbidden):
            choose(session, settings, cast[key].actor, "spring")


def test_choice_made_from_a_stale_page_is_refused(session: Session, settings: Settings, cast: Cast) -> None:
    write_model(settings, "spring")
    write_model(settings, "autumn", **NEAR)
    choose(session, settings, cast.erin.actor, "spring", seen=0)
    with pytest.raises(Conflict, match="刚刚有人换过"):
        choose(session, settings, cast.erin.actor, "autumn", seen=0)
    with pytest.raises(Conflict, match="已经在使用"):
        choose(session, settings, cast.erin.actor, "spring")


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["removed", "damaged", "trained anew"])
def test_site_goes_on_with_the_shipped_ranker_when_the_chosen_one_is_lost(
    settings: Settings,
    database: Database,
    cast: Cast,
    damage: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(telling, "_told", set())  # said once in a process, and each test has the same folder
    path = write_model(settings, "spring")
    post_pair(database, cast)
    with database.transaction() as session:
        choose(session, settings, cast.erin.actor, "spring")
    if damage == "removed":
        shutil.rmtree(path)
    elif damage == "damaged":
        (path / "weights.json").write_text("{")
    else:
        write_model(settings, "spring", **NEAR)
    work(settings, database)
    with database.read() as session:
        assert serving(session, settings) == ("spring", False)
        assert not any(version.startswith("trained-") for version in rankers(database))
    assert "the trained ranker spring cannot serve" in caplog.text


def test_configuration_wins_and_leads_back_to_what_people_chose(
    session: Session, settings: Settings, cast: Cast
) -> None:
    write_model(settings, "spring")
    write_model(settings, "autumn", **NEAR)
    choose(session, settings, cast.erin.actor, "spring")
    configured = replace(settings, ranker="autumn")
    for _ in range(2):
        follow_configuration(session, configured)
    assert (serving(session, configured), len(choices(session))) == (("autumn", True), 2)
    with pytest.raises(Conflict, match="MATCHMAKER_RANKER=autumn"):
        choose(session, configured, cast.erin.actor, "shipped")
    follow_configuration(session, settings)
    assert serving(session, settings) == ("spring", True)


def test_configuration_cannot_bring_in_a_worse_model(session: Session, settings: Settings) -> None:
    write_model(settings, "poor", gains=[gain(BETTER, WORSE)])
    with pytest.raises(ConfigurationError, match=r"MATCHMAKER_RANKER='poor': 没有启用.*0\.800 → 0\.700"):
        follow_configuration(session, replace(settings, ranker="poor"))
    assert serving(session, settings) == (None, False)


@pytest.mark.parametrize(("value", "said"), [("../x", "the name of a folder"), ("absent", "is not there")])
def test_wrong_configuration_stops_the_start_with_a_sentence(settings: Settings, value: str, said: str) -> None:
    environment = {"MATCHMAKER_DATA": str(settings.data), "MATCHMAKER_RANKER": value}
    with pytest.raises(ConfigurationError, match=f"MATCHMAKER_RANKER='{value}': .*{said}"):
        require_configured(load_settings(environment))


def test_model_of_another_embedding_model_is_refused(settings: Settings, database: Database, cast: Cast) -> None:
    path = write_model(settings, "spring")
    manifest = json.loads((path / "manifest.json").read_text())
    (path / "manifest.json").write_text(json.dumps({**manifest, "model": "other-1"}))
    work(settings, database)
    with database.transaction() as session, pytest.raises(Invalid, match="other-1"):
        choose(session, settings, cast.erin.actor, "spring")
