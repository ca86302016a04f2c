"""Settings from the environment: defaults, and a sentence for each wrong value."""

from pathlib import Path

import pytest

from matchmaker.config import ConfigurationError, load_settings


def test_settings_default_to_a_local_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings({})
    assert settings.database_url == f"sqlite:///{tmp_path / 'var' / 'matchmaker.db'}"
    assert settings.base_url == "http://127.0.0.1:8000"
    assert not settings.secure_cookies
    assert not settings.demo


def test_settings_secure_cookies_only_over_https() -> None:
    assert load_settings({"MATCHMAKER_PUBLIC_URL": "https://match.example.org/"}).secure_cookies
    assert not load_settings({"MATCHMAKER_PUBLIC_URL": "http://match.example.org"}).secure_cookies


def test_settings_public_url_loses_its_trailing_slash() -> None:
    assert (
        load_settings({"MATCHMAKER_PUBLIC_URL": "https://match.example.org/"}).base_url == "https://match.example.org"
    )


def test_settings_keep_the_space_that_ends_a_prompt() -> None:
    assert load_settings({"MATCHMAKER_QUERY_PROMPT": "query: "}).query_prompt == "query: "


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("PORT", "٣"),
        ("WEB_WORKERS", "-1"),
        ("DEMO", "maybe"),
        ("RUNTIME", "cuda"),
        ("PUBLIC_URL", "match.example.org"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("MAX_UPLOAD_MB", "1e9"),
        ("REFIT", "24"),
        ("REFIT", "never"),
    ],
)
def test_settings_wrong_value_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_settings({f"MATCHMAKER_{name}": value})
    assert str(caught.value).startswith(f"MATCHMAKER_{name}={value!r}: ")


def test_settings_refit_takes_an_hour_or_off() -> None:
    found = [load_settings({"MATCHMAKER_REFIT": value}).refit_hour for value in ("0", "23", "off", "")]
    assert found == [0, 23, None, 3]
