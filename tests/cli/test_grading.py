"""`grading`: drawing a batch by command, and what is thought of the graders."""

import pytest
from click.testing import CliRunner, Result

from matchmaker.cli import group, main
from matchmaker.config import Settings
from matchmaker.domain.base import Database
from tests.cast import Cast
from tests.grading import drawn_pairs, say
from tests.pairs import pair, publish


def call(settings: Settings, *arguments: str) -> Result:
    environment = {
        "MATCHMAKER_DATA": str(settings.data),
        "MATCHMAKER_INDEXES": str(settings.indexes),
        "MATCHMAKER_MODEL": "hashing",
        "MATCHMAKER_DATABASE_URL": settings.database_url,
    }
    return CliRunner().invoke(group, ["grading", *arguments], env=environment)


def test_sample_draws_and_says_with_which_seed(settings: Settings, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        pair(session, publish(session, cast.alice, "need", "需求"), publish(session, cast.bob, "achievement", "成果"))
    drawn = call(settings, "sample", "--pairs", "3", "--seed", "7")
    assert (drawn.exit_code, drawn.stdout) == (0, "batch 1: 1 of 3 pairs drawn with seed 7\n")


def test_graders_are_printed_with_their_weight(settings: Settings, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        say(session, cast.carol, drawn_pairs(session, cast, 1)[0], 2)
    assert call(settings, "graders").stdout == "    0 shared  shift +0.00  weight 0.39  柯洛\n"


def test_nothing_to_draw_is_one_sentence(
    settings: Settings,
    database: Database,
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MATCHMAKER_DATA", str(settings.data))
    monkeypatch.setenv("MATCHMAKER_DATABASE_URL", settings.database_url)
    with pytest.raises(SystemExit) as ended:
        main(["grading", "sample"])
    assert (ended.value.code, capsys.readouterr().err.count("\n")) == (2, 1)
