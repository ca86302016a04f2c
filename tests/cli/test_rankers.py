"""`ranker`: listing, comparing, choosing, each mistake in one sentence."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from matchmaker.cli import group, main
from matchmaker.config import Settings
from tests.cli.test_training import graded
from tests.models import BETTER, WORSE, gain, write_model

__all__ = ["graded"]

pytestmark = pytest.mark.slow


def call(settings: Settings, *arguments: str, **variables: str) -> Result:
    environment = {
        "MATCHMAKER_DATA": str(settings.data),
        "MATCHMAKER_INDEXES": str(settings.indexes),
        "MATCHMAKER_MODEL": "hashing",
        **variables,
    }
    return CliRunner().invoke(group, arguments, env=environment)


def test_trained_model_is_listed_and_used_by_its_name(settings: Settings, graded: Path) -> None:
    trained = call(settings, "train", str(graded), "--split", "dev", "--name", "spring")
    assert (trained.exit_code, (settings.data / "models" / "spring" / "manifest.json").is_file()) == (0, True)
    write_model(settings, "autumn")
    listed = call(settings, "ranker", "list").stdout.splitlines()
    assert listed[0] == "serving: shipped"
    assert "spring: 2 pairs of 1 needs, dev" in listed
    used = call(settings, "ranker", "use", "autumn")
    assert (used.exit_code, used.stdout) == (0, "autumn: active\n")
    assert call(settings, "ranker", "list").stdout.splitlines()[0] == "serving: autumn"
    assert call(settings, "ranker", "use", "shipped").stdout == "shipped: active\n"


def test_worse_model_is_refused_with_its_figures(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_model(settings, "bad", gains=[gain(BETTER, WORSE)])
    for name, value in (("DATA", settings.data), ("INDEXES", settings.indexes), ("MODEL", "hashing")):
        monkeypatch.setenv(f"MATCHMAKER_{name}", str(value))
    with pytest.raises(SystemExit) as end:
        main(["ranker", "use", "bad"])
    said = capsys.readouterr().err
    assert (end.value.code, "nDCG@10 0.800 → 0.700" in said) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--name", "../x"), "cannot be a model's name"),
        (("--name", "shipped"), "cannot be a model's name"),
        (("--name", "x", "--out", "y"), "say where the model goes"),
        ((), "say where the model goes"),
    ],
)
def test_train_says_what_is_wrong_with_the_place(
    settings: Settings, graded: Path, arguments: tuple[str, ...], said: str
) -> None:
    result = call(settings, "train", str(graded), "--split", "dev", *arguments)
    assert (result.exit_code, said in result.stderr) == (2, True)
    assert not (settings.data / "models").exists()


def test_absent_model_cannot_be_used_and_wrong_configuration_stops_the_worker(settings: Settings) -> None:
    assert "is not there" in call(settings, "ranker", "use", "absent").stderr
    result = call(settings, "worker", "--until-idle", MATCHMAKER_RANKER="absent")
    assert "MATCHMAKER_RANKER='absent'" in str(result.exception)
